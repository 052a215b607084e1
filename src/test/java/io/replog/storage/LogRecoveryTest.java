package io.replog.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.replog.core.NodeState;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a start makes of a log that is not as it was left. */
class LogRecoveryTest {
  private static final LogOptions OPTIONS = new LogOptions(800, 256, 256, 2);
  private static final String FIRST = LogFiles.segment(1);

  private final SimDisk disk = new SimDisk("data");
  private final FrameSource source = new FrameSource();
  private NodeState state;

  /** Three segments; everything durable. */
  @BeforeEach
  void aLogOfThreeSegments() {
    try (DataDirectory directory = open()) {
      directory.saveState(
          directory.state().withCluster(FrameSource.CLUSTER).withLogEpoch(3, UUID.randomUUID()));
      for (int i = 0; i < 20; i++) {
        directory.log().append(source.next("message number " + i + " with some length to it"));
      }
      state = directory.state();
    }
    assertThat(segments()).hasSize(3);
  }

  private DataDirectory open() {
    return DataDirectory.open(disk, "secondary-0", UUID::randomUUID, OPTIONS);
  }

  private List<String> segments() {
    return disk.paths().stream().filter(path -> path.endsWith(".log")).toList();
  }

  private String lastSegment() {
    return segments().getLast();
  }

  private void replace(String path, int length, byte... more) {
    byte[] content = disk.content(path);
    byte[] changed = Arrays.copyOf(content, length + more.length);
    System.arraycopy(more, 0, changed, length, more.length);
    disk.put(path, changed);
  }

  private void reopensWhole() {
    try (DataDirectory directory = open()) {
      assertThat(directory.lost()).isNull();
      assertThat(directory.state()).isEqualTo(state);
      assertThat(directory.log().lastSequence()).isEqualTo(20);
      assertThat(directory.log().lastHash()).isEqualTo(source.lastHash());
    }
  }

  @Test
  void aSoundLogIsOpenedAsItIs() {
    byte[] before = disk.content(lastSegment());
    reopensWhole();
    assertThat(disk.content(lastSegment())).isEqualTo(before);
  }

  @Test
  void halfAFrameAboveTheMarkIsCutOff() {
    int end = disk.content(lastSegment()).length;
    replace(lastSegment(), end, new byte[] {60, 1, 2, 3, 4, 5});
    reopensWhole();
    assertThat(disk.content(lastSegment())).hasSize(end);
  }

  @Test
  void garbageBehindZerosIsWiped() {
    int end = disk.content(lastSegment()).length;
    byte[] garbage = new byte[500];
    garbage[450] = 9;
    replace(lastSegment(), end, garbage);
    reopensWhole();
    assertThat(disk.content(lastSegment())).hasSize(end);
  }

