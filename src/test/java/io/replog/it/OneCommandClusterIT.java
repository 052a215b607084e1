package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A whole cluster by one command, and the other commands against it. */
@TestMethodOrder(OrderAnnotation.class)
class OneCommandClusterIT {
  private static final Pattern NODE =
      Pattern.compile("^(\\S+)\\s+(http://\\S+)\\s+process (\\d+)$", Pattern.MULTILINE);

  @RegisterExtension static final Processes processes = Processes.ofAllTests();

  private static ReplogProcess supervisor;
  private static Path data;
  private static String url;
  private static List<Shown> nodes;
  private static Process restarted;

  /** A node as the command shows it. */
  private record Shown(String id, String url, long pid, String command) {
    boolean isAlive() {
      return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }
  }

  @BeforeAll
  static void start() {
    int port = Ports.free(3);
    data = processes.newDirectory("cluster");
    url = TestNode.url(port).toString();
    supervisor =
        processes.add(
            "cluster",
            ReplogProcess.SMALL,
            List.of("cluster", "--port", "" + port, "--data", data.toString()),
            Map.of());
    supervisor.start();
    for (int i = 0; i < 3; i++) {
      NodeApi api = new NodeApi(TestNode.url(port + i));
      Wait.until(
          "the node on port " + (port + i) + " is ready",
          TestNode.TO_START,
          supervisor,
          () -> api.ask("/health/readiness").status() == 200);
    }
    nodes = shown(supervisor.output());
  }

  /** Whatever a test left behind: by process id, and nothing else. */
  @AfterAll
  static void end() throws Exception {
    for (Shown node : Optional.ofNullable(nodes).orElse(List.of())) {
      ProcessHandle.of(node.pid()).ifPresent(ProcessHandle::destroyForcibly);
    }
    if (restarted != null) {
      restarted.descendants().forEach(ProcessHandle::destroyForcibly);
      restarted.destroyForcibly().waitFor();
    }
  }

  private static List<Shown> shown(String output) {
    List<String> lines = output.lines().toList();
    List<Shown> found = new ArrayList<>();
    for (int i = 0; i < lines.size() - 1; i++) {
      Matcher line = NODE.matcher(lines.get(i));
      if (line.matches()) {
        found.add(
            new Shown(
                line.group(1),
                line.group(2),
                Long.parseLong(line.group(3)),
                lines.get(i + 1).strip()));
      }
    }
    return found;
  }

  private static Processes.Finished replog(String... arguments) {
    return processes.run(arguments);
  }

  @Test
  @Order(1)
  void itShowsEachNodeWithItsUrlItsProcessAndItsCommand() {
    assertThat(nodes.stream().map(Shown::id))
        .containsExactly("master-0", "secondary-0", "secondary-1");
    assertThat(nodes).allSatisfy(node -> assertThat(node.isAlive()).isTrue());
    assertThat(nodes)
        .allSatisfy(
            node -> {
              NodeApi api = new NodeApi(java.net.URI.create(node.url()));
              assertThat(api.cluster().text("node")).isEqualTo(node.id());
              assertThat(node.command()).contains("--id " + node.id());
            });
  }

  @Test
  @Order(2)
  void whatIsAppendedIsReadOnEveryNode() {
    Processes.Finished appended = replog("append", "first", "-w", "all", "--url", url);
    assertThat(appended.exitCode()).as("%s", appended).isZero();
    assertThat(appended.out()).startsWith("1 ");

    Processes.Finished lines =
        processes.run(Map.of("REPLOG_URL", url), "second\nth\u00edrd\n", "append", "-");
    assertThat(lines.exitCode()).as("%s", lines).isZero();

    for (Shown node : nodes) {
      Processes.Finished read = replog("read", "--url", node.url());
      assertThat(read.exitCode()).as("%s", read).isZero();
      assertThat(read.out().lines()).as(node.id()).containsExactly("first", "second", "th\u00edrd");
    }
    Processes.Finished json =
        replog("read", "--from", "2", "--limit", "1", "--output", "json", "--url", url);
    assertThat(Json.parse(json.out()).strings("messages")).containsExactly("second");
    assertThat(replog("verify", "--url", url).exitCode()).isZero();
  }

  @Test
  @Order(3)
  void theStatusIsATableOfAllNodes() {
    Processes.Finished status = replog("status", "--url", url);

    assertThat(status.exitCode()).as("%s", status).isZero();
    assertThat(status.out())
        .contains("master-0")
        .contains("secondary-0")
        .contains("secondary-1")
        .contains("READ_WRITE")
        .doesNotContain("UNHEALTHY");
  }

