package io.replog.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.replog.core.Configuration;
import io.replog.core.Frame;
import io.replog.core.FrameChecker;
import io.replog.core.HashChain;
import io.replog.core.LogStart;
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
 * syncs, cuts, trims, a log begun anew, changes of state, clean restarts. It remembers what was
 * acknowledged and what was under way.
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

  /** Where the log begins, and while that changes where it may begin then. */
  private LogStart start = LogStart.ORIGIN;

  private LogStart next = LogStart.ORIGIN;
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
    switch (random.nextInt(16)) {
      case 0, 1, 2, 3, 4 -> append(1);
      case 5 -> append(2 + random.nextInt(12));
      case 6, 7, 8 -> sync();
      case 9 ->
          save(directory.state().withPromise(directory.state().promisedEpoch() + 1, ids.get()));
      case 10 -> cut();
      case 11 -> fillUp();
      case 12, 13 -> trim();
      case 14 -> {
        if (random.nextInt(3) == 0) {
          beginAnew();
        }
      }
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

  /** Drops what is committed and durable, as far as whole segments of it are. */
  private void trim() {
    long keep = Math.min(committed, durable) + 1;
    SegmentedLog log = directory.log();
    next = startAt(log.view().sealedBefore(keep).stream().mapToLong(s -> s.last()).max().orElse(0));
    assertThat(log.trimBefore(keep)).isEqualTo(next.sequence());
    assertThat(log.start()).isEqualTo(whole(next));
    start = next;
  }

  /**
   * Throws the log away for one that goes on elsewhere: it has more entries, and begins behind
   * them.
   */
  private void beginAnew() {
    possible = List.copyOf(source.frames());
    long last = source.last();
    long epoch = source.frames().isEmpty() ? 1 : source.frames().getLast().first().epoch();
    for (int i = 1 + random.nextInt(5); i > 0; i--) {
      source.random(random, 120);
    }
    assertThat(source.last()).isGreaterThan(last);
    assertThat(source.frames().getLast().first().epoch()).isGreaterThanOrEqualTo(epoch);
    possible = List.copyOf(source.frames());
    next = startAt(source.last());
    long committedBefore = Math.max(committed, directory.log().mark().committedSequence());
    assertThat(next.before()).isGreaterThan(committedBefore);
    directory.log().restartAt(next);
    start = next;
    durable = next.before();
    committed = next.before();
  }

  private LogStart startAt(long before) {
    return source.frames().stream()
        .filter(frame -> frame.last().sequence() == before)
        .map(Frame::last)
        .map(e -> new LogStart(before + 1, e.hash(), e.epoch(), e.timestamp()))
        .findFirst()
        .orElse(start);
  }

  /** As the log says it, with the hash before entry 1. */
  private static LogStart whole(LogStart of) {
    return of.before() > 0 ? of : new LogStart(1, HashChain.origin(FrameSource.CLUSTER), 0, 0);
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
    assertThat(log.start()).isIn(whole(start), whole(next));
    if (!log.start().equals(whole(start))) {
      start = next;
    }
    next = start;
    assertThat(log.lastSequence()).isGreaterThanOrEqualTo(durable);
    assertThat(log.mark().durableSequence()).isEqualTo(log.lastSequence());
    List<Frame> expected =
        mayBe.stream().filter(f -> f.last().sequence() <= log.lastSequence()).toList();
    assertThat(log.lastSequence())
        .isEqualTo(expected.isEmpty() ? 0 : expected.getLast().last().sequence());
    assertThat(log.mark().committedSequence()).isGreaterThanOrEqualTo(start.before());
    compare(log, expected, start);
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
    compare(directory.log(), source.frames(), start);
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

  private static void compare(SegmentedLog log, List<Frame> all, LogStart start) {
    List<Frame> expected =
        all.stream().filter(f -> f.first().sequence() >= start.sequence()).toList();
    LogCursor cursor = log.cursor(start.sequence());
    List<Frame> found = new ArrayList<>();
    FrameChecker checker = new FrameChecker(start.before(), whole(start).hashBefore());
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
