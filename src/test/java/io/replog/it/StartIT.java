package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a node needs to start, what it refuses, and what a new log waits for. */
class StartIT {
  private static final Duration TO_REFUSE = Duration.ofSeconds(20);

  @RegisterExtension final Processes processes = Processes.ofOneTest();

  @Test
  void aDirectoryIsOpenInOneProcess() {
    Path data = processes.newDirectory("data");
    TestNode first = secondary("secondary-0", data);
    first.start();
    first.awaitLive();

    TestNode second = secondary("secondary-0", data);
    second.start();

    assertThat(second.process().awaitExit(TO_REFUSE)).isEqualTo(1);
    assertThat(second.process().output())
        .contains(data.toString())
        .contains(Long.toString(first.process().pid()));
    first.api().ask("/health/liveness").expect(200);
  }

  @Test
  void aDirectoryBelongsToOneId() {
    Path data = processes.newDirectory("data");
    TestNode first = secondary("secondary-0", data);
    first.start();
    first.awaitLive();
    first.process().stop();

    TestNode other = secondary("secondary-9", data);
    other.start();

    assertThat(other.process().awaitExit(TO_REFUSE)).isNotZero();
    assertThat(other.process().output()).contains("secondary-0").contains("secondary-9");

    // without a word on its id it takes the one that is kept there
    int port = Ports.free();
    ReplogProcess unnamed =
        processes.add(
            "unnamed",
            ReplogProcess.SMALL,
            List.of("secondary", "--port", "" + port, "--data", data.toString()),
            Map.of());
    unnamed.start();
    NodeApi api = new NodeApi(TestNode.url(port));
    Wait.until(
        "it is secondary-0 again",
        TestNode.TO_START,
        unnamed,
        () -> api.cluster().text("node").equals("secondary-0"));
  }

  @Test
  void anIdBelongsToOneNode() {
    TestCluster cluster = TestCluster.with(processes).registering().delaysMs(0).make().start();
    cluster.api().append(Append.of("m").w(2)).expect(201);
    int port = Ports.free();
    ReplogProcess second =
        processes.add(
            "a second secondary-0",
            ReplogProcess.SMALL,
            List.of(
                "secondary",
                "--id",
                "secondary-0",
                "--port",
                "" + port,
                "--data",
                processes.newDirectory("second").toString(),
                "--master",
                cluster.master().url().toString()),
            Map.of());

    second.start();

    Wait.until(
        "the second secondary-0 is refused by name",
        TestNode.TO_START,
        () ->
            Stream.of(second.output(), cluster.master().process().output())
                .flatMap(String::lines)
                .anyMatch(
                    line -> line.contains("secondary-0") && line.contains(Integer.toString(port))));
    String first = cluster.secondary(0).url().toString();
    Wait.until(
        "it says so itself, once and at WARN, with both URLs",
        TestNode.TO_START,
        second,
        () -> refusals(second).size() == 1);
    assertThat(refusals(second).getFirst()).contains(first).contains(Integer.toString(port));
    Json health = new NodeApi(TestNode.url(port)).ask("/health/readiness").expect(503).json();
    assertThat(health.text("details", "cluster", "details", "registration"))
        .contains("secondary-0 is in use by the node at " + first);
    Answer asked =
        cluster
            .api()
            .post(
                "/secondaries", "{\"id\":\"secondary-0\",\"url\":\"" + TestNode.url(port) + "\"}");
    assertThat(asked.expectProblem(409, "conflict").text("detail"))
        .contains(first)
        .contains(TestNode.url(port).toString());
    cluster.api().append(Append.of("goes on").w(2)).expect(201);
    assertThat(cluster.secondary(0).api().messages()).containsExactly("m", "goes on");
    assertThat(cluster.api().secondary("secondary-0").text("url"))
        .isEqualTo(cluster.secondary(0).url().toString());
  }

