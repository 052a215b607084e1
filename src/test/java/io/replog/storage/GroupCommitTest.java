package io.replog.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GroupCommitTest {
  private final SimDisk disk = new SimDisk("data");
  private final FrameSource source = new FrameSource();
  private final Queue<Runnable> syncThread = new ArrayDeque<>();
  private final List<SyncResult> results = new ArrayList<>();
  private DataDirectory directory;
  private SegmentedLog log;
  private GroupCommit commit;

  @BeforeEach
  void open() {
    directory = DataDirectory.open(disk, "s", UUID::randomUUID, LogOptions.DEFAULT);
    directory.saveState(directory.state().withCluster(FrameSource.CLUSTER));
    log = directory.log();
    commit = directory.groupCommit(syncThread::add, results::add);
  }

  private void append(String message) {
    log.append(source.next(message));
  }

  private void round() {
    syncThread.remove().run();
  }

  @Test
  void aRoundMakesAllDurableThatCameBeforeIt() {
    append("one");
    commit.request();
    append("two");
    round();
    assertThat(results)
        .containsExactly(new SyncResult.Durable(2, source.lastHash(), log.generation()));
    assertThat(log.mark().durableSequence()).isEqualTo(2);
    disk.crash(Fate.LOST, new SplittableRandom(1));
    try (DataDirectory again =
        DataDirectory.open(disk, "s", UUID::randomUUID, LogOptions.DEFAULT)) {
      assertThat(again.log().lastSequence()).isEqualTo(2);
    }
  }

  @Test
  void requestsDuringARoundLeadToOneMore() {
    append("one");
    commit.request();
    commit.request();
    commit.request();
    assertThat(syncThread).hasSize(1);
    round();
    assertThat(syncThread).hasSize(1);
    round();
    assertThat(syncThread).isEmpty();
    assertThat(results).hasSize(2);
  }

  @Test
  void aRoundWithNothingNewCostsNoOperation() {
    append("one");
    commit.request();
    round();
    long operations = disk.operations();
    commit.request();
    round();
    assertThat(disk.operations()).isEqualTo(operations);
    assertThat(results.getLast()).isEqualTo(results.getFirst());
  }

  @Test
  void theNextRoundTakesTheCommittedSequenceAlong() {
    append("one");
    commit.noteCommitted(1, source.lastHash());
    append("two");
    commit.request();
    round();
    assertThat(log.mark().committedSequence()).isEqualTo(1);
    commit.noteCommitted(2, source.lastHash());
    commit.noteCommitted(1, source.lastHash());
    commit.request();
    round();
    assertThat(log.mark().committedSequence()).isEqualTo(2);
    assertThat(log.mark().committedHash()).isEqualTo(source.lastHash());
  }

  @Test
  void aFailedForceIsReportedOnceAndNeverTriedAgain() {
    append("one");
    disk.failNextForce();
    commit.request();
    round();
    assertThat(results).hasSize(1);
    assertThat(results.getFirst()).isInstanceOf(SyncResult.SyncFailed.class);
    commit.request();
    assertThat(syncThread).isEmpty();
    assertThat(log.mark().durableSequence()).isZero();
    assertThatThrownBy(() -> append("two"))
        .isInstanceOf(DiskFailedException.class)
        .hasMessageContaining("restart needed");
    assertThatThrownBy(() -> log.truncateAfter(0)).isInstanceOf(DiskFailedException.class);
    assertThatThrownBy(() -> directory.saveState(directory.state()))
        .isInstanceOf(DiskFailedException.class);
    assertThat(log.frameAt(1)).isPresent();
    directory.close();
  }

  @Test
  void aCutLowersTheMarkAndMakesAResultOfBeforeVoid() {
    append("one");
    append("two");
    commit.request();
    round();
    commit.request();
    log.truncateAfter(1);
    assertThat(log.mark().durableSequence()).isEqualTo(1);
    assertThat(log.generation()).isEqualTo(1);
    assertThat(((SyncResult.Durable) results.getFirst()).generation()).isZero();
    round();
    assertThat(((SyncResult.Durable) results.getLast()).sequence()).isEqualTo(1);
  }

  @Test
  void aLogWithoutAClusterHasNothingToReport() {
    SimDisk empty = new SimDisk("empty");
    try (DataDirectory fresh =
        DataDirectory.open(empty, "s", UUID::randomUUID, LogOptions.DEFAULT)) {
      fresh.groupCommit(Runnable::run, results::add).request();
      assertThat(results).isEmpty();
      assertThatThrownBy(() -> fresh.log().lastHash()).isInstanceOf(IllegalStateException.class);
    }
  }
}
