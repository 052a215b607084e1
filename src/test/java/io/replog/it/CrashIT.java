package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * kill -9 of any node or of all, under load, again and again. What was answered is there, once, at
 * its sequence, on every node, whatever its write concern: the master comes back with its disk.
 *
 * <p>{@code -Dreplog.it.crash.rounds=N} for more of it, {@code -Dreplog.it.crash.seed=N} for the
 * same choice of nodes again.
 */
class CrashIT {
  private static final int ROUNDS = Integer.getInteger("replog.it.crash.rounds", 8);
  private static final long SEED = Long.getLong("replog.it.crash.seed", System.nanoTime());
  private static final int PROGRESS = 30;

  @RegisterExtension final Processes processes = Processes.ofOneTest();

  @Test
  void whatWasAnsweredSurvivesTheDeathOfAnyNodeAndOfAll() throws Exception {
    System.out.println("replog.it.crash.seed=" + SEED);
    TestCluster cluster = TestCluster.with(processes).make().start();
    Random random = new Random(SEED);
    try (CrashClients clients = CrashClients.start(cluster.api(), 6)) {
      for (int round = 0; round < ROUNDS; round++) {
        List<TestNode> victims = victims(cluster, round, random);
        String names = victims.stream().map(TestNode::id).toList().toString();
        awaitProgress(clients, "before the death of " + names);
        victims.forEach(node -> node.process().kill());
        if (!victims.contains(cluster.master()) && victims.size() == 1) {
          awaitProgress(clients, "without " + names);
        }
        victims.forEach(TestNode::start);
        victims.forEach(TestNode::awaitReady);
        awaitProgress(clients, "after the return of " + names);
      }
      clients.finish();
      cluster.awaitWhole();
      cluster.assertEqualLogs();
      check(clients.history(), cluster);
    }
  }

  /** Every kind of round comes, in an order by chance from the second turn on. */
  private static List<TestNode> victims(TestCluster cluster, int round, Random random) {
    int kind = round < 4 ? round : random.nextInt(5);
    return switch (kind) {
      case 0 -> List.of(cluster.master());
      case 1 -> List.of(cluster.secondary(random.nextInt(2)));
      case 2 -> cluster.nodes();
      case 3 -> List.of(cluster.master(), cluster.secondary(random.nextInt(2)));
      default -> cluster.secondaries();
    };
  }

  /** Waits for further answers, so that something happens before the next blow. */
  private static void awaitProgress(CrashClients clients, String when) {
    int before = clients.answered();
    Wait.until(
        PROGRESS + " appends are answered " + when,
        Duration.ofSeconds(40),
        () -> clients.answered() >= before + PROGRESS);
  }

  private static void check(List<CrashClients.Event> history, TestCluster cluster) {
    for (TestNode node : cluster.nodes()) {
      List<Json> records = node.api().records();
      Map<String, List<Long>> places = new HashMap<>();
      long expected = 1;
      for (Json record : records) {
        assertThat(record.number("sequence")).as(node.id()).isEqualTo(expected++);
        places
            .computeIfAbsent(record.text("message"), message -> new ArrayList<>())
            .add(record.number("sequence"));
      }
      List<String> wrong = new ArrayList<>();
      for (CrashClients.Event event : history) {
        List<Long> at = places.getOrDefault(event.message(), List.of());
        boolean right =
            switch (event.outcome()) {
              case CrashClients.Outcome.InTheLog(long sequence) -> at.equals(List.of(sequence));
              case CrashClients.Outcome.Refused refused -> at.isEmpty();
              case CrashClients.Outcome.Unknown unknown -> at.size() <= 1;
            };
        if (!right) {
          wrong.add(event + " is at " + at);
        }
      }
      assertThat(wrong).as("wrong on %s", node.id()).isEmpty();
      assertThat(records.size())
          .as("messages on %s", node.id())
          .isEqualTo(places.values().stream().mapToInt(List::size).sum())
          .isLessThanOrEqualTo(history.size());
    }
    long answered = history.stream().filter(CrashIT::isInTheLog).count();
    System.out.printf(
        "%d rounds: %d appends answered, %d refused or unknown, all in place on every node%n",
        ROUNDS, answered, history.size() - answered);
  }

  private static boolean isInTheLog(CrashClients.Event event) {
    return event.outcome() instanceof CrashClients.Outcome.InTheLog;
  }
}
