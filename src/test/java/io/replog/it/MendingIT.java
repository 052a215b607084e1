package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Log files that go bad while the node runs. */
class MendingIT {
  private static final Duration TO_MEND = Duration.ofSeconds(30);
  private static final int EARLY = 3000;
  private static final String TEXT = "x".repeat(2000);

  @RegisterExtension final Processes processes = Processes.ofOneTest();

  @Test
  void aSecondaryFindsWhatNobodyReadsAndMendsItWhileItRuns() throws IOException {
    TestCluster cluster = filled(plan(true).secondaries(2));
    TestNode secondary = cluster.secondary(0);
    long pid = secondary.process().pid();
    Path file = SegmentFiles.of(secondary).getFirst();
    byte[] before = Files.readAllBytes(file);

    SegmentFiles.flip(file, before.length / 2);

    Wait.until(
        "the damage is put right",
        TO_MEND,
        secondary.process(),
        () -> secondary.process().output().contains("damage repaired"));
    assertThat(secondary.process().output())
        .contains("damage found file=" + file)
        .contains("offset=");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    assertThat(secondary.process().pid()).isEqualTo(pid);
    cluster.awaitWhole();
    cluster.api().append(Append.of("goes on").w("all")).expect(201);
    cluster.assertEqualLogs();
    assertThat(meters(secondary))
        .contains("replog_damage_found_total 1.0")
        .contains("replog_damage_repaired_total 1.0")
        .containsPattern("replog_scrub_bytes_total [1-9]");
  }

  @Test
  void aReaderIsTheFirstToSeeItGetsTheFileAndTheOffsetAndTheMasterMendsIt() throws IOException {
    TestCluster cluster = filled(plan(false).secondaries(2));
    TestNode master = cluster.master();
    Path file = SegmentFiles.of(master).getFirst();
    byte[] before = Files.readAllBytes(file);
    SegmentFiles.flip(file, EARLY);

    Json problem = master.api().ask("/messages?limit=10").expectProblem(503, "log-damaged");

    assertThat(problem.text("file")).isEqualTo(file.toString());
    assertThat(problem.number("offset")).isBetween(1L, (long) EARLY);
    Wait.until(
        "the same can be read",
        TO_MEND,
        master.process(),
        () -> master.api().ask("/messages?limit=10").status() == 200);
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    cluster.awaitWhole();
    cluster.api().append(Append.of("goes on").w("all")).expect(201);
    cluster.assertEqualLogs();
  }

  @Test
  void aMasterFindsItWhileItFeedsASecondaryAndMendsItBeforeItGoesOn() throws IOException {
    TestCluster cluster = filled(plan(false).secondaries(2));
    TestNode away = cluster.secondary(1);
    away.process().stop();
    Processes.delete(away.data());
    TestNode master = cluster.master();
    long pid = master.process().pid();
    Path file = SegmentFiles.of(master).getFirst();
    SegmentFiles.flip(file, Files.size(file) / 2);

    away.start();

    Wait.until(
        "the damage is put right",
        TO_MEND,
        master.process(),
        () -> master.process().output().contains("damage repaired"));
    cluster.awaitWhole();
    assertThat(master.process().pid()).isEqualTo(pid);
    cluster.assertEqualLogs();
  }

  @Test
  void whatIsBeingWrittenIsNotMendedButByTheNextStart() throws IOException {
    TestCluster cluster = filled(plan(false).secondaries(2));
    TestNode secondary = cluster.secondary(0);
    Path file = SegmentFiles.last(secondary);
    SegmentFiles.flip(file, EARLY);
    long first = Long.parseLong(file.getFileName().toString().replace(".log", ""));

    secondary.api().ask("/messages?limit=10&from=" + first).expectProblem(503, "log-damaged");

    assertThat(secondary.process().awaitExit(TO_MEND)).isEqualTo(1);
    assertThat(secondary.process().output()).contains("the node stops: " + file + " is damaged at");
    secondary.start();
    cluster.awaitWhole();
    assertThat(secondary.process().output()).contains("damage repaired");
    cluster.assertEqualLogs();
  }

  @Test
  void aloneItStopsWithFileAndOffset() throws IOException {
    TestCluster cluster = filled(plan(true).registering().secondaries(0));
    TestNode master = cluster.master();
    Path file = SegmentFiles.of(master).getFirst();

    SegmentFiles.flip(file, EARLY);

    assertThat(master.process().awaitExit(TO_MEND)).isEqualTo(1);
    assertThat(master.process().output()).contains("the node stops: " + file + " is damaged at");
  }

  private TestCluster.Plan plan(boolean scrub) {
    return TestCluster.with(processes)
        .setting("REPLOG_SEGMENT_SIZE", "1MiB")
        .setting("REPLOG_SCRUB_RATE", scrub ? "64MiB" : "0")
        .setting("REPLOG_SCRUB_PAUSE", "300ms");
  }

  /** With two closed log files and more on each node. */
  private static TestCluster filled(TestCluster.Plan plan) {
    TestCluster cluster = plan.make().start();
    for (int batch = 0; batch < 25; batch++) {
      List<String> messages = IntStream.range(0, 50).mapToObj(i -> TEXT + i).toList();
      cluster.api().append(Append.batch(messages).w("all")).expect(201);
    }
    for (TestNode node : cluster.nodes()) {
      assertThat(SegmentFiles.of(node)).as(node.id()).hasSizeGreaterThan(2);
    }
    return cluster;
  }

  private static String meters(TestNode node) {
    return node.api().get("/prometheus").expect(200).body();
  }
}
