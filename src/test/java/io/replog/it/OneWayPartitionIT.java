package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Links that work in one direction only. A node that cannot win does not disturb one that leads: no
 * epoch is begun, and every append is answered.
 *
 * <p>{@code -Dreplog.it.partition.seconds=10} keeps each of them for so long.
 */
class OneWayPartitionIT {
  private static final Duration TIME =
      Duration.ofSeconds(Integer.getInteger("replog.it.partition.seconds", 2));

  @RegisterExtension final Processes processes = Processes.ofOneTest();

  private final OneWayLinks links = new OneWayLinks();
  private TestCluster cluster;
  private int appended;

  @AfterEach
  void close() throws Exception {
    links.close();
  }

  @Test
  void aNodeThatCannotWinDisturbsNoneThatLeads() throws Exception {
    cluster = TestCluster.with(processes).masters(2).by(links::port).make().start();
    int first = cluster.secondary(0).port();
    int second = cluster.secondary(1).port();
    String active = cluster.active().id();
    String standby = cluster.otherMaster(cluster.active()).id();

    links.cutRequests(standby, first);
    links.cutRequests(standby, second);
    nothingChanges("nobody hears the standby");

    links.cutAnswers(standby, first);
    links.cutAnswers(standby, second);
    nothingChanges("the standby hears nobody");

    links.cutRequests(active, first);
    nothingChanges("a secondary hears the standby alone");

    links.cutAnswers(active, second);
    nothingChanges("the master does not hear a secondary that hears it");

    cluster.awaitWhole();
    cluster.assertEqualLogs();
    assertThat(cluster.active().api().messages()).hasSize(appended);
  }

  private void nothingChanges(String when) {
    TestNode active = cluster.active();
    long epoch = active.api().cluster().number("epoch");
    long end = System.nanoTime() + TIME.toNanos();
    while (System.nanoTime() < end) {
      active.api().append(Append.of("message " + appended++).w("majority")).expect(201);
      for (TestNode node : cluster.nodes()) {
        assertThat(node.api().cluster().number("epoch"))
            .as("epoch at %s while %s", node.id(), when)
            .isEqualTo(epoch);
      }
    }
    links.heal();
    cluster.awaitWhole();
    assertThat(cluster.active()).as("who leads after: %s", when).isEqualTo(active);
    assertThat(active.api().cluster().number("epoch")).as("epoch after: %s", when).isEqualTo(epoch);
  }
}
