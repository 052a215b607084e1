package io.replog.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.replog.core.LogStart;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A log that begins later is as whole, as repairable and as sure of itself as any other. */
class TrimmedLogTest {
  private static final LogOptions OPTIONS = new LogOptions(400, 0, 0, 2);

  private final SimDisk disk = new SimDisk("data");
  private final FrameSource source = new FrameSource();
  private SimDisk before;
  private LogStart start;
  private UUID store;

  /** Entries 1 to 20 in several segments, trimmed before about 10, and cleanly stopped. */
  @BeforeEach
  void trim() {
    try (DataDirectory directory = open()) {
      directory.saveState(directory.state().withCluster(FrameSource.CLUSTER));
      for (int i = 0; i < 20; i++) {
        directory.log().append(source.next("message number " + i + " with some length"));
      }
      directory.groupCommit(Runnable::run, result -> {}).request();
      before = disk.copy("before");
      assertThat(directory.log().trimBefore(10)).isBetween(3L, 10L);
      start = directory.log().start();
      store = directory.state().store();
    }
  }

  private DataDirectory open() {
    return open(disk);
  }

  private static DataDirectory open(SimDisk disk) {
    return DataDirectory.open(disk, "secondary-0", UUID::randomUUID, OPTIONS);
  }

  private void assertWhole(DataDirectory directory) {
    SegmentedLog log = directory.log();
    assertThat(log.start()).isEqualTo(start);
    assertThat(log.lastSequence()).isEqualTo(20);
    assertThat(log.hashAt(start.before())).contains(source.hashAt(start.before()));
    for (long sequence = start.sequence(); sequence <= 20; sequence++) {
      assertThat(log.hashAt(sequence)).contains(source.hashAt(sequence));
    }
  }

  @Test
  void whatIsBeforeIsGoneAndSaysSo() {
    try (DataDirectory directory = open()) {
      assertWhole(directory);
      assertThat(directory.state().store()).isEqualTo(store);
      SegmentedLog log = directory.log();
      assertThat(log.cursor(start.before()).next(100, 20))
          .isEqualTo(new LogRead.Trimmed(start.sequence()));
      assertThat(log.hashAt(start.before() - 1)).isEmpty();
      assertThat(log.frameAt(start.before())).isEmpty();
      assertThat(log.trimBefore(1)).isEqualTo(start.sequence());
    }
    assertThat(LogVerifier.verify(disk).damages()).isEmpty();
  }

  @Test
  void theNewestSegmentStaysWhateverIsAskedFor() {
    try (DataDirectory directory = open()) {
      assertThat(directory.log().trimBefore(Long.MAX_VALUE)).isBetween(start.sequence(), 20L);
      assertThat(directory.log().lastSequence()).isEqualTo(20);
    }
  }

  @Test
  void aCutToItsBeginningRemembersWhatItContinues() {
    try (DataDirectory directory = open()) {
      directory.log().truncateAfter(start.before());
    }
    try (DataDirectory directory = open()) {
      SegmentedLog log = directory.log();
      assertThat(log.start()).isEqualTo(start);
      assertThat(log.lastSequence()).isEqualTo(start.before());
      assertThat(log.lastEpoch()).isEqualTo(start.epochBefore());
      assertThat(log.lastTimestamp()).isEqualTo(start.timestampBefore());
      source.cutAfter(start.before());
      log.append(source.next("another"));
      assertThat(log.lastHash()).isEqualTo(source.lastHash());
    }
    assertThat(LogVerifier.verify(disk).damages()).isEmpty();
  }

  @Test
  void eitherSlotOfTheMarkKnowsWhereItBegins() {
    for (int slot = 0; slot < 2; slot++) {
      SimDisk damaged = disk.copy("data");
      spoilSlot(damaged, slot);
      try (DataDirectory directory = open(damaged)) {
        assertWhole(directory);
        assertThat(directory.state().store()).isEqualTo(store);
      }
    }
  }