  @Test
  void aFrameAboveTheMarkThatFollowsADamagedOneDoesNotComeBack() {
    try (DataDirectory directory = open()) {
      directory.log().append(source.next("to be damaged"));
      directory.log().append(source.next("to be cut off with it"));
      disk.killProcess();
    } catch (StorageException killed) {
      assertThat(killed).hasMessageContaining("closed");
    }
    byte[] content = disk.content(lastSegment());
    int at =
        new String(content, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("to be damaged");
    disk.damage(lastSegment(), at, 1);
    source.cutAfter(20);
    try (DataDirectory directory = open()) {
      assertThat(directory.lost()).isNull();
      assertThat(directory.log().lastSequence()).isEqualTo(20);
      directory.log().append(source.next("to be renewed"));
      disk.crash(Fate.KEPT, new SplittableRandom(1));
    } catch (StorageException killed) {
      assertThat(killed).hasMessageContaining("closed");
    }
    try (DataDirectory directory = open()) {
      assertThat(directory.log().lastSequence()).isEqualTo(21);
      assertThat(directory.log().lastHash()).isEqualTo(source.lastHash());
    }
  }

  @Test
  void everyFlippedByteOfTheLogIsRefusedByFileAndOffsetOrCostsTheStoreItsId() {
    int refused = 0;
    int lost = 0;
    for (String path : segments()) {
      int length = disk.content(path).length;
      for (int at = 0; at < length; at++) {
        SimDisk damaged = disk.copy("data");
        damaged.damage(path, at, 1 << (at % 8));
        assertThat(LogVerifier.verify(damaged).damages()).isNotEmpty();
        String before = contents(damaged);
        try (DataDirectory opened = DataDirectory.open(damaged, null, UUID::randomUUID, OPTIONS)) {
          assertThat(opened.lost()).isNotNull();
          assertThat(opened.lost().toSequence()).isEqualTo(OptionalLong.of(20));
          assertThat(opened.state().store()).isNotEqualTo(state.store());
          assertThat(opened.state().logEpoch()).isZero();
          assertThat(opened.log().lastSequence()).isLessThan(20);
          lost++;
        } catch (DamagedLogException e) {
          assertThat(e.file()).isEqualTo("data/" + path);
          assertThat(e.offset()).isBetween(0L, (long) at);
          assertThat(contents(damaged)).isEqualTo(before);
          refused++;
        } catch (UnsupportedFormatException e) {
          throw new AssertionError("the header's CRC must be checked before its version", e);
        }
      }
    }
    System.out.println("flipped bytes: " + refused + " refused, " + lost + " took a new store id");
    assertThat(refused).isGreaterThan(500);
    assertThat(lost).isBetween(10, 100);
  }

  private static String contents(SimDisk disk) {
    StringBuilder all = new StringBuilder();
    for (String path : disk.paths()) {
      byte[] content = disk.content(path);
      all.append(path)
          .append(content.length)
          .append(' ')
          .append(Checksum.of(content, 0, content.length));
    }
    return all.toString();
  }

  @Test
  void anAcknowledgedTailThatIsGoneCostsTheStoreItsId() {
    replace(lastSegment(), disk.content(lastSegment()).length - 10);
    UUID fresh;
    try (DataDirectory directory = open()) {
      assertThat(directory.lost()).isNotNull();
      assertThat(directory.lost().fromSequence()).isEqualTo(20);
      assertThat(directory.lost().toSequence()).isEqualTo(OptionalLong.of(20));
      assertThat(directory.log().lastSequence()).isEqualTo(19);
      assertThat(directory.log().mark().durableSequence()).isEqualTo(19);
      fresh = directory.state().store();
      assertThat(fresh).isNotEqualTo(state.store());
    }
    try (DataDirectory directory = open()) {
      assertThat(directory.lost()).isNull();
      assertThat(directory.state().store()).isEqualTo(fresh);
    }
  }

  @Test
  void aMissingLastSegmentIsALostTail() {
    disk.remove(lastSegment());
    try (DataDirectory directory = open()) {
      assertThat(directory.lost()).isNotNull();
      assertThat(directory.log().lastSequence()).isLessThan(20);
    }
  }

  @Test
  void aMissingSegmentInTheMiddleIsDamage() {
    disk.remove(segments().get(1));
    assertThatThrownBy(this::open)
        .isInstanceOf(DamagedLogException.class)
        .hasMessageContaining(lastSegment());
  }

  @Test
  void aMissingFirstSegmentIsDamage() {
    disk.remove(FIRST);
    assertThatThrownBy(this::open).isInstanceOf(DamagedLogException.class);
  }

  @Test
  void aSegmentThatIsThereTwiceIsDamage() {
    disk.put(LogFiles.segment(5), disk.content(FIRST));
    assertThatThrownBy(this::open).isInstanceOf(DamagedLogException.class);
  }

  @Test
  void anEmptyFileInTheMiddleIsDamage() {
    disk.put(segments().get(1), new byte[0]);
    assertThatThrownBy(this::open).isInstanceOf(DamagedLogException.class);
  }

  @Test
  void swappedSegmentsAreDamage() {
    byte[] first = disk.content(FIRST);
    disk.put(FIRST, disk.content(lastSegment()));
    disk.put(lastSegment(), first);
    assertThatThrownBy(this::open).isInstanceOf(DamagedLogException.class);
  }

  @Test
  void oneBadSlotOfTheMarkHarmsNothing() {
    SimDisk other = disk.copy("data");
    other.damage(LogFiles.MARK, 20, 1);
    disk.damage(LogFiles.MARK, DurableMark.SLOT_DISTANCE + 20, 1);
    reopensWhole();
    DataDirectory.open(other, null, UUID::randomUUID, OPTIONS).close();
  }

  @Test
  void withoutAMarkTheStoreCountsAsNew() {
    disk.remove(LogFiles.MARK);
    try (DataDirectory directory = open()) {
      assertThat(directory.lost()).isNotNull();
      assertThat(directory.lost().fromSequence()).isEqualTo(21);
      assertThat(directory.lost().toSequence()).isEmpty();
      assertThat(directory.log().lastSequence()).isEqualTo(20);
      assertThat(directory.state().store()).isNotEqualTo(state.store());
    }
    try (DataDirectory directory = open()) {
      assertThat(directory.lost()).isNull();
    }
  }

  @Test
  void withoutAMarkDamageInTheMiddleIsStillDamage() {
    disk.damage(LogFiles.MARK, 20, 1);
    disk.damage(LogFiles.MARK, DurableMark.SLOT_DISTANCE + 20, 1);
    disk.damage(FIRST, 100, 1);
    assertThatThrownBy(this::open).isInstanceOf(DamagedLogException.class);
  }

  @Test
  void aLogOfAnotherTimeThanItsMarkIsDamage() {
    SimDisk old = disk.copy("old");
    try (DataDirectory directory = open()) {
      directory.log().truncateAfter(10);
      source.cutAfter(10);
      for (int i = 0; i < 10; i++) {
        directory.log().append(source.next("another message number " + i + " of some length"));
      }
    }
    old.put(LogFiles.MARK, disk.content(LogFiles.MARK));
    assertThatThrownBy(() -> DataDirectory.open(old, "secondary-0", UUID::randomUUID, OPTIONS))
        .isInstanceOf(DamagedLogException.class)
        .hasMessageContaining("not of one time");
  }

  @Test
  void aDamagedIndexIsMadeAnew() {
    String index = LogFiles.index(1);
    byte[] sound = disk.content(index);
    disk.damage(index, 70, 4);
    assertThat(LogVerifier.verify(disk).damages()).hasSize(1);
    try (DataDirectory directory = open()) {
      assertThat(directory.log().frameAt(3).orElseThrow()).isEqualTo(source.frames().get(2));
    }
    assertThat(disk.content(index)).isEqualTo(sound);
  }

  @Test
  void afterAFailedForceARestartWritesTheTailAgain() {
    try (DataDirectory directory = open()) {
      GroupCommit commit = directory.groupCommit(Runnable::run, result -> {});
      directory.log().append(source.next("written, and dropped by the system"));
      disk.failNextForce();
      commit.request();
      assertThat(directory.log().failure()).isNotNull();
      assertThatThrownBy(() -> directory.log().append(source.next("refused")))
          .isInstanceOf(DiskFailedException.class);
      source.cutAfter(21);
    }
    open().close();
    disk.crash(Fate.LOST, new SplittableRandom(1));
    try (DataDirectory directory = open()) {
      assertThat(directory.lost()).isNull();
      assertThat(directory.log().lastHash()).isEqualTo(source.lastHash());
    }
  }

  @Test
  void whatAProcessHadCutWhenItDiedStaysCutWhenTheMachineGoesDownLater() {
    long sequence = source.frames().get(source.frames().size() - 2).last().sequence();
    DataDirectory dying = open();
    disk.crashAtOperation(4); // of: write and force the mark, sync, cut the file, force it
    assertThatThrownBy(() -> dying.log().truncateAfter(sequence))
        .isInstanceOf(SimulatedCrash.class)
        .hasMessageContaining("truncate");
    disk.killProcess();
    DataDirectory next = open();
    assertThat(next.log().lastSequence()).isEqualTo(sequence);
    disk.crash(Fate.LOST, new SplittableRandom(1));
    try (DataDirectory directory = open()) {
      assertThat(directory.lost()).isNull();
      assertThat(directory.log().lastSequence()).isEqualTo(sequence);
    }
  }
}
