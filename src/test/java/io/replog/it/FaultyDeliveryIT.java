package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Deliveries fail half the time, before and after the entries are stored. */
class FaultyDeliveryIT {
  private static final int CLIENTS = 8;
  private static final int APPENDS = 30;
  private static final List<String> CONCERNS = List.of("3", "1", "all", "2", "majority");

  @RegisterExtension final Processes processes = Processes.ofOneTest();

  @Test
  void everyLogIsEqualAndHasEveryMessageOnce() throws Exception {
    TestCluster cluster =
        TestCluster.with(processes).setting("REPLOG_FAULTS_ENABLED", "true").make().start();
    fault(cluster.secondary(0), 0.5, "after");
    fault(cluster.secondary(1), 0.4, "before");

    List<Future<List<Placed>>> clients = new ArrayList<>();
    List<Placed> placed = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
      for (int i = 0; i < CLIENTS; i++) {
        int client = i;
        clients.add(threads.submit(() -> appendAll(cluster.api(), client)));
      }
      for (Future<List<Placed>> client : clients) {
        placed.addAll(client.get());
      }
    }

    cluster.assertEqualLogs(); // with the faults still on
    for (TestNode node : cluster.nodes()) {
      List<String> messages = node.api().messages();
      assertThat(messages).as(node.id()).hasSize(CLIENTS * APPENDS).doesNotHaveDuplicates();
      assertThat(placed)
          .as(node.id())
          .allSatisfy(
              one -> assertThat(messages.get((int) one.sequence() - 1)).isEqualTo(one.message()));
    }
  }

  private record Placed(long sequence, String message) {}

  private static List<Placed> appendAll(NodeApi master, int client) {
    List<Placed> placed = new ArrayList<>();
    for (int i = 0; i < APPENDS; i++) {
      String message = "client " + client + " message " + i;
      String concern = CONCERNS.get((client + i) % CONCERNS.size());
      Answer answer = master.append(Append.of(message).w(concern)).expect(201);
      placed.add(new Placed(answer.sequence(), message));
    }
    return placed;
  }

  private static void fault(TestNode node, double rate, String phase) {
    Json faults =
        node.api()
            .put("/faults", NodeApi.faults(Map.of("errorRate", rate, "errorPhase", phase)))
            .expect(200)
            .json();
    assertThat(faults.fraction("errorRate")).isEqualTo(rate);
    assertThat(faults.text("errorPhase")).isEqualTo(phase);
  }
}
