package io.replog.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.replog.core.Configuration;
import io.replog.core.Membership;
import io.replog.core.NodeRole;
import io.replog.core.NodeState;
import io.replog.core.Seat;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class DataDirectoryTest {
  private final SimDisk disk = new SimDisk("data");

  private DataDirectory open(String node) {
    return DataDirectory.open(disk, node, UUID::randomUUID, LogOptions.DEFAULT);
  }

  private static NodeState full() {
    Configuration committed =
        new Configuration(
            2,
            7,
            List.of(
                new Seat("secondary-0", new UUID(1, 2), "http://127.0.0.1:8081"),
                new Seat("http://a b%\n:1=x", null, "")));
    Configuration proposed = new Configuration(3, 8, List.of());
    return new NodeState(
        "no de\n%ü",
        NodeRole.MASTER,
        new UUID(3, 4),
        FrameSource.CLUSTER,
        5,
        new UUID(5, 6),
        4,
        new UUID(7, 8),
        3,
        new Membership(committed, proposed));
  }

  @Test
  void anEmptyDirectoryIsFormattedAndKeepsItsIds() {
    NodeState state;
    try (DataDirectory directory = open("secondary-0")) {
      state = directory.state();
      assertThat(state.clusterId()).isNull();
    }
    try (DataDirectory directory = open(null)) {
      assertThat(directory.state()).isEqualTo(state);
    }
  }

  @Test
  void anotherNodeIdIsRefusedByAMessageThatNamesBoth() {
    open("secondary-0").close();
    assertThatThrownBy(() -> open("secondary-1"))
        .isInstanceOf(WrongNodeException.class)
        .hasMessageContaining("secondary-0")
        .hasMessageContaining("secondary-1");
    open("secondary-0").close();
  }

  @Test
  void aDirectoryIsOpenedOnce() {
    try (DataDirectory directory = open("s")) {
      assertThat(directory.lost()).isNull();
      assertThatThrownBy(() -> open("s")).isInstanceOf(DirectoryInUseException.class);
      assertThatThrownBy(() -> LogVerifier.verify(disk))
          .isInstanceOf(DirectoryInUseException.class);
    }
  }

  @Test
  void anUnformattedDirectoryNeedsANodeId() {
    assertThatThrownBy(() -> open(null)).hasMessageContaining("no node id");
  }

  @Test
  void aLogWithoutItsStateIsRefused() {
    try (DataDirectory directory = open("s")) {
      directory.saveState(directory.state().withCluster(FrameSource.CLUSTER));
      directory.log().append(new FrameSource().next("one"));
    }
    disk.remove(LogFiles.STATE);
    assertThatThrownBy(() -> open("s"))
        .isInstanceOf(DamagedFileException.class)
        .hasMessageContaining("missing beside a log");
  }

  @Test
  void aLogOfAnotherClusterThanItsStateIsRefused() {
    NodeState state;
    try (DataDirectory directory = open("s")) {
      directory.saveState(directory.state().withCluster(FrameSource.CLUSTER));
      directory.log().append(new FrameSource().next("one"));
      state = directory.state();
      assertThatThrownBy(() -> directory.saveState(state.withCluster(new UUID(1, 1))))
          .isInstanceOf(IllegalArgumentException.class);
    }
    disk.put(LogFiles.STATE, StateFile.format(state.withCluster(new UUID(1, 1))).getBytes(UTF_8));
    assertThatThrownBy(() -> open("s")).hasMessageContaining("not of one cluster");
  }

  @Test
  void everyStateIsReadAsItWasWritten() {
    for (NodeState state : List.of(full(), NodeState.formatted("n", new UUID(9, 9)))) {
      String text = StateFile.format(state);
      assertThat(StateFile.parse("state", ByteBuffer.wrap(text.getBytes(UTF_8)))).isEqualTo(state);
    }
  }

  @Test
  void aStateThatWasChangedInAnyBitIsRefused() {
    byte[] text = StateFile.format(full()).getBytes(UTF_8);
    for (int bit = 0; bit < text.length * 8; bit++) {
      byte[] flipped = text.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThatThrownBy(() -> StateFile.parse("data/state", ByteBuffer.wrap(flipped)))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("data/state");
    }
    for (int length = 0; length < text.length; length++) {
      ByteBuffer cut = ByteBuffer.wrap(text, 0, length);
      assertThatThrownBy(() -> StateFile.parse("data/state", cut))
          .isInstanceOf(DamagedFileException.class)
          .hasMessageMatching("(?s)data/state, line [0-9]+: .*");
    }
  }

  @Test
  void randomLinesAreRefusedAsDamage() {
    for (long seed = 0; seed < 3000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      String text = "format=1\nnode=n\nstore=" + new UUID(1, 1) + "\ncluster=-\n";
      byte[] more = new byte[random.nextInt(100)];
      random.nextBytes(more);
      String body = text + new String(more, UTF_8) + "\n";
      byte[] covered = body.getBytes(UTF_8);
      String whole = body + "crc32c=%08x\n".formatted(Checksum.of(covered, 0, covered.length));
      assertThatThrownBy(() -> StateFile.parse("state", ByteBuffer.wrap(whole.getBytes(UTF_8))))
          .as("seed %d", seed)
          .isInstanceOf(DamagedFileException.class);
    }
  }

  @Test
  void aNewerFormatIsRefusedByASentenceThatNamesBothVersions() {
    open("s").close();
    String newer = StateFile.format(full()).replace("format=1\n", "format=7\n");
    disk.put(LogFiles.STATE, newer.getBytes(UTF_8));
    assertThatThrownBy(() -> open("s"))
        .isInstanceOf(UnsupportedFormatException.class)
        .hasMessage(
            "data/state has format version 7, and this release of replog reads up to version 1; use"
                + " a newer release");
  }

  @Test
  void aFullDiskRefusesAStateAndKeepsTheOldOne() {
    try (DataDirectory directory = open("s")) {
      NodeState before = directory.state();
      disk.remove(LogFiles.RESERVE); // given up before
      disk.setCapacity(disk.used() + 10);
      assertThatThrownBy(() -> directory.saveState(before.withPromise(1, new UUID(1, 1))))
          .isInstanceOf(DiskFullException.class);
      assertThat(directory.state()).isEqualTo(before);
      disk.setCapacity(Long.MAX_VALUE);
      directory.saveState(before.withPromise(2, new UUID(1, 1)));
    }
    try (DataDirectory directory = open("s")) {
      assertThat(directory.state().promisedEpoch()).isEqualTo(2);
    }
  }

  @Test
  void onAFullDiskTheReserveLetsTheStateBeSavedAndIsMadeAgainWhenThereIsRoom() {
    try (DataDirectory directory = open("s")) {
      assertThat(disk.exists(LogFiles.RESERVE)).isTrue();
      directory.saveState(directory.state().withCluster(FrameSource.CLUSTER));
      disk.setCapacity(disk.used());
      NodeState promised = directory.state().withPromise(7, new UUID(1, 1));

      directory.saveState(promised);

      assertThat(disk.exists(LogFiles.RESERVE)).isFalse();
      assertThat(directory.hasRoom()).isFalse();
      assertThat(directory.state()).isEqualTo(promised);
      disk.setCapacity(Long.MAX_VALUE);
      assertThat(directory.hasRoom()).isTrue();
      assertThat(disk.exists(LogFiles.RESERVE)).isTrue();
    }
    try (DataDirectory directory = open("s")) {
      assertThat(directory.state().promisedEpoch()).isEqualTo(7);
    }
  }
}
