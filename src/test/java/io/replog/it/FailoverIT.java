package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The active master of three copies is killed, paused or stopped in order while clients append;
 * measured is the time until the standby has answered the first append that a majority has on disk.
 *
 * <p>{@code -Dreplog.it.failover.count=20} takes so many of each kind and prints the table. The
 * times are printed and bounded generously here, since machines that build are busy.
 */
class FailoverIT {
  private static final int COUNT = Integer.getInteger("replog.it.failover.count", 2);
  private static final Duration AT_MOST = Duration.ofSeconds(20);
  private static final Duration BETWEEN_PROBES = Duration.ofMillis(10);

  @RegisterExtension final Processes processes = Processes.ofOneTest();

  @Test
  void theStandbyTakesOverFromAMasterThatDiesHangsOrStops() throws Exception {
    TestCluster cluster = TestCluster.with(processes).masters(2).make().start();
    Map<String, Consumer<TestNode>> kinds = new LinkedHashMap<>();
    kinds.put("kill -9", node -> node.process().kill());
    kinds.put("SIGSTOP", node -> node.process().pause());
    kinds.put("SIGTERM", node -> node.process().terminate());
    Map<String, List<Duration>> times = new LinkedHashMap<>();
    try (FaultClients clients = FaultClients.ofMajority(cluster, 4, 1)) {
      for (int i = 0; i < COUNT; i++) {
        kinds.forEach(
            (kind, end) -> {
              Duration time = takeover(cluster, clients, end, kind);
              times.computeIfAbsent(kind, k -> new ArrayList<>()).add(time);
            });
      }
      clients.finish();
      cluster.assertEqualLogs();
      String checked =
          HistoryCheck.check(
              clients,
              cluster.active().api().records(),
              cluster.nodes().stream().map(TestNode::data).toList());
      print(times, checked);
    }
  }

  private static Duration takeover(
      TestCluster cluster, FaultClients clients, Consumer<TestNode> end, String kind) {
    cluster.awaitWhole();
    int before = clients.committed();
    Wait.until("the clients are at work", AT_MOST, () -> clients.committed() > before + 50);
    TestNode active = cluster.active();
    TestNode standby = cluster.otherMaster(active);
    long began = System.nanoTime();
    end.accept(active);
    Duration time = firstCommitted(standby, began);
    String ended = "";
    if (kind.equals("SIGSTOP")) {
      active.process().resume();
      Wait.until(
          active.id() + " is a standby",
          AT_MOST,
          () -> active.api().cluster().text("role").equals("STANDBY"));
    } else {
      active.process().awaitExit(AT_MOST);
      ended = " ended after " + (System.nanoTime() - began) / 1_000_000 + " ms";
      assertThat(active.process().output())
          .as("a request that nobody answered while %s stopped", active.id())
          .doesNotContain("Timeout hit in graceful shutdown");
      active.start();
    }
    System.out.printf("%s of %s: %d ms%s%n", kind, active.id(), time.toMillis(), ended);
    return time;
  }

  /**
   * Asks the standby again and again, without waiting for answers, until it has answered itself.
   */
  private static Duration firstCommitted(TestNode standby, long beganNanos) {
    AtomicLong answered = new AtomicLong(Long.MAX_VALUE);
    for (int i = 0; answered.get() == Long.MAX_VALUE; i++) {
      Duration since = Duration.ofNanos(System.nanoTime() - beganNanos);
      assertThat(since).as("time without an append at %s", standby.id()).isLessThan(AT_MOST);
      var _ =
          standby
              .api()
              .appendLater(Append.of("probe-" + beganNanos + "-" + i).w("majority").timeoutMs(5000))
              .thenAccept(
                  answer -> {
                    boolean own = answer.header("Replog-Forwarded-By").isEmpty();
                    if (answer.status() == 201 && own) {
                      answered.accumulateAndGet(System.nanoTime(), Math::min);
                    }
                  });
      sleep();
    }
    return Duration.ofNanos(answered.get() - beganNanos);
  }

  private static void sleep() {
    try {
      Thread.sleep(BETWEEN_PROBES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private static void print(Map<String, List<Duration>> times, String checked) throws Exception {
    Path load = Path.of("/proc/loadavg");
    System.out.printf("%-8s %5s %6s %6s %6s %6s%n", "", "count", "min", "p50", "p95", "max");
    times.forEach(
        (kind, measured) -> {
          List<Long> ms = measured.stream().map(Duration::toMillis).sorted().toList();
          System.out.printf(
              "%-8s %5d %6d %6d %6d %6d ms%n",
              kind,
              ms.size(),
              ms.getFirst(),
              ms.get((ms.size() - 1) / 2),
              ms.get((int) Math.ceil(ms.size() * 0.95) - 1),
              ms.getLast());
        });
    System.out.println("load " + (Files.exists(load) ? Files.readString(load).strip() : "unknown"));
    System.out.println(checked);
  }
}