  @Test
  void withoutAMarkItBeginsWithItsFirstFileAndIsAnotherStore() {
    spoilSlot(disk, 0);
    spoilSlot(disk, 1);
    try (DataDirectory directory = open()) {
      assertThat(directory.log().start())
          .isEqualTo(new LogStart(start.sequence(), start.hashBefore(), 0, 0));
      assertThat(directory.log().lastSequence()).isEqualTo(20);
      assertThat(directory.log().mark().committedSequence()).isEqualTo(start.before());
      assertThat(directory.state().store()).isNotEqualTo(store);
    }
  }

  private static void spoilSlot(SimDisk of, int slot) {
    byte[] mark = of.content(LogFiles.MARK).clone();
    mark[slot * DurableMark.SLOT_DISTANCE + 30] ^= 1;
    of.overwrite(LogFiles.MARK, mark);
  }

  @Test
  void whatACrashHasLeftOfATrimIsNoPartOfItAndNoDamage() throws IOException {
    String first = LogFiles.segment(1);
    try (DiskFile file = disk.open(first, Disk.Access.CREATE)) {
      file.write(ByteBuffer.wrap(before.content(first)), 0);
      file.force();
    }
    disk.syncDirectory(LogFiles.LOG);
    VerifyReport report = LogVerifier.verify(disk);
    assertThat(report.damages()).isEmpty();
    assertThat(report.notes()).singleElement().asString().contains("the next start deletes it");
    try (DataDirectory directory = open()) {
      assertWhole(directory);
    }
    assertThat(disk.exists(first)).isFalse();
  }

  @Test
  void aLostFirstSegmentIsPutBackFromACopyThatHasIt() throws IOException {
    SimDisk damaged = disk.copy("data");
    damaged.delete(LogFiles.segment(start.sequence()));
    assertThatThrownBy(() -> open(damaged)).isInstanceOf(DamagedLogException.class);
    assertThat(LogVerifier.verify(damaged).damages()).isNotEmpty();
    try (DataDirectory peer = open(disk.copy("peer"))) {
      LogRepair.repair(damaged, OPTIONS, (from, upTo) -> frames(peer, from, upTo));
    }
    try (DataDirectory directory = open(damaged)) {
      assertWhole(directory);
      assertThat(directory.state().store()).isEqualTo(store);
    }
  }

  @Test
  void aCopyThatHasTrimmedWhatIsMissingPutsNothingBack() {
    SimDisk damaged = disk.copy("data");
    byte[] segment = damaged.content(LogFiles.segment(start.sequence())).clone();
    segment[SegmentHeader.BYTES + 20] ^= 1;
    damaged.overwrite(LogFiles.segment(start.sequence()), segment);
    try (DataDirectory peer = open(disk.copy("peer"))) {
      assertThat(peer.log().trimBefore(20)).isGreaterThan(start.sequence());
      assertThatThrownBy(
              () -> LogRepair.repair(damaged, OPTIONS, (from, upTo) -> frames(peer, from, upTo)))
          .hasMessageContaining("no other copy has it");
    }
  }

  private static ByteBuffer frames(DataDirectory peer, long from, long upTo) {
    return peer.log().cursor(from).next(300, upTo) instanceof LogRead.Frames read
        ? read.bytes()
        : ByteBuffer.allocate(0);
  }

  @Test
  void aLogBegunAnewIsEmptyAndGoesOnFromThere() {
    LogStart later = new LogStart(100, source.lastHash(), 7, start.timestampBefore() + 1000);
    try (DataDirectory directory = open()) {
      assertThatThrownBy(() -> directory.log().restartAt(start))
          .isInstanceOf(IllegalArgumentException.class);
      directory.log().restartAt(later);
      assertThat(directory.log().lastSequence()).isEqualTo(99);
    }
    try (DataDirectory directory = open()) {
      assertThat(directory.log().start()).isEqualTo(later);
      assertThat(directory.log().lastEpoch()).isEqualTo(7);
      assertThat(directory.log().mark().committedSequence()).isEqualTo(99);
    }
    assertThat(LogVerifier.verify(disk).damages()).isEmpty();
  }
}
