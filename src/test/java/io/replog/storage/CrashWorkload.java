package io.replog.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.replog.core.Configuration;
import io.replog.core.Frame;
import io.replog.core.FrameChecker;
import io.replog.core.HashChain;
import io.replog.core.Membership;
import io.replog.core.NodeState;
import io.replog.core.Seat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * A node's life as its disk sees it, and what must be left of it after a crash: appends, rolls,
 * syncs, cuts, changes of state, clean restarts. It remembers what was acknowledged and what was
 * under way.
 */
final class CrashWorkload {
  private static final LogOptions OPTIONS = new LogOptions(1500, 512, 1024, 2);

  private final SimDisk disk;
  private final RandomGenerator random;
  private final Supplier<UUID> ids;
  private final FrameSource source = new FrameSource();

  /** Frames the log may have: the source's, or while a cut runs those before it. */
  private List<Frame> possible = new ArrayList<>();

  private long durable;
  private long committed;
  private NodeState saved;
  private NodeState saving;
  private NodeState found;

  /** Files that entries which were cut off have been written to, with their content. */
  private final Map<String, byte[]> rolledBack = new TreeMap<>();

  private DataDirectory directory;
  private GroupCommit groupCommit;

  CrashWorkload(SimDisk disk, long seed) {
    this.disk = disk;
    this.random = new SplittableRandom(seed);
    SplittableRandom idSource = new SplittableRandom(seed + 1);
    this.ids = () -> new UUID(idSource.nextLong(), idSource.nextLong());
  }

  /** Lives so many steps and stops in order. */
  void run(int steps) {
    open();
    live(steps);
    directory.close();
  }

  private void step() {
    switch (random.nextInt(13)) {
      case 0, 1, 2, 3, 4 -> append(1);
      case 5 -> append(2 + random.nextInt(12));
      case 6, 7, 8 -> sync();
      case 9 ->
          save(directory.state().withPromise(directory.state().promisedEpoch() + 1, ids.get()));
      case 10 -> cut();
      case 11 -> fillUp();
      default -> {
        if (random.nextInt(4) == 0) {
          directory.close();
          durable = source.last();
          open();
        } else {
          save(directory.state().withMembership(membership()));
        }
      }
    }
  }

  private Membership membership() {
    Seat seat = new Seat("http://a b:80", ids.get(), "http://x");
    Configuration next =
        new Configuration(1, random.nextInt(100), List.of(seat, new Seat("s", null, "")));
    return new Membership(Configuration.FOUNDING, next);
  }

  private void open() {
    directory = DataDirectory.open(disk, "secondary-0", ids, OPTIONS);
    groupCommit = directory.groupCommit(Runnable::run, this::synced);
    found = directory.state();
    saved = found;
    saving = null;
    if (directory.state().clusterId() == null) {
      save(directory.state().withCluster(FrameSource.CLUSTER));
    }
  }

  private void save(NodeState next) {
    saving = next;
    directory.saveState(next);
    saved = next;
    saving = null;
  }

  private void append(int count) {
    List<Frame> frames = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      frames.add(source.random(random, random.nextInt(10) == 0 ? 3000 : 120));
    }
    possible = List.copyOf(source.frames());
    directory.log().append(frames);
  }

  private void sync() {
    if (random.nextInt(4) == 0) {
      committed = source.anyEnd(committed, random);
      groupCommit.noteCommitted(committed, source.hashAt(committed));
    }
    groupCommit.request();
  }

  private void synced(SyncResult result) {
    if (result instanceof SyncResult.Durable done) {
      assertThat(done.sequence()).isEqualTo(source.last());
      assertThat(done.hash()).isEqualTo(source.lastHash());
      durable = done.sequence();
    } else if (result instanceof SyncResult.SyncFailed failed) {
      throw failed.cause();
    }
  }

  private void cut() {
    long sequence = source.anyEnd(committed, random);
    possible = List.copyOf(source.frames());
    if (sequence < source.last()) {
      String file = RolledBack.write(directory, sequence + 1, rolledBack.size());
      String path = file.substring(disk.describe("").length() + 1);
      rolledBack.put(path, disk.content(path));
    }
    source.cutAfter(sequence);
    durable = Math.min(durable, sequence);
    directory.log().truncateAfter(sequence);
    possible = List.copyOf(source.frames());
  }

  /** After a crash: opens the directory and compares. The model is then what was found. */
  void recover() {
    NodeState before = saved;
    NodeState underWay = saving;
    List<Frame> mayBe = possible;
    disk.setCapacity(Long.MAX_VALUE);
    open();
    assertThat(directory.lost()).isNull();
    if (before != null && before.clusterId() != null && !found.equals(underWay)) {
      assertThat(found).isEqualTo(before);
    }
    SegmentedLog log = directory.log();
    assertThat(log.lastSequence()).isGreaterThanOrEqualTo(durable);
    assertThat(log.mark().durableSequence()).isEqualTo(log.lastSequence());
    List<Frame> expected =
        mayBe.stream().filter(f -> f.last().sequence() <= log.lastSequence()).toList();
    assertThat(log.lastSequence())
        .isEqualTo(expected.isEmpty() ? 0 : expected.getLast().last().sequence());
    compare(log, expected);
    rolledBack.forEach(
        (path, content) -> assertThat(disk.content(path)).as(path).isEqualTo(content));
    source.restore(expected);
    possible = List.copyOf(expected);
    durable = log.lastSequence();
    committed = Math.min(log.mark().committedSequence(), log.lastSequence());
  }

  /** Goes on a little after a recovery, stops in order, and has the files checked. */
  void goOnAndStop() {
    for (int i = 0; i < 5; i++) {
      append(1);
    }
    compare(directory.log(), source.frames());
    directory.close();
    assertThat(LogVerifier.verify(disk).damages()).isEmpty();
  }

  /** Lives so many steps. */
  void live(int steps) {
    for (int i = 0; i < steps; i++) {
      step();
    }
  }

  /** The disk is full for a while: what is refused leaves no trace. */
  private void fillUp() {
    long last = directory.log().lastSequence();
    disk.setCapacity(disk.used() + random.nextInt(600));
    try {
      append(1 + random.nextInt(4));
    } catch (DiskFullException e) {
      assertThat(directory.log().lastSequence()).isEqualTo(last);
      source.cutAfter(last);
      possible = List.copyOf(source.frames());
    }
    try {
      save(directory.state().withPromise(directory.state().promisedEpoch() + 1, ids.get()));
    } catch (DiskFullException e) {
      assertThat(directory.state()).isEqualTo(saved);
      saving = null;
    }
    disk.setCapacity(Long.MAX_VALUE);
  }

  private static void compare(SegmentedLog log, List<Frame> expected) {
    LogCursor cursor = log.cursor(1);
    List<Frame> found = new ArrayList<>();
    FrameChecker checker = new FrameChecker(0, HashChain.origin(FrameSource.CLUSTER));
    while (cursor.next(1000, Long.MAX_VALUE) instanceof LogRead.Frames read) {
      while (read.bytes().hasRemaining()) {
        try {
          found.add(checker.next(read.bytes()));
        } catch (io.replog.core.DamagedFrameException e) {
          throw new AssertionError(e);
        }
      }
    }
    assertThat(found).isEqualTo(expected);
  }
}