  private static List<String> refusals(ReplogProcess node) {
    return node.output()
        .lines()
        .filter(line -> line.contains("WARN") && line.contains("not registered"))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"master", "secondary"})
  void aPortThatIsTakenIsToldInOneLine(String kind) throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Path data = processes.newDirectory("data");
      Processes.Finished finished =
          processes.run(kind, "--port", "" + taken.getLocalPort(), "--data", data.toString());

      assertThat(finished.exitCode()).as("%s", finished).isEqualTo(1);
      assertThat(finished.err().strip().lines()).as("%s", finished).hasSize(1);
      assertThat(data).doesNotExist();
      assertThat(finished.err()).contains("cannot listen on 127.0.0.1:" + taken.getLocalPort());
    }
  }

  @Test
  void aDirectoryBelongsToAMasterOrToASecondary() {
    TestCluster cluster = TestCluster.with(processes).delaysMs(0).make().start();
    cluster.nodes().forEach(node -> node.process().stop());
    String ofMaster = cluster.master().data().toString();
    String ofSecondary = cluster.secondary(0).data().toString();

    Processes.Finished wrong =
        processes.run("secondary", "--port", "" + Ports.free(), "--data", ofMaster);
    assertThat(wrong.exitCode()).as("%s", wrong).isEqualTo(1);
    assertThat(wrong.err().strip().lines())
        .singleElement()
        .asString()
        .contains(ofMaster + " is the data of master-0, a master; it cannot be opened as a sec");

    wrong = processes.run("master", "--port", "" + Ports.free(), "--data", ofSecondary);
    assertThat(wrong.exitCode()).as("%s", wrong).isEqualTo(1);
    assertThat(wrong.err().strip().lines())
        .singleElement()
        .asString()
        .contains(ofSecondary + " is the data of secondary-0, a secondary");
  }

  static Stream<Arguments> wrongSettings() {
    return Stream.of(
        Arguments.of(
            "secondary", List.of(), Map.of("REPLOG_HEARTBEAT", "soon"), "REPLOG_HEARTBEAT"),
        Arguments.of("secondary", List.of(), Map.of("SECONDARY_PORT", "99999"), "SECONDARY_PORT"),
        Arguments.of("secondary", List.of(), Map.of("REPLICATION_DELAY", "x"), "REPLICATION_DELAY"),
        Arguments.of("secondary", List.of(), Map.of("DELAY_MS", "-1"), "DELAY_MS"),
        Arguments.of("secondary", List.of(), Map.of("MASTER_URL", "ftp://nowhere"), "MASTER_URL"),
        Arguments.of("secondary", List.of("--delay", "-5"), Map.of(), "--delay"),
        Arguments.of("master", List.of("--secondaries", "a b"), Map.of(), "--secondaries"),
        Arguments.of("master", List.of(), Map.of("SECONDARIES", "http://"), "SECONDARIES"),
        Arguments.of("secondary", List.of("--master", "somewhere"), Map.of(), "--master"),
        Arguments.of("master", List.of("--port", "0"), Map.of(), "--port"),
        Arguments.of(
            "master", List.of(), Map.of("REPLOG_WRITE_CONCERN_DEFAULT", "most"), "REPLOG_WRITE"),
        Arguments.of(
            "master",
            List.of(),
            Map.of("REPLOG_FAULTS_ENABLED", "maybe"),
            "REPLOG_FAULTS_ENABLED"));
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @MethodSource("wrongSettings")
  void aBadValueStopsTheStartWithOneLineThatNamesIt(
      String kind, List<String> options, Map<String, String> environment, String name) {
    Stream<String> directory = Stream.of(kind, "--data", processes.newDirectory("data").toString());
    String[] arguments = Stream.concat(directory, options.stream()).toArray(String[]::new);

    Processes.Finished finished = processes.run(environment, "", arguments);

    assertThat(finished.exitCode()).as("%s", finished).isEqualTo(2);
    assertThat(finished.err().strip().lines()).as("%s", finished).hasSize(1);
    assertThat(finished.err()).contains(name);
  }

  @Test
  void aSecondaryThatWasNeverThereKeepsNoNewClusterFromStarting() {
    TestCluster cluster = TestCluster.with(processes).make();
    cluster.master().start();
    cluster.master().awaitLive();
    cluster.api().append("before a quorum").expectProblem(503, "not-active");
    cluster.api().ask("/health/liveness").expect(200);

    cluster.secondary(0).start();
    cluster.master().awaitReady();

    Json appended = cluster.api().append(Append.of("m").w("majority")).expect(201).json();
    assertThat(appended.list("copies").stream().map(copy -> copy.text("node")))
        .containsExactlyInAnyOrder(
            "master-0", "secondary-0", cluster.secondary(1).url().toString());
    assertThat(appended.list("copies"))
        .filteredOn(copy -> copy.text("node").equals(cluster.secondary(1).url().toString()))
        .singleElement()
        .satisfies(copy -> assertThat(copy.truth("stored") || copy.truth("durable")).isFalse());
    assertThat(cluster.api().cluster().list("nodes"))
        .anySatisfy(
            node -> {
              assertThat(node.text("node")).isEqualTo(cluster.secondary(1).url().toString());
              assertThat(node.text("status")).isEqualTo("UNHEALTHY");
            });
  }

  @Test
  void aMasterWithAnEmptyDiskBeginsNoNewLogBesideOneThatIsThere() {
    TestCluster cluster = TestCluster.with(processes).make().start();
    String clusterId = cluster.api().cluster().text("clusterId");
    cluster.api().append(Append.of("kept").w("all")).expect(201);
    cluster.master().process().kill();
    Processes.delete(cluster.master().data());

    cluster.master().start();
    cluster.master().awaitLive();

    // it either joins what is there or waits and says for what; it never begins another
    Wait.until(
        "it says what it waits for, or has joined",
        TestNode.TO_START,
        cluster.master().process(),
        () ->
            cluster.api().ask("/health/readiness").status() == 200
                || cluster.master().process().output().contains(clusterId)
                || cluster
                    .master()
                    .process()
                    .output()
                    .toLowerCase(java.util.Locale.ROOT)
                    .contains("waiting"));
    for (TestNode secondary : cluster.secondaries()) {
      assertThat(secondary.api().messages()).containsExactly("kept");
      assertThat(secondary.api().cluster().text("clusterId")).isEqualTo(clusterId);
    }
  }

  private TestNode secondary(String id, Path data) {
    int port = Ports.free();
    ReplogProcess process =
        processes.add(
            id,
            ReplogProcess.SMALL,
            List.of("secondary", "--id", id, "--port", "" + port, "--data", data.toString()),
            Map.of());
    return new TestNode(id, port, data, process, new NodeApi(TestNode.url(port)));
  }
}
