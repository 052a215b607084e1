package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The lessons that come with the program: on a cluster of their own and on one that runs, with exit
 * code 0 where each step held, and with the evidence where one did not. {@link DemoIT} plays the
 * acceptance scenario.
 */
class ScenarioIT {
  private static final Duration TO_PLAY = Duration.ofMinutes(3);

  @RegisterExtension final Processes processes = Processes.ofOneTest();

  private void assertPlayed(String lesson, int nodes) {
    ReplogProcess play =
        processes.add(
            lesson,
            ReplogProcess.SMALL,
            List.of("scenario", lesson, "--fast", "--port", "" + Ports.free(nodes)),
            Map.of());
    play.start();

    assertThat(play.awaitExit(TO_PLAY)).as("%s", play.output()).isZero();
    assertThat(play.output()).contains("VERDICT: PASSED").doesNotContain("\u001b");
    assertThat(play.output().lines())
        .filteredOn(line -> !line.contains("/"))
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
  }

  @Test
  void failoverIsPlayedOnItsOwnCluster() {
    assertPlayed("failover", 4);
  }

  @Test
  void splitBrainIsPlayedOnItsOwnCluster() {
    assertPlayed("split-brain", 4);
  }

  @Test
  void lessonsArePlayedOnAClusterThatRuns(@TempDir Path directory) throws IOException {
    TestCluster cluster = TestCluster.with(processes).faults().make().start();
    String url = TestNode.url(cluster.master().port()).toString();
    for (String lesson : List.of("write-concern", "inconsistency", "exactly-once")) {
      Processes.Finished played = processes.run("scenario", lesson, "--fast", "--url", url);
      assertThat(played.exitCode()).as("%s", played).isZero();
      assertThat(played.out()).contains("VERDICT: PASSED");
    }
    long before = cluster.api().lastSequence();

    assertRefused(processes.run("scenario", "failover", "--url", url), "needs the processes");
    Path script = directory.resolve("wrong.yaml");
    Files.writeString(script, "title: t\nsteps:\n  - explode: all\n");
    assertRefused(
        processes.run("scenario", script.toString(), "--url", url), "line 3: a step with");
    assertThat(cluster.api().lastSequence()).isEqualTo(before);

    Files.writeString(
        script,
        """
        title: A claim that does not hold
        steps:
          - delay: sub1
            length: 2s
          - append: a
            w: 1
            expect: {status: 201, sequence: 7}
        """);
    Processes.Finished failed =
        processes.run("scenario", script.toString(), "--url", url, "--output", "json");
    assertThat(failed.exitCode()).as("%s", failed).isEqualTo(1);
    assertThat(failed.out())
        .contains("\"verdict\":\"FAILED\"")
        .contains("\"line\":5", "\"held\":false,\"expected\":\"sequence 7\"", "sequence 1,");
    assertThat(cluster.secondary(0).api().get("/faults").expect(200).json().number("delayMs"))
        .as("delay after the play")
        .isZero();
  }

  private static void assertRefused(Processes.Finished refused, String why) {
    assertThat(refused.exitCode()).as("%s", refused).isEqualTo(2);
    assertThat(refused.err()).contains(why);
    assertThat(refused.out()).isEmpty();
  }
}
