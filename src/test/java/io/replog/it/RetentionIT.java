package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.replog.storage.FileDisk;
import io.replog.storage.LogVerifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The beginning of the log goes, and nothing else: with nodes away, with new ones, and after it.
 */
class RetentionIT {
  private static final Duration TO_HAPPEN = Duration.ofSeconds(30);
  private static final int MESSAGES = 32;
  private static final String MESSAGE = "x".repeat(16 << 10);
  private static final long MEBIBYTE = 1 << 20;

  @RegisterExtension final Processes processes = Processes.ofOneTest();

  private TestCluster cluster;

  @Test
  void aTrimWaitsForWhoIsAwayAndANewNodeBeginsWhereTheLogDoes() {
    cluster = TestCluster.with(processes).setting("REPLOG_SEGMENT_SIZE", "1MiB").make().start();
    TestNode away = cluster.secondary(1);
    fill(6);
    long had = cluster.api().lastSequence();
    away.process().kill();
    fill(6);

    Json held = trim(cluster.api().lastSequence());
    assertThat(held.text("heldBy")).contains("secondary-1");
    assertThat(held.number("firstSequence")).isBetween(2L, had + 1);

    away.start();
    cluster.awaitWhole();
    Wait.until("the rest goes", TO_HAPPEN, () -> trimmedTo() > had);
    Wait.until(
        "all have dropped theirs",
        TO_HAPPEN,
        () -> cluster.nodes().stream().allMatch(n -> first(n) > had));
    Answer gone = cluster.api().ask("/messages?from=1").expect(410);
    assertThat(gone.json().number("firstSequence")).isEqualTo(first(cluster.master()));
    assertThat(cluster.api().ask("/messages?limit=1").expect(200).json().number("from"))
        .isEqualTo(first(cluster.master()));
    cluster.assertEqualLogs();

    TestNode lost = cluster.secondary(0);
    lost.process().kill();
    Processes.delete(lost.data());
    lost.start();
    cluster.awaitWhole();
    cluster.assertEqualLogs();
    assertThat(first(lost)).isEqualTo(first(cluster.master()));

    cluster.nodes().forEach(node -> node.process().kill());
    for (TestNode node : cluster.nodes()) {
      assertThat(LogVerifier.verify(new FileDisk(node.data())).damages()).isEmpty();
    }
    cluster.nodes().forEach(TestNode::start);
    cluster.awaitWhole();
    fill(1);
    cluster.assertEqualLogs();
    assertThat(first(cluster.master())).isGreaterThan(had);
  }

  @Test
  void retentionKeepsEveryDirectoryBounded() {
    cluster =
        TestCluster.with(processes)
            .secondaries(1)
            .setting("REPLOG_SEGMENT_SIZE", "1MiB")
            .setting("REPLOG_RETENTION_BYTES", "2MiB")
            .setting("REPLOG_HEARTBEAT", "50ms")
            .make()
            .start();
    for (int i = 0; i < 3; i++) {
      fill(8);
      for (TestNode node : cluster.nodes()) {
        Wait.until(
            node.id() + " has trimmed",
            TO_HAPPEN,
            () -> bytes(node.data().resolve("log")) <= 5 * MEBIBYTE);
        assertThat(bytes(node.data().resolve("log"))).isGreaterThanOrEqualTo(2 * MEBIBYTE);
      }
    }
    cluster.assertEqualLogs();
  }

  /** Appends about so many halves of a MiB. */
  private void fill(int halves) {
    List<String> messages = Collections.nCopies(MESSAGES, MESSAGE);
    for (int i = 0; i < halves; i++) {
      cluster.api().append(Append.batch(messages).w("majority")).expect(201);
    }
  }

  private Json trim(long before) {
    return cluster.api().post("/trim", "{\"before\":" + before + "}").expect(200).json();
  }

  private long trimmedTo() {
    return trim(cluster.api().lastSequence()).number("firstSequence");
  }

  private static long first(TestNode node) {
    return node.api().cluster().number("firstSequence");
  }

  private static long bytes(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.mapToLong(RetentionIT::size).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long size(Path file) {
    try {
      return Files.exists(file) ? Files.size(file) : 0;
    } catch (IOException e) {
      return 0; // trimmed in between
    }
  }
}
