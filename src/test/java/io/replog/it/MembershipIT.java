package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Secondaries come and go while clients append with a majority: from two to four by registering
 * themselves, and back by {@code DELETE /secondaries/ID}, both at once. No append fails but with a
 * status that says that it may be repeated.
 */
class MembershipIT {
  private static final Duration TO_CHANGE = Duration.ofSeconds(30);
  private static final int PROGRESS = 100;

  @RegisterExtension final Processes processes = Processes.ofOneTest();

  @Test
  void secondariesComeAndGoUnderLoad() throws Exception {
    TestCluster cluster = TestCluster.with(processes).secondaries(4).registering().make();
    List<TestNode> first = List.of(cluster.master(), cluster.secondary(0), cluster.secondary(1));
    List<TestNode> more = List.of(cluster.secondary(2), cluster.secondary(3));
    first.forEach(TestNode::start);
    awaitVoting(cluster, "secondary-0", "secondary-1");
    try (FaultClients clients = FaultClients.ofMajority(cluster, 4, 3)) {
      awaitProgress(clients, "with two secondaries");

      more.forEach(TestNode::start);
      awaitVoting(cluster, "secondary-0", "secondary-1", "secondary-2", "secondary-3");
      awaitProgress(clients, "with four secondaries");
      assertThat(cluster.api().cluster().number("quorum", "majority")).isEqualTo(3);

      more.forEach(node -> cluster.api().delete("/secondaries/" + node.id()).expect(202));
      awaitVoting(cluster, "secondary-0", "secondary-1");
      awaitProgress(clients, "with two again");
      assertThat(cluster.api().cluster().number("quorum", "majority")).isEqualTo(2);
      more.forEach(node -> node.process().stop());
      awaitProgress(clients, "with two alone");
      // what was taken out counts for nothing any more: one of the two that stay may go
      cluster.secondary(0).process().kill();
      awaitProgress(clients, "with one of the two");

      cluster.secondary(0).start();
      awaitVoting(cluster, "secondary-0", "secondary-1");
      clients.finish();
      assertThat(Set.of("201", "202", "503")).containsAll(clients.statuses().keySet());
      List<Json> log = cluster.api().records();
      for (TestNode node : first) {
        Wait.until(
            node.id() + " has all",
            TO_CHANGE,
            () -> node.api().lastSequence() == log.getLast().number("sequence"));
        assertThat(node.api().records()).isEqualTo(log);
      }
      System.out.println(HistoryCheck.check(clients, log, directories(cluster)));
    }
    theMasterDiesWhileSecondariesCome(cluster, more);
  }

  /** Their copies are there still, but they were taken out: they come as new ones. */
  private static void theMasterDiesWhileSecondariesCome(TestCluster cluster, List<TestNode> more)
      throws Exception {
    TestNode master = cluster.master();
    try (FaultClients clients = FaultClients.ofMajority(cluster, 4, 4)) {
      awaitProgress(clients, "before they come");
      more.forEach(TestNode::start);
      Wait.until(
          "a change of the configuration is under way, or over",
          TO_CHANGE,
          () ->
              master.api().cluster().list("configuration", "seats").size() > 2
                  || master.api().cluster().at("configuration").has("proposed"));
      master.process().kill();
      master.start();
      awaitVoting(cluster, "secondary-0", "secondary-1", "secondary-2", "secondary-3");
      awaitProgress(clients, "with four secondaries, after the master's death");
      clients.finish();
      cluster.assertEqualLogs();
      System.out.println(
          HistoryCheck.check(clients, cluster.api().records(), directories(cluster)));
    }
  }

  private static List<Path> directories(TestCluster cluster) {
    return cluster.nodes().stream().map(TestNode::data).toList();
  }

  private static void awaitVoting(TestCluster cluster, String... ids) {
    Wait.untilAsserted(
        "the seats are those of " + List.of(ids) + ", and each votes",
        TO_CHANGE,
        () -> {
          Json seen = cluster.api().cluster();
          assertThat(seen.text("mode")).as("%s", seen).isEqualTo("READ_WRITE");
          assertThat(seen.at("configuration").has("proposed")).as("%s", seen).isFalse();
          Set<String> seats =
              seen.list("configuration", "seats").stream()
                  .map(seat -> seat.text("node"))
                  .collect(Collectors.toSet());
          assertThat(seats).containsExactlyInAnyOrder(ids);
          assertThat(seen.list("nodes").stream().map(node -> node.text("node")))
              .containsExactlyInAnyOrder(ids);
          assertThat(seen.list("nodes")).allMatch(node -> node.truth("voting"));
        });
  }

  private static void awaitProgress(FaultClients clients, String when) {
    int before = clients.committed();
    Wait.until(
        PROGRESS + " appends are answered " + when,
        TO_CHANGE,
        () -> clients.committed() >= before + PROGRESS);
  }
}
