package io.replog.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.replog.core.ForcedConfiguration;
import io.replog.core.NodeRole;
import io.replog.core.NodeState;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A copy that is looked at off line, and made the one that a cluster goes on with. */
class ForcedStateTest {
  private static final UUID MASTER = new UUID(7, 7);

  private final SimDisk disk = new SimDisk("data");
  private final FrameSource source = new FrameSource();

  private DataDirectory open() {
    return DataDirectory.open(disk, null, UUID::randomUUID, LogOptions.DEFAULT);
  }

  /** Three entries, two of which are known as committed. */
  private void written() {
    try (DataDirectory directory =
        DataDirectory.open(
            disk, "secondary-0", NodeRole.SECONDARY, UUID::randomUUID, LogOptions.DEFAULT)) {
      directory.saveState(
          directory.state().withCluster(FrameSource.CLUSTER).withLogEpoch(1, MASTER));
      GroupCommit commit = directory.groupCommit(Runnable::run, result -> {});
      for (String message : new String[] {"one", "two", "three"}) {
        directory.log().append(source.next(message));
      }
      commit.noteCommitted(2, source.hashAt(2));
      commit.request();
    }
  }

  private Map<String, String> content() {
    Map<String, String> content = new HashMap<>();
    for (String path : disk.paths()) {
      content.put(path, new String(disk.content(path), UTF_8));
    }
    return content;
  }

  @Test
  void lookingAtACopyChangesNothing() {
    written();
    Map<String, String> before = content();

    StoredCopy copy = StoredCopy.read(disk);

    assertThat(content()).isEqualTo(before);
    assertThat(copy.role()).isEqualTo(NodeRole.SECONDARY);
    assertThat(copy.state().node()).isEqualTo("secondary-0");
    assertThat(copy.lastSequence()).isEqualTo(3);
    assertThat(copy.lastEpoch()).isEqualTo(1);
    assertThat(copy.lastHash()).isEqualTo(source.lastHash());
    assertThat(copy.mark().durableSequence()).isEqualTo(3);
    assertThat(copy.mark().committedSequence()).isEqualTo(2);
    assertThat(copy.lost()).isNull();
  }

  @Test
  void aCopyInUseIsNotLookedAt() {
    written();
    try (DataDirectory directory = open()) {
      assertThat(directory.lost()).isNull();
      assertThatThrownBy(() -> StoredCopy.read(disk)).isInstanceOf(DirectoryInUseException.class);
    }
    assertThatThrownBy(() -> StoredCopy.read(new SimDisk("empty")))
        .isInstanceOf(DamagedFileException.class)
        .hasMessageContaining("no data directory");
  }

  @Test
  void aForcedCopyEndsWhereItEndsWhateverWasCommittedBeyond() {
    written();
    NodeState forced;
    try (DataDirectory directory = open()) {
      directory.log().truncateAfter(1);
      forced = ForcedConfiguration.of(directory.state(), "master-0", MASTER, 0, 0);
      directory.force(forced);
    }

    try (DataDirectory directory = open()) {
      assertThat(directory.state()).isEqualTo(forced);
      assertThat(directory.lost()).isNull();
      assertThat(directory.log().mark().committedSequence()).isEqualTo(1);
      assertThat(directory.log().mark().committedHash()).isEqualTo(source.hashAt(1));
    }
    assertThat(LogVerifier.verify(disk).damages()).isEmpty();
  }

  private DataDirectory openAs(NodeRole role) {
    return DataDirectory.open(disk, null, role, UUID::randomUUID, LogOptions.DEFAULT);
  }

  @Test
  void aDirectoryIsOfAMasterOrOfASecondary() {
    written();
    Map<String, String> before = content();

    assertThatThrownBy(() -> openAs(NodeRole.MASTER))
        .isInstanceOf(WrongRoleException.class)
        .hasMessage(
            "data is the data of secondary-0, a secondary; it cannot be opened as a master (after"
                + " the loss of a majority of the disks 'replog recover' makes it one's)");
    assertThat(content()).isEqualTo(before);
    openAs(NodeRole.SECONDARY).close();
  }

  @Test
  void aDirectoryWithoutANoteTakesOneUnlessAMasterLedThere() {
    DataDirectory.open(disk, "x", UUID::randomUUID, LogOptions.DEFAULT).close();
    try (DataDirectory directory = openAs(NodeRole.SECONDARY)) {
      assertThat(directory.state().role()).isEqualTo(NodeRole.SECONDARY);
    }
    assertThatThrownBy(() -> openAs(NodeRole.MASTER)).isInstanceOf(WrongRoleException.class);

    SimDisk ofAMaster = new SimDisk("led");
    try (DataDirectory directory =
        DataDirectory.open(ofAMaster, "master-0", UUID::randomUUID, LogOptions.DEFAULT)) {
      directory.saveState(directory.state().withIncumbentEpoch(1));
    }
    assertThatThrownBy(
            () ->
                DataDirectory.open(
                    ofAMaster, null, NodeRole.SECONDARY, UUID::randomUUID, LogOptions.DEFAULT))
        .isInstanceOf(WrongRoleException.class);
  }
}
