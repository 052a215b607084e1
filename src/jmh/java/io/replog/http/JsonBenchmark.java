package io.replog.http;

import io.replog.core.DamagedFrameException;
import io.replog.core.EntryWalk;
import io.replog.core.Frame;
import io.replog.core.FrameCodec;
import io.replog.core.HashChain;
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
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The JSON of an entry of 100 bytes, from its frame. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class JsonBenchmark {
  private final Frame frame =
      FrameCodec.encode(
          new HashChain(),
          HashChain.origin(new UUID(1, 0)),
          1,
          1,
          1_700_000_000_000L,
          null,
          List.of("x".repeat(100).getBytes(StandardCharsets.UTF_8)));
  private final ByteBuffer bytes =
      ByteBuffer.allocate(frame.size()).put(frame.bytes().duplicate()).flip();
  private final EntryWalk walk = new EntryWalk();
  private final JsonBytes out = new JsonBytes(1 << 10);
  private final EntryParts messages = new EntryParts(new ListForm.Page(1, 2, 1, 1));
  private final EntryParts lines = new EntryParts(new ListForm.Lines());

  @Benchmark
  public byte[] message() throws DamagedFrameException {
    walk.over(bytes);
    walk.next();
    messages.write(out, walk, Integer.MAX_VALUE);
    return out.take();
  }

  @Benchmark
  public byte[] line() throws DamagedFrameException {
    walk.over(bytes);
    walk.next();
    lines.write(out, walk, Integer.MAX_VALUE);
    return out.take();
  }
}