  @Test
  @Order(4)
  void aTailPrintsMessagesAsTheyCome() {
    ReplogProcess tail =
        processes.add(
            "tail", ReplogProcess.SMALL, List.of("tail", "--from", "2", "--url", url), Map.of());
    tail.start();
    Wait.until(
        "it has printed what is there",
        Duration.ofSeconds(20),
        tail,
        () -> tail.output().lines().toList().equals(List.of("second", "th\u00edrd")));

    assertThat(replog("append", "fourth", "--url", url).exitCode()).isZero();

    Wait.until(
        "it prints the next",
        Duration.ofSeconds(10),
        tail,
        () -> tail.output().lines().toList().equals(List.of("second", "th\u00edrd", "fourth")));
    tail.close();
  }

  @Test
  @Order(5)
  void aWriteConcernThatIsNotMetInTimeIsExitCodeThree() throws IOException {
    Shown gone = nodes.get(2);
    ProcessHandle handle = ProcessHandle.of(gone.pid()).orElseThrow();
    handle.destroyForcibly();
    handle.onExit().orTimeout(10, TimeUnit.SECONDS).join();

    Processes.Finished late =
        replog("append", "fifth", "-w", "all", "--timeout", "300", "--url", url);

    assertThat(late.exitCode()).as("%s", late).isEqualTo(3);
    assertThat(late.err()).contains("5");
    assertThat(replog("append", "sixth", "-w", "majority", "--url", url).exitCode()).isZero();
    assertThat(supervisor.isAlive()).isTrue();

    // the supervisor restarts none; the command that it printed does
    restarted =
        new ProcessBuilder("sh", "-c", gone.command())
            .redirectErrorStream(true)
            .redirectOutput(new File(data.toFile(), "restarted.out"))
            .start();
    NodeApi api = new NodeApi(java.net.URI.create(gone.url()));
    Wait.until(
        "it is back with all six: " + Files.readString(data.resolve("restarted.out")),
        TestNode.TO_START,
        () -> api.lastSequence() == 6);
  }

  @Test
  @Order(6)
  void whatCannotBeDoneIsExitCodeOneAndWhatCannotBeUnderstoodIsTwo() {
    String nobody = TestNode.url(Ports.free()).toString();
    assertThat(replog("append", "m", "--url", nobody).exitCode()).isEqualTo(1);
    assertThat(replog("append", "m", "--url", nodes.get(1).url()).exitCode()).isEqualTo(1);
    assertThat(replog("append", "m", "-w", "4", "--url", url).exitCode()).isEqualTo(1);
    assertThat(replog("append", "m", "-w", "most", "--url", url).exitCode()).isEqualTo(2);
    assertThat(replog("read", "--from", "0", "--url", url).exitCode()).isEqualTo(2);
    assertThat(replog("verify", "--url", url).exitCode()).isZero();
    for (String command : List.of("cluster", "master", "secondary", "append", "read", "verify")) {
      Processes.Finished help = replog(command, "--help");
      assertThat(help.exitCode()).as("%s", help).isZero();
      assertThat(help.out()).contains("Usage: ");
    }
  }

  @Test
  @Order(7)
  void linesAreEchoed() throws Exception {
    int port = Ports.free();
    ReplogProcess server =
        processes.add(
            "echo-server", ReplogProcess.SMALL, List.of("echo-server", "" + port), Map.of());
    server.start();
    Wait.until(
        "the echo server listens",
        Duration.ofSeconds(20),
        server,
        () -> {
          try (var socket = new java.net.Socket(java.net.InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
          } catch (IOException e) {
            return false;
          }
        });

    Processes.Finished echoed = replog("echo-client", "127.0.0.1", "" + port, "hello there");

    assertThat(echoed.exitCode()).as("%s", echoed).isZero();
    assertThat(echoed.out()).contains("hello there");
    server.stop();
  }

  @Test
  @Order(8)
  void oneSignalStopsAll() {
    int exitCode = supervisor.stop();

    assertThat(exitCode).isIn(0, 143);
    assertThat(nodes).allSatisfy(node -> assertThat(node.isAlive()).as(node.id()).isFalse());
    assertThat(supervisor.output()).contains("stopped");
    for (Shown node : nodes.subList(0, 2)) {
      Processes.Finished verified = replog("verify", data.resolve(node.id()).toString());
      assertThat(verified.exitCode()).as("%s", verified).isZero();
    }
  }
}
