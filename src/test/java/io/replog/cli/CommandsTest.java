package io.replog.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.replog.client.StubNode;
import io.replog.config.NodeKind;
import io.replog.config.NodeOptions;
import io.replog.storage.DataDirectory;
import io.replog.storage.FileDisk;
import io.replog.storage.LogOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

@Timeout(60)
class CommandsTest {
  private static final String JSON = "application/json";
  private static final String PROBLEM = "application/problem+json";

  @Command(name = "replog")
  static final class Top {}

  private final StubNode node = new StubNode();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final List<NodeOptions> started = new ArrayList<>();

  @AfterEach
  void close() {
    node.close();
  }

  private int replog(String... arguments) {
    CommandLine line =
        Commands.commandLine(
            new Top(),
            options -> {
              started.add(options);
              return 0;
            });
    return run(line, arguments);
  }

  private int run(CommandLine line, String... arguments) {
    return line.setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  private int asking(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--url", node.url().toString()));
    return replog(all.toArray(String[]::new));
  }

  @Test
  void anAppendThatIsDonePrintsItsSequenceFirst() {
    node.answers(
        201,
        JSON,
        """
        {"sequence":7,"epoch":1,"j":true,"satisfied":true,"copies":[
         {"node":"master-0","stored":true,"durable":true,"ms":0.44},
         {"node":"secondary-0","stored":true,"durable":false,"ms":null}]}\
        """);
    assertThat(asking("append", "@hello", "-w", "MAJORITY", "--timeout", "500", "--key", "k"))
        .isZero();
    assertThat(out).hasToString("7 (epoch 1) on master-0 0.4 ms" + System.lineSeparator());
    assertThat(err.toString()).isEmpty();
    assertThat(node.requests().getFirst().body())
        .isEqualTo("{\"message\":\"@hello\",\"w\":\"majority\",\"timeoutMs\":500}");
  }

  @Test
  void anAppendThatIsNotMetInTimeIsThree() {
    node.answers(202, JSON, "{\"sequence\":8,\"epoch\":1,\"satisfied\":false}");
    assertThat(asking("append", "x", "-w", "3", "--timeout", "10", "--output", "json"))
        .isEqualTo(3);
    assertThat(out.toString().strip()).startsWith("{\"sequence\":8").endsWith("}");
    assertThat(err.toString()).contains("w was not met in time").contains("/messages/8");
  }

  @Test
  void aSecondaryIsNotGoneRoundButNamesTheMaster() {
    node.answers(
        421,
        PROBLEM,
        """
        {"type":"urn:replog:problem:not-master","title":"Not the master","status":421,
         "detail":"secondary-0 copies","active":"http://m:8080"}\
        """);
    assertThat(asking("append", "x")).isEqualTo(1);
    assertThat(err.toString().lines())
        .containsExactly(
            "replog: Not the master: secondary-0 copies (421 not-master)",
            "  the active master is at --url http://m:8080");
  }

  @Test
  void factsFollowAProblem() {
    node.answers(
        503,
        PROBLEM,
        """
        {"type":"urn:replog:problem:no-quorum","title":"No quorum","needed":1,"available":0}\
        """);
    assertThat(asking("append", "x")).isEqualTo(1);
    assertThat(err.toString().lines())
        .containsExactly("replog: No quorum (503 no-quorum)", "  needed 1, available 0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"append x", "read", "tail", "status", "verify"})
  void nobodyThereIsOneLineWithTheUrlAndWhatToDo(String command) {
    node.close();
    assertThat(asking(command.split(" "))).isEqualTo(1);
    assertThat(err.toString().lines())
        .singleElement()
        .asString()
        .contains(node.url().toString(), "./replog cluster", "--url");
  }

  @ParameterizedTest
  @CsvSource({
    "append x -w 0, -w",
    "append x -w some, -w",
    "append x -w 1001, -w",
    "append x --timeout -1, --timeout",
    "append x --timeout soon, --timeout",
    "append, TEXT",
    "append x y, y",
    "read --from 0, --from",
    "read --limit 0, --limit",
    "read --concern some, --concern",
    "read --output xml, --output",
    "tail --from 0, --from",
    "verify, --url",
    "verify x --url http://a:1, --url",
    "status --sing, --sing",
    "client x, x",
    "bench --clients 0, --clients",
    "bench --batch 100000, --batch",
    "bench --rate 0, --rate",
    "bench -w 0, -w",
    "demo --port 65535, --port",
    "demo x, x",
    "scenario, NAME",
    "scenario nowhere, no such file",
    "scenario failover --port 65533, --port",
    "scenario failover --url ftp://a, --url is",
    "client --timeout -1, --timeout",
    "append x --url ftp://a, --url is",
    "cluster --secondaries x, --secondaries is 'x'",
    "cluster --ephemeral --data x, --ephemeral",
    "echo-server 65536, PORT",
    "echo-client localhost, PORT",
  })
  void wrongUsageIsTwoAndNamesWhatIsWrong(String command, String named) {
    assertThat(replog(command.split(" "))).isEqualTo(2);
    assertThat(err.toString()).startsWith("replog: ").contains(named);
    assertThat(out.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "append",
        "read",
        "tail",
        "status",
        "client",
        "verify",
        "cluster",
        "demo",
        "scenario",
        "bench",
        "master",
        "secondary",
        "echo-server",
        "echo-client"
      })
  void everyCommandHelps(String command) {
    assertThat(replog(command, "--help")).isZero();
    assertThat(out.toString()).contains("Usage: replog " + command);
  }

  @Test
  void linesOfTheInputAreAppendedInOrderUntilOneFails() {
    for (int i = 1; i <= 2; i++) {
      node.answers(201, JSON, "{\"sequence\":%d}".formatted(i));
    }
    node.answers(413, PROBLEM, "{\"title\":\"Too large\"}");
    CommandLine line = new CommandLine(new Top());
    line.addSubcommand(
        new AppendCommand(new ByteArrayInputStream("žluť\n\nthird\nfourth\n".getBytes(UTF_8))));
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> Failure.report(failure, command.getErr()));
    assertThat(run(line, "append", "-", "--key", "k", "--url", node.url().toString())).isEqualTo(1);
    assertThat(node.requests().stream().map(StubNode.Request::body))
        .containsExactly("{\"message\":\"žluť\"}", "{\"message\":\"\"}", "{\"message\":\"third\"}");
    assertThat(node.requests().stream().map(request -> request.header("Idempotency-key")))
        .containsExactly("k-1", "k-2", "k-3");
    assertThat(err.toString()).contains("stopped at line 3").contains("Too large");
  }

  @Test
  void theShellCompletesCommandsAndOptions() {
    assertThat(replog("generate-completion")).isZero();
    assertThat(out.toString()).contains("complete -F", "echo-client", "--timeout");
  }

  @Test
  void messagesAreReadOneALine() {
    node.answers(
        200,
        "application/x-ndjson",
        "{\"sequence\":1,\"message\":\"a\"}\n{\"sequence\":2,\"message\":\"b b\"}\n");
    assertThat(asking("read", "--concern", "local", "--limit", "5")).isZero();
    assertThat(out).hasToString("a\nb b\n");
    assertThat(node.requests().getFirst().line()).isEqualTo("GET /messages?limit=5&concern=local");
  }

  @Test
  void statusIsATable() {
    node.answers(
        200,
        JSON,
        """
        {"clusterId":"c1","node":"master-0","role":"MASTER","mode":"READ_ONLY",
         "modeReason":"NO_QUORUM","epoch":3,"lastSequence":42,"committedSequence":40,
         "active":{"node":"master-0","url":"http://m:8080"},
         "quorum":{"copies":3,"majority":2,"available":1},
         "nodes":[{"node":"secondary-0","role":"SECONDARY","url":"http://s:8081",
          "status":"UNHEALTHY","voting":true,"state":"RETRYING","lastSequence":40,"lag":2}]}\
        """);
    assertThat(asking("status")).isZero();
    assertThat(out.toString().lines())
        .containsExactly(
            "cluster c1  READ_ONLY (NO_QUORUM)  committed 40  copies 1 of 3, majority 2",
            "NODE         ROLE       STATUS     LAST  LAG  EPOCH  STATE     URL",
            "master-0     MASTER     HEALTHY      42    0      3  -         http://m:8080",
            "secondary-0  SECONDARY  UNHEALTHY    40    2      -  RETRYING  http://s:8081");
  }

  @Test
  void whoIsFarBehindHasABar() {
    node.answers(
        200,
        JSON,
        """
        {"node":"master-0","role":"MASTER","lastSequence":8000,
         "nodes":[{"node":"secondary-0","state":"CATCHING_UP","lastSequence":2000},
          {"node":"secondary-1","state":"STREAMING","lastSequence":8000}]}\
        """);
    assertThat(asking("status")).isZero();
    assertThat(out.toString().lines().toList().getLast())
        .isEqualTo("secondary-0 catches up  [#####---------------]  25 %  2000 of 8000");
  }

  @Test
  void nodesThatAreNotAllEqualFailTheVerification() {
    String equal = "{\"sequence\":4,\"equal\":true,\"nodes\":[{\"node\":\"s\",\"equal\":true}]}";
    String unknown = "{\"sequence\":4,\"equal\":false,\"nodes\":[{\"node\":\"s\",\"equal\":null}]}";
    node.answers(200, JSON, equal).answers(200, JSON, unknown);
    assertThat(asking("verify")).isZero();
    assertThat(asking("verify")).isEqualTo(1);
    assertThat(out.toString()).contains("yes").contains("no answer");
  }

  @Test
  void aDirectoryIsCheckedWithoutANode(@TempDir Path directory) throws Exception {
    FileDisk disk = new FileDisk(directory);
    DataDirectory open =
        DataDirectory.open(disk, "n", java.util.UUID::randomUUID, LogOptions.DEFAULT);
    assertThat(replog("verify", directory.toString())).isEqualTo(1);
    assertThat(err.toString()).startsWith("replog: ").contains(directory.toString());
    open.close();
    assertThat(replog("verify", directory.toString())).isZero();
    assertThat(out.toString()).contains("last sequence 0").contains("The log is whole");

    assertThat(replog("verify", directory.toString(), "--output", "json")).isZero();
    assertThat(out.toString())
        .contains("{\"whole\":true,\"lastSequence\":0,\"hash\":null,\"entries\":0,")
        .contains("\"damages\":[],");

    Files.writeString(directory.resolve("state"), "nonsense");
    assertThat(replog("verify", directory.toString(), "--output", "json")).isEqualTo(1);
    assertThat(out.toString()).contains("{\"whole\":false,", "\"damages\":[\"");
    assertThat(replog("verify", directory.toString())).isEqualTo(1);
    assertThat(err.toString()).contains(directory.resolve("state") + ": byte 0: ");
    assertThat(replog("verify", directory.resolve("nowhere").toString())).isEqualTo(1);
    assertThat(err.toString()).contains("is not a directory");
  }

  @Test
  void anArgumentThatTheLocaleMangledIsRefusedAndNotAppended() {
    assertThat(Commands.mangled(List.of("append", "\ufffd\ufffdlu"), "ANSI_X3.4-1968"))
        .hasValueSatisfying(line -> assertThat(line).contains("LC_ALL=C.UTF-8"));
    assertThat(Commands.mangled(List.of("append", "plain"), "ANSI_X3.4-1968")).isEmpty();
    assertThat(Commands.mangled(List.of("append", "\ufffd"), "UTF-8")).isEmpty();
  }

  @Test
  void aNodesOptionsArePassedOnAsTheyWereSaid() {
    assertThat(
            replog(
                "master",
                "--port",
                "9",
                "--data",
                "d",
                "--id",
                "m",
                "--secondaries",
                "a:1",
                "--advertise",
                "http://m:9",
                "--join",
                "--evidence-ring",
                "r",
                "--evidence-key",
                "k",
                "--supervised-by",
                "12"))
        .isZero();
    assertThat(replog("secondary", "--master", "http://m:9", "--delay", "5", "--host", "h"))
        .isZero();
    assertThat(started)
        .containsExactly(
            new NodeOptions(
                NodeKind.MASTER,
                null,
                "9",
                "d",
                "m",
                "http://m:9",
                "a:1",
                "true",
                null,
                null,
                "r",
                "k",
                "12"),
            new NodeOptions(
                NodeKind.SECONDARY,
                "h",
                null,
                null,
                null,
                null,
                null,
                null,
                "http://m:9",
                "5",
                null,
                null,
                null));
  }

  @Test
  void aTakenPortIsToldBeforeAnythingStarts(@TempDir Path directory) throws Exception {
    Path data = directory.resolve("data");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int first = taken.getLocalPort() - 1;
      assertThat(replog("cluster", "--port", Integer.toString(first), "--data", data.toString()))
          .isEqualTo(1);
      assertThat(err.toString().lines())
          .singleElement()
          .asString()
          .contains("port " + taken.getLocalPort() + " for secondary-0");
    }
    assertThat(Files.exists(data)).isFalse();
  }

  @Test
  void aClusterWithKeysHasEnoughNodesAndTheSameForItsLife(@TempDir Path directory)
      throws Exception {
    String data = directory.toString();
    assertThat(replog("cluster", "--certified", "--secondaries", "2", "--data", data)).isEqualTo(2);
    assertThat(err.toString())
        .contains("--certified needs 4 nodes or more, of which one may lie: --secondaries 3");
    new KeyFiles(directory.resolve("keys")).require(List.of("a", "b"));
    assertThat(
            replog(
                "cluster", "--certified", "--data", data, "--port", Integer.toString(freePort())))
        .isEqualTo(1);
    assertThat(err.toString())
        .contains(
            "keys has the keys of [a, b], not of"
                + " [master-0, secondary-0, secondary-1, secondary-2]; the nodes of a ring");
  }

  /** One with free ones behind it, as far as can be told. */
  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return Math.min(probe.getLocalPort(), 65_000);
    }
  }

  @Test
  void whatSaysWhichNodeOneIsIsNotHandedOn() {
    ChildEnvironment environment =
        ChildEnvironment.of(
            Map.of("PORT", "1", "REPLOG_HEARTBEAT", "1 s", "REPLOG_HEAP", "64m", "HOME", "h"),
            true);
    assertThat(environment.withoutVariables())
        .contains("PORT", "REPLOG_ID", "SECONDARIES", "DELAY_MS", "NUM_SECONDARIES")
        .doesNotContain("REPLOG_HEARTBEAT");
    assertThat(environment.shown())
        .isEqualTo("REPLOG_FAULTS_ENABLED=true REPLOG_HEAP=64m REPLOG_HEARTBEAT='1 s' ");
  }
}
