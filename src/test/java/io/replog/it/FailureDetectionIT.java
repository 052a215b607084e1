package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The secondaries go away one after the other, and come back. */
class FailureDetectionIT {
  /** Unhealthy after 3 s, and the time of a busy machine. */
  private static final Duration TO_NOTICE = Duration.ofSeconds(8);

  @RegisterExtension final Processes processes = Processes.ofOneTest();

  @Test
  void secondariesThatAreKilledAreNoticedAndTheMasterGoesReadOnlyUntilTheyComeBack()
      throws Exception {
    playWith(node -> node.process().kill(), TestNode::start);
  }

  @Test
  void secondariesThatHangAreNoticedAndTheMasterGoesReadOnlyUntilTheyComeBack() throws Exception {
    playWith(node -> node.process().pause(), node -> node.process().resume());
  }

  private void playWith(Consumer<TestNode> takeAway, Consumer<TestNode> bringBack)
      throws Exception {
    TestCluster cluster = TestCluster.with(processes).make().start();
    NodeApi master = cluster.api();
    master.append(Append.of("with all").w(3)).expect(201);

    takeAway.accept(cluster.secondary(1));
    watchItGo(cluster, "secondary-1");
    assertThat(master.cluster().text("mode")).isEqualTo("READ_WRITE");
    master.append(Append.of("with one away").w("majority")).expect(201);
    Json state = master.secondary("secondary-1");
    assertThat(state.number("lag")).as("%s", state).isEqualTo(1);

    // an append that waits for the one that is away goes on waiting, whatever comes
    CompletableFuture<Answer> waiting = master.appendLater(Append.of("for all").w("all"));
    Wait.until("it has its place", TO_NOTICE, () -> master.lastSequence() == 3);

    takeAway.accept(cluster.secondary(0));
    watchItGo(cluster, "secondary-0");
    Wait.until(
        "the master is read-only",
        TO_NOTICE,
        () -> master.cluster().text("mode").equals("READ_ONLY"));
    assertThat(master.cluster().text("modeReason")).isEqualTo("NO_QUORUM");
    assertThat(master.cluster().number("quorum", "available")).isEqualTo(1);
    for (String concern : List.of("1", "majority", "all")) {
      Answer refused = master.append(Append.of("refused").w(concern));
      refused.expectProblem(503, "no-quorum");
      assertThat(refused.header("Retry-After"))
          .hasValueSatisfying(s -> assertThat(s).matches("\\d+"));
    }
    assertThat(master.messages()).containsExactly("with all", "with one away", "for all");
    assertThat(master.get("/messages?concern=majority").expect(200).json().number("last"))
        .isGreaterThanOrEqualTo(2);
    master.get("/messages?concern=linearizable").expectProblem(503, "no-quorum");
    master.get("/health/liveness").expect(200);
    master.get("/health/readiness").expect(200);
    assertThat(master.get("/health").expect(200).json().text("status")).isEqualTo("UP");
    assertThat(healthStatus(master, "secondary-0")).isEqualTo("UNHEALTHY");
    assertThat(waiting).isNotDone();

    bringBack.accept(cluster.secondary(0));
    Wait.until(
        "the master takes appends by itself",
        TestNode.TO_START,
        () -> master.cluster().text("mode").equals("READ_WRITE"));
    assertThat(master.cluster().has("modeReason")).isFalse();
    master.append(Append.of("with one back").w("majority")).expect(201);

    bringBack.accept(cluster.secondary(1));
    waiting.get(TestNode.TO_START.toSeconds(), TimeUnit.SECONDS).expect(201);
    cluster.awaitWhole();
    assertThat(healthStatus(master, "secondary-0")).isEqualTo("HEALTHY");
    assertThat(healthStatus(master, "secondary-1")).isEqualTo("HEALTHY");
    cluster.assertEqualLogs();
    assertThat(cluster.secondary(1).api().messages())
        .containsExactly("with all", "with one away", "for all", "with one back");
  }

  /** Sees every status once, in order, in both documents, each not before its time. */
  private static void watchItGo(TestCluster cluster, String id) {
    NodeApi master = cluster.api();
    long began = System.nanoTime();
    List<String> seen = new ArrayList<>();
    List<String> seenInHealth = new ArrayList<>();
    List<Duration> at = new ArrayList<>();
    Wait.until(
        id + " is UNHEALTHY in /cluster and /health",
        TO_NOTICE,
        () -> {
          String status = master.status(id);
          if (!seen.contains(status)) {
            seen.add(status);
            at.add(Duration.ofNanos(System.nanoTime() - began));
          }
          String inHealth = healthStatus(master, id);
          if (!seenInHealth.contains(inHealth)) {
            seenInHealth.add(inHealth);
          }
          return status.equals("UNHEALTHY") && inHealth.equals("UNHEALTHY");
        });
    assertThat(seen).containsExactly("HEALTHY", "SUSPECTED", "UNHEALTHY");
    assertThat(seenInHealth).containsExactly("HEALTHY", "SUSPECTED", "UNHEALTHY");
    // 1 s and 3 s after the last answer, which was up to a heartbeat (250 ms) before it went
    assertThat(at.get(1)).isBetween(Duration.ofMillis(600), Duration.ofMillis(2500));
    assertThat(at.get(2)).isBetween(Duration.ofMillis(2600), Duration.ofMillis(5000));
  }

  private static String healthStatus(NodeApi master, String id) {
    Json health = master.ask("/health").json();
    return health.list("details", "cluster", "details", "nodes").stream()
        .filter(node -> node.text("node").equals(id))
        .findFirst()
        .orElseThrow(() -> new AssertionError(id + " is not in " + health))
        .text("status");
  }
}
