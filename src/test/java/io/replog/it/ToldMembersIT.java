package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.replog.cluster.kubernetes.ApiServerStub;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Nodes as in Kubernetes, against a stub of its API server. Each secondary has a loopback address
 * of its own and all have one port, as pods do.
 */
class ToldMembersIT {
  private static final Duration TO_CHANGE = Duration.ofSeconds(40);
  private static final Duration LEAVE_WITHIN = Duration.ofSeconds(20);
  private static final int TERMINATED = 143;

  @RegisterExtension final Processes processes = Processes.ofOneTest();

  private final ApiServerStub api = new ApiServerStub();
  private final int port = Ports.free();
  private final List<TestNode> secondaries = new ArrayList<>();
  private final TestNode master = node("master-0", Ports.free(), "127.0.0.1", "master");

  @AfterEach
  void end() {
    api.close();
  }

  private TestNode node(String id, int at, String host, String command) {
    Path data = processes.newDirectory(id);
    Map<String, String> environment =
        Map.of(
            "REPLOG_KUBERNETES_ENABLED", "true",
            "REPLOG_KUBERNETES_API", api.url().toString(),
            "REPLOG_KUBERNETES_NAMESPACE", "test",
            "REPLOG_KUBERNETES_STATEFUL_SET", "sec",
            "REPLOG_KUBERNETES_SERVICE", "sec",
            "REPLOG_KUBERNETES_RECORD", "record");
    List<String> arguments =
        List.of(
            command,
            "--id",
            id,
            "--host",
            host,
            "--port",
            Integer.toString(at),
            "--data",
            data.toString());
    ReplogProcess process = processes.add(id, ReplogProcess.SMALL, arguments, environment);
    NodeApi to = new NodeApi(java.net.URI.create("http://" + host + ":" + at));
    return new TestNode(id, at, data, process, to);
  }

  private static String host(int ordinal) {
    return "127.0.0." + (11 + ordinal);
  }

  /** Wants so many, starts those that are missing, and tells where all that run answer. */
  private void scaleUp(int count) {
    api.replicas(count);
    for (int i = secondaries.size(); i < count; i++) {
      secondaries.add(node("secondary-" + i, port, host(i), "secondary"));
      secondaries.get(i).start();
    }
    api.addresses(port, IntStream.range(0, count).mapToObj(ToldMembersIT::host).toList());
  }

  private void awaitVoting(int count) {
    Wait.untilAsserted(
        count + " vote",
        TO_CHANGE,
        () -> {
          Json cluster = master.api().cluster();
          assertThat(cluster.text("mode")).as("%s", cluster).isEqualTo("READ_WRITE");
          assertThat(cluster.list("nodes")).as("%s", cluster).hasSize(count);
          assertThat(cluster.list("configuration", "seats")).as("%s", cluster).hasSize(count);
          assertThat(cluster.list("nodes"))
              .allSatisfy(node -> assertThat(node.truth("voting")).as("%s", cluster).isTrue());
        });
  }

  private String discovery() {
    return master.api().cluster().text("discovery", "status");
  }

  @Test
  void theClusterGrowsAndShrinksWithTheStatefulSet() {
    master.start();
    scaleUp(2);
    awaitVoting(2);
    secondaries.forEach(TestNode::awaitReady);
    master.api().append(Append.of("with three").w(3)).expect(201);
    master.api().append(Append.of("too many").w(4)).expectProblem(400, "invalid-request");
    assertThat(api.configMap("record").getAsJsonObject("data").get("state").getAsString())
        .isEqualTo("formed");

    scaleUp(4);
    awaitVoting(4);
    master.api().append(Append.of("with five").w(5)).expect(201);

    api.replicas(2);
    List<TestNode> going = List.of(secondaries.get(2), secondaries.get(3));
    going.parallelStream().forEach(node -> assertThat(node.process().stop()).isEqualTo(TERMINATED));
    assertThat(going)
        .allSatisfy(
            node ->
                assertThat(node.process().output())
                    .contains("asking to leave")
                    .doesNotContain("not let go in time"));
    awaitVoting(2);
    api.addresses(port, List.of(host(0), host(1)));
    master.api().append(Append.of("with all").w("all")).expect(201);
    assertThat(master.api().messages())
        .containsExactly("with three", "with five", "with all")
        .isEqualTo(secondaries.get(0).api().messages());
  }

  @Test
  void aStandingClusterDoesNotNeedTheApi() {
    master.start();
    scaleUp(2);
    awaitVoting(2);
    assertThat(discovery()).isEqualTo("UP");

    api.up(false);
    Wait.until("the absence is seen", TO_CHANGE, () -> discovery().equals("DOWN"));
    master.api().append(Append.of("refused connections").w(3)).expect(201);
    assertThat(master.api().ask("/health/readiness").status()).isEqualTo(200);
    assertThat(master.api().ask("/health/liveness").status()).isEqualTo(200);
    secondaries.get(0).process().kill();
    secondaries.get(0).start();
    master.api().append(Append.of("and back").w("all")).expect(201);

    api.up(true);
    Wait.until("it is back", TO_CHANGE, () -> discovery().equals("UP"));
    api.mood(ApiServerStub.Mood.HANGING);
    Wait.until("that it hangs is seen", TO_CHANGE, () -> discovery().equals("DOWN"));
    master.api().append(Append.of("no answers").w(3)).expect(201);
    long began = System.nanoTime();
    assertThat(secondaries.get(1).process().stop()).isEqualTo(TERMINATED);
    assertThat(Duration.ofNanos(System.nanoTime() - began))
        .as("a wanted one stops without waiting for the API")
        .isLessThan(LEAVE_WITHIN);
    secondaries.get(1).start();
    api.mood(ApiServerStub.Mood.FORBIDDING);
    Wait.until(
        "what is forbidden is said",
        TO_CHANGE,
        () -> master.api().cluster().text("discovery", "detail").contains("403"));
    master.api().append(Append.of("forbidden").w("all")).expect(201);

    api.mood(ApiServerStub.Mood.WELL);
    scaleUp(3);
    awaitVoting(3);
    master.api().append(Append.of("with four").w(4)).expect(201);
  }

  @Test
  void anEmptyMasterWaitsForTheRecordAndJoinsOverSecondariesThatHaveALog() {
    api.up(false);
    master.start();
    master.awaitLive();
    assertThat(master.api().ask("/health/readiness").status()).isEqualTo(503);
    Wait.until(
        "it says what it waits for",
        TO_CHANGE,
        () -> master.api().cluster().text("discovery", "detail").contains("ConfigMap test/record"));
    master.api().append("nothing yet").expectProblem(503, "not-active");

    api.up(true);
    scaleUp(2);
    awaitVoting(2);
    master.api().append(Append.of("kept").w(3)).expect(201);
    String cluster = master.api().cluster().text("clusterId");

    master.process().kill();
    TestNode replaced = node("master-0", Ports.free(), "127.0.0.1", "master");
    replaced.start();
    Wait.until(
        "the new one leads",
        TO_CHANGE,
        replaced.process(),
        () -> replaced.api().cluster().text("mode").equals("READ_WRITE"));
    assertThat(replaced.api().cluster().text("clusterId")).isEqualTo(cluster);
    assertThat(replaced.api().messages()).containsExactly("kept");
  }
}
