package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * How long a node needs to be there again: with a long log, and after it was down while others
 * appended.
 *
 * <p>{@code -Dreplog.it.restart.megabytes=1024 -Dreplog.it.behind=100000
 * -Dreplog.it.recovery.seconds=10} for what is promised; without a limit the times are printed, and
 * only the patience of each wait bounds them: how fast a JVM starts is the machine's.
 */
class RecoveryTimesIT {
  private static final int MEGABYTES = Integer.getInteger("replog.it.restart.megabytes", 48);
  private static final int BEHIND = Integer.getInteger("replog.it.behind", 20_000);
  private static final Duration LIMIT =
      Duration.ofSeconds(Integer.getInteger("replog.it.recovery.seconds", 120));
  private static final int BATCH = 500;

  @RegisterExtension final Processes processes = Processes.ofOneTest();

  @Test
  void aNodeWithALongLogIsReadySoonAfterItsStart() {
    TestCluster cluster = cluster();
    append(cluster, MEGABYTES * 1024, 1024);
    for (TestNode node : List.of(cluster.secondary(0), cluster.master())) {
      node.process().kill();
      long began = System.nanoTime();
      node.start();
      node.awaitReady();
      assertThat(say("%d MiB, %s ready after".formatted(MEGABYTES, node.id()), began))
          .isLessThan(LIMIT);
    }
  }

  @Test
  void aNodeThatWasDownIsLevelSoonWhileOthersAppend() throws Exception {
    TestCluster cluster = cluster();
    append(cluster, 1000, 100);
    String before = bench(cluster);
    TestNode down = cluster.secondary(1);
    down.process().kill();
    append(cluster, BEHIND, 100);
    Thread bench =
        Thread.ofVirtual().start(() -> System.out.println("meanwhile: " + bench(cluster)));
    long began = System.nanoTime();
    down.start();
    down.awaitReady();
    Duration took = say(BEHIND + " entries behind, level after", began);
    bench.join();
    System.out.println("before: " + before);
    assertThat(took).isLessThan(LIMIT);
    cluster.assertEqualLogs();
  }

  private TestCluster cluster() {
    return TestCluster.with(processes).jvm(ReplogProcess.AS_IN_PRODUCTION).make().start();
  }

  private static void append(TestCluster cluster, int messages, int size) {
    String text = "x".repeat(size);
    List<String> batch = IntStream.range(0, BATCH).mapToObj(i -> text).toList();
    for (int i = 0; i < messages; i += BATCH) {
      cluster.api().append(Append.batch(batch).w("majority")).expect(201);
    }
  }

  /** The line with the latencies of 300 appends a second. */
  private String bench(TestCluster cluster) {
    Processes.Finished finished =
        processes.run(
            "bench",
            "--url",
            cluster.master().url().toString(),
            "--rate",
            "300",
            "-w",
            "majority",
            "-d",
            "6");
    assertThat(finished.exitCode()).as("%s", finished).isZero();
    return finished.out().lines().filter(line -> line.startsWith("latency")).findFirst().orElse("");
  }

  private static Duration say(String what, long began) {
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    System.out.printf("%s %.1f s%n", what, took.toMillis() / 1000.0);
    return took;
  }
}
