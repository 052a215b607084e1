package io.replog.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Five nodes, two masters and three secondaries, for as long as wanted under all faults that {@link
 * ProcessNemesis} has; with the checks of {@link FaultyRun}, and every node's memory and open files
 * watched. Its report is in {@code target/soak.txt}. {@code -Dreplog.it.soak.minutes=20}; without
 * that it does not run.
 */
class SoakIT {
  private static final int MINUTES = Integer.getInteger("replog.it.soak.minutes", 0);
  private static final long SEED = Long.getLong("replog.it.nemesis.seed", System.nanoTime());

  /** So that the whole history of a long run can be held against the log in one small heap. */
  private static final int WRITERS = 2;

  private static final Path REPORT = Path.of("target", "soak.txt");

  @RegisterExtension final Processes processes = Processes.ofOneTest();

  @Test
  void nothingIsLostAndNothingGrows() throws Exception {
    assumeTrue(MINUTES > 0, "-Dreplog.it.soak.minutes says how long");
    TestCluster cluster =
        FaultyRun.settings(TestCluster.with(processes).masters(2).secondaries(3)).make().start();
    String report;
    ResourceWatch watch = new ResourceWatch(cluster.nodes());
    try (watch) {
      report = new FaultyRun(processes, cluster, SEED).of(Duration.ofMinutes(MINUTES), WRITERS, 1);
    } finally {
      System.out.println(watch.report());
    }
    report += System.lineSeparator() + watch.report();
    Files.writeString(REPORT, report, UTF_8);
    System.out.println(report);
    assertThat(watch.complaints()).isEmpty();
  }
}
