package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A cluster under load while {@link ProcessNemesis} plays with it, healed in the end; then what
 * clients were told is held against the log that all nodes agree on, and every directory is read
 * from its first byte to its last.
 */
final class FaultyRun {
  private final Processes processes;
  private final TestCluster cluster;
  private final long seed;

  FaultyRun(Processes processes, TestCluster cluster, long seed) {
    this.processes = processes;
    this.cluster = cluster;
    this.seed = seed;
  }

  /** Small log files, read again all the time, so that there are closed ones to go bad. */
  static TestCluster.Plan settings(TestCluster.Plan plan) {
    return plan.faults()
        .setting("REPLOG_SEGMENT_SIZE", "1MiB")
        .setting("REPLOG_SCRUB_RATE", "16MiB")
        .setting("REPLOG_SCRUB_PAUSE", "2s");
  }

  /** Runs it, fails with all that is wrong; what there was to check, for people. */
  String of(Duration time, int writers, int readers) throws Exception {
    ProcessNemesis nemesis = new ProcessNemesis(cluster, new Random(seed));
    try (FaultClients clients = FaultClients.mixed(cluster, writers, readers, seed)) {
      nemesis.run(time, clients::committed);
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
      verifyDirectories();
      return "replog.it.nemesis.seed=%d %d s %s: %s"
          .formatted(seed, time.toSeconds(), nemesis.blows(), checked);
    } catch (Exception | AssertionError failure) {
      System.out.println("replog.it.nemesis.seed=" + seed);
      nemesis.events().forEach(System.out::println);
      throw failure;
    }
  }

  private void verifyDirectories() {
    cluster.nodes().forEach(node -> node.process().stop());
    for (TestNode node : cluster.nodes()) {
      Processes.Finished verified = processes.run("verify", node.data().toString());
      assertThat(verified.exitCode()).as("%s: %s", node.id(), verified).isZero();
    }
  }
}
