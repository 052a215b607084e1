package io.replog.core;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Frame codec, hash chain and commit tracker, for an entry of 100 bytes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CoreBenchmark {
  private static final int ENTRIES = 1000;
  private static final long TIME = 1_700_000_000_000L;
  private static final UUID STORE = new UUID(1, 1);
  private static final UUID OTHER_STORE = new UUID(1, 2);

  private final HashChain chain = new HashChain();
  private final Hash origin = HashChain.origin(new UUID(1, 0));
  private final byte[] message = "x".repeat(100).getBytes(StandardCharsets.UTF_8);
  private final List<byte[]> one = List.of(message);
  private final ByteBuffer run = run();
  private final EntryWalk walk = new EntryWalk();
  private final Membership membership =
      new Membership(
          new Configuration(
              1,
              1,
              List.of(
                  new Seat("secondary-0", STORE, "http://a"),
                  new Seat("secondary-1", OTHER_STORE, "http://b"))),
          null);

  private ByteBuffer run() {
    ByteBuffer frames = ByteBuffer.allocate(200 * ENTRIES);
    Hash hash = origin;
    for (int i = 1; i <= ENTRIES; i++) {
      Frame frame = FrameCodec.encode(chain, hash, i, 1, TIME, null, one);
      hash = frame.last().hash();
      frames.put(frame.bytes().duplicate());
    }
    return frames.flip();
  }

  @Benchmark
  public Hash hash() {
    return chain.next(origin, 1, 1, TIME, null, message);
  }

  @Benchmark
  public Frame encode() {
    return FrameCodec.encode(chain, origin, 1, 1, TIME, null, one);
  }

  @Benchmark
  @OperationsPerInvocation(ENTRIES)
  public long decode() throws DamagedFrameException {
    ByteBuffer in = run.duplicate();
    long sum = 0;
    while (in.hasRemaining()) {
      sum += FrameCodec.decode(in).last().sequence();
    }
    return sum;
  }

  @Benchmark
  @OperationsPerInvocation(ENTRIES)
  public long check() throws DamagedFrameException {
    ByteBuffer in = run.duplicate();
    FrameChecker checker = new FrameChecker(0, origin);
    while (in.hasRemaining()) {
      checker.next(in);
    }
    return checker.sequence();
  }

  @Benchmark
  @OperationsPerInvocation(ENTRIES)
  public long header() throws DamagedFrameException {
    ByteBuffer in = run.duplicate();
    long sum = 0;
    while (in.hasRemaining()) {
      sum += FrameCodec.header(in).lastSequence();
    }
    return sum;
  }

  @Benchmark
  @OperationsPerInvocation(ENTRIES)
  public long walk() throws DamagedFrameException {
    walk.over(run.duplicate());
    long sum = 0;
    while (walk.next()) {
      sum += walk.payloadLength();
    }
    return sum;
  }

  /** A turn of a thousand appends, acknowledged by two secondaries. */
  @Benchmark
  @OperationsPerInvocation(ENTRIES)
  public int track() {
    CommitTracker<Integer> tracker = new CommitTracker<>(membership, 0, 0, 0);
    for (int i = 1; i <= ENTRIES; i++) {
      tracker.register(i, new WriteConcern.Majority(), true, i);
    }
    tracker.masterHas(ENTRIES, ENTRIES);
    tracker.acknowledged("secondary-0", STORE, ENTRIES, ENTRIES);
    tracker.acknowledged("secondary-1", OTHER_STORE, ENTRIES, ENTRIES);
    return tracker.satisfied().size();
  }
}
