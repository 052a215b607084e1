package io.replog.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.replog.client.StubNode;
import io.replog.core.Configuration;
import io.replog.core.Frame;
import io.replog.core.FrameCodec;
import io.replog.core.Hash;
import io.replog.core.HashChain;
import io.replog.core.Membership;
import io.replog.core.NodeRole;
import io.replog.core.NodeState;
import io.replog.core.Seat;
import io.replog.storage.DataDirectory;
import io.replog.storage.FileDisk;
import io.replog.storage.LogOptions;
import io.replog.storage.StoredCopy;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** What {@code recover} says, refuses and does with one copy of a secondary, entries 1 to 3. */
@Timeout(60)
class RecoverCommandTest {
  private static final String JSON = "application/json";
  private static final UUID CLUSTER = UUID.fromString("c0000000-0000-4000-8000-000000000001");
  private static final UUID MASTER = new UUID(7, 7);

  @Command(name = "replog")
  static final class Top {}

  @TempDir Path root;
  private final StubNode other = new StubNode();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path data;
  private UUID store;
  private Hash lastHash;

  @BeforeEach
  void aCopy() {
    data = root.resolve("s0");
    try (DataDirectory directory =
        DataDirectory.open(
            new FileDisk(data),
            "secondary-0",
            NodeRole.SECONDARY,
            UUID::randomUUID,
            LogOptions.DEFAULT)) {
      store = directory.state().store();
      Configuration configuration =
          new Configuration(
              1,
              2,
              List.of(
                  new Seat("secondary-0", store, "http://127.0.0.1:1"),
                  new Seat("secondary-1", null, "")));
      directory.saveState(
          directory
              .state()
              .withCluster(CLUSTER)
              .withPromise(5, MASTER)
              .withLogEpoch(5, MASTER)
              .withMembership(new Membership(configuration, null)));
      Hash before = HashChain.origin(CLUSTER);
      for (int i = 1; i <= 3; i++) {
        Frame frame =
            FrameCodec.encode(
                new HashChain(), before, i, 5, 1000 + i, null, List.of(("m" + i).getBytes(UTF_8)));
        directory.log().append(frame);
        before = frame.last().hash();
      }
      lastHash = before;
    }
  }

  @AfterEach
  void close() {
    other.close();
  }

