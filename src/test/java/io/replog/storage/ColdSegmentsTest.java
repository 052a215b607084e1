package io.replog.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.replog.core.Frame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ColdSegmentsTest {
  private static final LogOptions OPTIONS = new LogOptions(800, 0, 0, 2);
  private static final String FIRST = LogFiles.segment(1);

  private final SimDisk disk = new SimDisk("data");
  private final FrameSource source = new FrameSource();
  private final List<DamagedLogException> heard = new ArrayList<>();
  private DataDirectory directory;
  private SegmentedLog log;
  private ColdSegments cold;

  @BeforeEach
  void aLogOfSeveralSegmentsOnDisk() throws IOException {
    directory = DataDirectory.open(disk, "s", UUID::randomUUID, OPTIONS);
    directory.saveState(directory.state().withCluster(FrameSource.CLUSTER));
    log = directory.log();
    for (int i = 0; i < 20; i++) {
      log.append(source.keyed(i % 3 == 0 ? "k" + i : null, "entry " + i, "x".repeat(40 + i)));
    }
    log.sync();
    cold = log.cold();
    cold.onDamage(heard::add);
  }

  @Test
  void whatIsNotSyncedYetAndWhatIsWrittenIsNotCold() throws IOException {
    int before = cold.firsts().size();
    assertThat(before).isGreaterThan(2);
    assertThat(cold.holds(log.lastSequence())).isFalse();
    while (log.view().sealed().size() == before) {
      log.append(source.next("y".repeat(200)));
    }
    assertThat(cold.firsts()).hasSize(before);
    log.sync();
    assertThat(cold.firsts()).hasSize(before + 1);
  }

  @Test
  void aSoundLogIsReadToItsEndAtThePaceThatIsGiven() throws IOException {
    List<Integer> told = new ArrayList<>();
    for (long first : cold.firsts()) {
      assertThat(cold.check(first, told::add)).isTrue();
      assertThat(cold.check(first, bytes -> false)).as("ended").isFalse();
    }
    assertThat(told.stream().mapToInt(Integer::intValue).sum())
        .isEqualTo(log.view().sealed().stream().mapToInt(SealedSegment::end).sum());
    assertThat(cold.figures().damaged()).isZero();
    assertThat(cold.figures().bytes()).isPositive();
  }

  /**
   * Every single byte of a segment, so headers, lengths, payloads, checksums, hashes and the end.
   */
  @Test
  void everyFlippedByteIsFoundAndMendedToTheVeryBytesWhileTheLogIsInUse() throws IOException {
    byte[] before = bytes();
    for (int at = 0; at < before.length; at++) {
      flip(at);

      DamagedLogException damage = found();

      assertThat(damage.file()).isEqualTo(disk.describe(FIRST));
      assertThat(damage.offset()).as("byte %d", at).isBetween(0L, (long) at);
      ColdSegments.Rebuilt rebuilt = cold.rebuild(damage.sequence(), this::copy);
      assertThat(cold.install(rebuilt)).isTrue();
      assertThat(bytes()).as("byte %d", at).isEqualTo(before);
      assertThat(cold.check(1, bytes -> true)).isTrue();
    }
    assertThat(cold.figures().damaged()).isEqualTo(before.length);
    assertThat(cold.figures().repaired()).isEqualTo(before.length);
    readAll();
    log.append(source.next("goes on"));
    directory.close();
    assertThat(LogVerifier.verify(disk).damages()).isEmpty();
    assertThat(LogVerifier.verify(disk).lastHash()).isEqualTo(source.lastHash());
  }

  @Test
  void aFileThatIsGoneOrCutOrLongerIsFoundAndMended() throws IOException {
    byte[] before = bytes();
    List<Damage> damages =
        List.of(
            () -> disk.delete(FIRST),
            () -> truncate(before.length - 3),
            () -> truncate(20),
            () -> truncate(0),
            () -> write(before.length, "something behind the end"));
    for (Damage damage : damages) {
      damage.done();
      DamagedLogException found = found();
      assertThat(cold.install(cold.rebuild(found.sequence(), this::copy))).isTrue();
      assertThat(bytes()).isEqualTo(before);
    }
    readAll();
  }

  @Test
  void whoReadsDamageIsToldOfItAndSoIsWhoMendsIt() throws IOException {
    readAll();
    flip(200);
    assertThatThrownBy(this::readAll).isInstanceOf(DamagedLogException.class);
    assertThat(heard).hasSize(1);
    assertThat(heard.getFirst().file()).isEqualTo(disk.describe(FIRST));
    assertThat(cold.holds(heard.getFirst().sequence())).isTrue();

    cold.install(cold.rebuild(heard.getFirst().sequence(), this::copy));

    readAll();
    assertThat(heard).hasSize(1);
  }

  @Test
  void copiesThatHaveLessOrSomethingElseChangeNothing() throws IOException {
    flip(200);
    byte[] damaged = bytes();
    FrameSource other = new FrameSource();
    for (int i = 0; i < 20; i++) {
      other.next("another cluster's " + i, "more");
    }
    List<FrameSupply> useless =
        List.of(
            (from, upTo) -> ByteBuffer.allocate(0),
            (from, upTo) -> {
              throw new IOException("not there");
            },
            (from, upTo) -> ByteBuffer.wrap("no frame".getBytes(UTF_8)),
            (from, upTo) -> frames(other, from));
    for (FrameSupply supply : useless) {
      Throwable refused =
          catchThrowableOfType(Exception.class, () -> cold.rebuild(found().sequence(), supply));
      assertThat(refused).isInstanceOfAny(StorageException.class, IOException.class);
      assertThat(bytes()).isEqualTo(damaged);
      assertThat(disk.list(LogFiles.LOG)).noneMatch(name -> name.endsWith(".rebuilt"));
    }
    assertThat(cold.figures().repaired()).isZero();
  }

  @Test
  void aCutThatComesBetweenHasTheLastWord() throws IOException {
    flip(200);
    ColdSegments.Rebuilt rebuilt = cold.rebuild(found().sequence(), this::copy);

    log.truncateAfter(0);

    assertThat(cold.install(rebuilt)).isFalse();
    assertThat(disk.exists(FIRST)).isFalse();
    assertThat(cold.check(1, bytes -> true)).as("nothing to read").isTrue();
  }

  @Test
  void aFileThatCannotBeOpenedIsNoDamage() throws IOException {
    IOException refusal = new IOException("Too many open files");
    disk.onOpen(
        path -> {
          throw refusal;
        });

    assertThatThrownBy(() -> cold.check(1, bytes -> true)).isSameAs(refusal);

    disk.onOpen(path -> {});
    assertThat(cold.check(1, bytes -> true)).isTrue();
    assertThat(cold.figures().damaged()).isZero();
  }

  /** Its old file is open already when the new one takes its place, but not yet kept. */
  @Test
  void whoOpensWhileItIsMendedDoesNotKeepTheOldFile() throws IOException {
    flip(200);
    ColdSegments.Rebuilt rebuilt = cold.rebuild(found().sequence(), this::copy);
    disk.onOpen(
        path -> {
          if (path.equals(FIRST)) {
            disk.onOpen(other -> {});
            assertThat(cold.install(rebuilt)).isTrue();
          }
        });

    // the first reading, in which that happens, ends before what was damaged; the second does not
    readAll();
    assertThat(cold.figures().repaired()).isEqualTo(1);
  }

  @Test
  void whatIsTrimmedIsNeitherColdNorBeingWritten() throws IOException {
    SealedSegment first = log.view().sealed().getFirst();
    assertThat(cold.holds(1)).isTrue();
    assertThat(cold.holdsNotYet(1)).isFalse();
    assertThat(cold.holdsNotYet(log.lastSequence())).isTrue();
    assertThat(cold.holdsNotYet(log.lastSequence() + 1)).isFalse();
    directory.groupCommit(Runnable::run, result -> {}).request();

    assertThat(log.trimBefore(first.last() + 1)).isEqualTo(first.last() + 1);

    assertThat(cold.holds(1)).isFalse();
    assertThat(cold.holdsNotYet(1)).isFalse();
    assertThat(cold.check(1, bytes -> true)).as("nothing to read").isTrue();
  }

  /** The node's thread comes to the first only when the second has begun to use its file. */
  @Test
  void whatWasRebuiltBeforeTheLastTimeIsNotPutInPlace() throws IOException {
    byte[] before = bytes();
    flip(200);
    byte[] damaged = bytes();
    ColdSegments.Rebuilt late = cold.rebuild(found().sequence(), this::copy);
    FrameSupply meanwhile =
        (from, upTo) -> {
          assertThatThrownBy(() -> cold.install(late)).isInstanceOf(IOException.class);
          return copy(from, upTo);
        };

    ColdSegments.Rebuilt rebuilt = cold.rebuild(found().sequence(), meanwhile);

    assertThat(bytes()).isEqualTo(damaged);
    assertThat(cold.install(rebuilt)).isTrue();
    assertThat(bytes()).isEqualTo(before);
    assertThat(cold.figures().repaired()).isEqualTo(1);
  }

  /** Power fails at each step of the mending: the next start finds the damage, or the old bytes. */
  @Test
  void aCrashWhileItIsMendedLosesNothing() throws IOException {
    byte[] before = bytes();
    flip(200);
    byte[] damaged = bytes();
    DamagedLogException found = found();
    int crashes = 0;
    for (int step = 1; mendingCrashes(found, step, before, damaged); step++) {
      crashes++;
    }
    assertThat(crashes).isGreaterThan(5);
  }

  private boolean mendingCrashes(DamagedLogException found, int step, byte[] before, byte[] damaged)
      throws IOException {
    LogView view = log.view();
    for (Fate fate : Fate.values()) {
      SimDisk other = disk.copy("other");
      SealedFiles files = new SealedFiles(other, 2);
      LogReader reader = new LogReader(other, () -> view, files);
      ColdSegments mending = new ColdSegments(other, reader, new UnsyncedSegments(other), files);
      other.crashAtOperation(step);
      try {
        mending.install(mending.rebuild(found.sequence(), this::copy));
        return false;
      } catch (SimulatedCrash crash) {
        other.crash(fate, new SplittableRandom(step));
        assertThat(other.content(FIRST)).as("step %d", step).isIn(before, damaged);
      }
    }
    return true;
  }

  private interface Damage {
    void done() throws IOException;
  }

  private DamagedLogException found() {
    return catchThrowableOfType(
        DamagedLogException.class, () -> assertThat(cold.check(1, bytes -> true)).isFalse());
  }

  private void readAll() {
    LogCursor cursor = log.cursor(1);
    while (cursor.next(300, Long.MAX_VALUE) instanceof LogRead.Frames frames) {
      assertThat(frames.lastHash()).isEqualTo(source.hashAt(frames.lastSequence()));
    }
    assertThat(cursor.nextSequence()).isEqualTo(log.lastSequence() + 1);
  }

  private ByteBuffer copy(long from, long upTo) {
    return frames(source, from);
  }

  private static ByteBuffer frames(FrameSource of, long from) {
    ByteBuffer out = ByteBuffer.allocate(4000);
    for (Frame frame : of.frames()) {
      if (frame.first().sequence() >= from && frame.size() <= out.remaining()) {
        out.put(frame.bytes().duplicate());
      }
    }
    return out.flip();
  }

  private byte[] bytes() {
    return disk.content(FIRST);
  }

  private void flip(int at) {
    disk.damage(FIRST, at, 0x20);
  }

  private void write(int at, String text) throws IOException {
    try (DiskFile file = disk.open(FIRST, Disk.Access.WRITE)) {
      file.write(ByteBuffer.wrap(text.getBytes(UTF_8)), at);
    }
  }

  private void truncate(int size) throws IOException {
    try (DiskFile file = disk.open(FIRST, Disk.Access.WRITE)) {
      file.truncate(size);
    }
  }
}
