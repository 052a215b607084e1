package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Five copies (a master and four secondaries, of which any two may be lost) and a standby, under
 * load, while {@link ProcessNemesis} plays with them. What clients were told is then held against
 * the log that all nodes agree on.
 *
 * <p>Four secondaries and not three or two, because only then the quorums differ from each other (a
 * majority is three copies, a takeover by another master takes three secondaries, by the same one
 * two), a majority can be made of secondaries alone, and two nodes can be in trouble while appends
 * go on.
 *
 * <p>{@code -Dreplog.it.nemesis.seconds=600} for more of it, {@code -Dreplog.it.nemesis.seed=N} for
 * the same choices again.
 */
class NemesisIT {
  private static final Duration TIME =
      Duration.ofSeconds(Integer.getInteger("replog.it.nemesis.seconds", 35));
  private static final long SEED = Long.getLong("replog.it.nemesis.seed", System.nanoTime());

  @RegisterExtension final Processes processes = Processes.ofOneTest();

  @Test
  void whatWasAnsweredHoldsWhateverHappensToAnyTwoOfFive() throws Exception {
    TestCluster cluster =
        TestCluster.with(processes).masters(2).secondaries(4).faults().make().start();
    ProcessNemesis nemesis = new ProcessNemesis(cluster, new Random(SEED));
    try (FaultClients clients = FaultClients.mixed(cluster, 5, 2, SEED)) {
      nemesis.run(TIME, clients::committed);
      nemesis.heal();
      cluster.awaitWhole();
      clients.finish();
      cluster.assertEqualLogs();
      List<Json> log = cluster.active().api().records();
      List<Path> directories =
          Stream.concat(
                  cluster.nodes().stream().map(TestNode::data), nemesis.lostDirectories().stream())
              .toList();
      String checked = HistoryCheck.check(clients, log, directories);
      assertThat(clients.committed()).isPositive();
      verifyDirectories(cluster);
      System.out.printf(
          "replog.it.nemesis.seed=%d %d s %s: %s%n",
          SEED, TIME.toSeconds(), nemesis.blows(), checked);
    } catch (Exception | AssertionError failure) {
      System.out.println("replog.it.nemesis.seed=" + SEED);
      nemesis.events().forEach(System.out::println);
      throw failure;
    }
  }

  /** Stops all, and reads every directory from its first byte to its last. */
  private void verifyDirectories(TestCluster cluster) {
    cluster.nodes().forEach(node -> node.process().stop());
    for (TestNode node : cluster.nodes()) {
      Processes.Finished verified = processes.run("verify", node.data().toString());
      assertThat(verified.exitCode()).as("%s: %s", node.id(), verified).isZero();
    }
  }
}