  private int recover(String... more) {
    String[] arguments =
        Stream.concat(Stream.of("recover", data.toString()), Stream.of(more))
            .toArray(String[]::new);
    CommandLine line = Commands.commandLine(new Top(), options -> 0);
    return line.setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  private NodeState state() {
    return StoredCopy.read(new FileDisk(data)).state();
  }

  private Map<String, String> content() throws IOException {
    Map<String, String> content = new HashMap<>();
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        content.put(
            file.toString(), Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1));
      }
    }
    return content;
  }

  private void answersCluster(String role, String mode, long last, long committed, long epoch) {
    other.answers(
        200,
        JSON,
        """
        {"clusterId":"%s","node":"secondary-1","role":"%s","mode":"%s","epoch":%d,
         "lastSequence":%d,"committedSequence":%d}\
        """
            .formatted(CLUSTER, role, mode, epoch, last, committed));
  }

  private void answersRecord(long sequence, long epoch, String hash) {
    other.answers(
        200,
        "application/x-ndjson",
        "{\"sequence\":%d,\"epoch\":%d,\"timestamp\":1,\"message\":\"m\",\"hash\":\"%s\"}\n"
            .formatted(sequence, epoch, hash));
  }

  @Test
  void withoutTheFlagItSaysWhatTheCopyHoldsAndChangesNothing() throws IOException {
    Map<String, String> before = content();

    assertThat(recover()).isEqualTo(1);

    assertThat(content()).isEqualTo(before);
    assertThat(out.toString())
        .contains(CLUSTER.toString(), "node secondary-0, a secondary", store.toString())
        .contains("last sequence  3 (epoch 5)")
        .contains("durable        up to 3")
        .contains("promised 5 to store " + MASTER)
        .contains("version 2 of epoch 1: secondary-0, secondary-1 (vacant)")
        .contains("every entry above 3 that another copy has")
        .contains("Seats that are dropped: secondary-0, secondary-1 (vacant)");
    assertThat(err.toString()).contains("nothing was changed; --accept-data-loss");
  }

  @Test
  void withTheFlagTheCopyIsTheMastersOfALaterEra() {
    assertThat(recover("--accept-data-loss")).as("%s", err).isZero();

    NodeState forced = state();
    assertThat(forced.node()).isEqualTo("master-0");
    assertThat(forced.role()).isEqualTo(NodeRole.MASTER);
    assertThat(forced.store()).isNotEqualTo(store);
    assertThat(forced.membership().newest().seats()).isEmpty();
    assertThat(forced.membership().newest().version()).isEqualTo(3);
    assertThat(forced.promisedEpoch()).isGreaterThan(1_000_000_000L - 1);
    assertThat(StoredCopy.read(new FileDisk(data)).lastHash()).isEqualTo(lastHash);
    assertThat(out.toString())
        .contains("last sequence  3")
        .contains("Forced: configuration version 3")
        .contains("./replog master --data " + data);
  }

  @Test
  void theSameIsThereForAProgram() {
    assertThat(recover("--output", "json", "--accept-data-loss", "--id", "master-7")).isZero();

    assertThat(out.toString().strip().lines()).hasSize(1);
    assertThat(out.toString())
        .contains("\"recovered\":true", "\"lastSequence\":3", "\"node\":\"secondary-0\"")
        .contains("\"droppedSeats\":[\"secondary-0\",\"secondary-1\"]")
        .contains("\"forced\":{\"node\":\"master-7\",\"role\":\"MASTER\"");
    assertThat(state().node()).isEqualTo("master-7");
  }

  @Test
  void aCopyThatIsBehindAnotherIsRefusedUnlessThatIsSaidToo() throws IOException {
    Map<String, String> before = content();
    answersCluster("SECONDARY", "READ_ONLY", 5, 3, 9);
    answersRecord(5, 5, "ab");
    answersRecord(3, 5, lastHash.toString());
    String url = other.url().toString();

    assertThat(recover("--accept-data-loss", "--url", url)).isEqualTo(1);
    assertThat(content()).isEqualTo(before);
    assertThat(out.toString()).contains("has this copy's log and 2 entries more");
    assertThat(err.toString()).contains("secondary-1 at " + url, "--even-if-behind", "refused");

    answersCluster("SECONDARY", "READ_ONLY", 5, 3, 9);
    answersRecord(5, 5, "ab");
    answersRecord(3, 5, lastHash.toString());
    assertThat(recover("--accept-data-loss", "--url", url, "--even-if-behind")).isZero();
    assertThat(state().role()).isEqualTo(NodeRole.MASTER);
  }

  @Test
  void aCopyThatLacksWhatAnotherKnowsAsCommittedIsRefused() {
    answersCluster("SECONDARY", "READ_ONLY", 4, 4, 5);
    answersRecord(4, 5, "ab");
    answersRecord(3, 5, lastHash.toString());

    assertThat(recover("--accept-data-loss", "--url", other.url().toString())).isEqualTo(1);
    assertThat(err.toString()).contains("knows entries up to 4 as committed, 1 of which");
  }

  @Test
  void aCopyThatIsNotBehindIsTakenAndItsEpochIsAboveAllThatWasHeard() {
    answersCluster("SECONDARY", "READ_ONLY", 2, 2, 4_500_000_000L);
    answersRecord(2, 5, "ab");

    assertThat(recover("--accept-data-loss", "--url", other.url().toString()))
        .as("%s", err)
        .isZero();
    assertThat(out.toString()).contains("ends with entry 2 of epoch 5");
    assertThat(state().promisedEpoch()).isGreaterThan(4_999_999_999L);
  }

  @Test
  void whileAMasterTakesAppendsNothingIsForced() {
    answersCluster("MASTER", "READ_WRITE", 3, 3, 5);

    assertThat(recover("--accept-data-loss", "--even-if-behind", "--url", other.url().toString()))
        .isEqualTo(1);
    assertThat(err.toString()).contains("takes appends; there is nothing to force");
    assertThat(state().role()).isEqualTo(NodeRole.SECONDARY);
  }

  @Test
  void aNodeThatWasNamedMustAnswerAndBeOfThisCluster() {
    other.answers(
        200,
        JSON,
        "{\"clusterId\":\"%s\",\"node\":\"x\",\"role\":\"SECONDARY\"}".formatted(MASTER));
    assertThat(recover("--accept-data-loss", "--url", other.url().toString())).isEqualTo(1);
    assertThat(err.toString()).contains(MASTER.toString(), CLUSTER.toString());

    other.close();
    assertThat(recover("--accept-data-loss", "--url", other.url().toString())).isEqualTo(1);
    assertThat(err.toString()).contains("did not answer");
    assertThat(state().role()).isEqualTo(NodeRole.SECONDARY);
  }

  @Test
  void whatIsNoCopyIsToldInOneLine() {
    data = root.resolve("nothing");
    assertThat(recover("--accept-data-loss")).isEqualTo(1);
    assertThat(err.toString()).contains("nothing is not a directory");

    data = root.resolve("empty");
    DataDirectory.open(new FileDisk(data), "n", UUID::randomUUID, LogOptions.DEFAULT).close();
    assertThat(recover("--accept-data-loss")).isEqualTo(1);
    assertThat(err.toString()).contains("belongs to no cluster");
    assertThat(err.toString().lines()).hasSize(2);
  }

  @Test
  void badUsageIsExitCodeTwo() {
    assertThat(recover("--url", "nowhere")).isEqualTo(2);
    assertThat(recover("--id", "a b")).isEqualTo(2);
    assertThat(recover("--wrong")).isEqualTo(2);
    assertThat(err.toString()).contains("--url is 'nowhere'; it must be a URL", "--id is 'a b'");
  }
}
