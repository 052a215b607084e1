package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A master loses its role with entries that nobody else has. What was answered with one copy may be
 * lost then, and is reported where it was; what waited is answered as unknown; what a majority has
 * is where it was.
 *
 * <p>{@code -Dreplog.it.pause.seconds=30} pauses the master for so long.
 */
class RolledBackIT {
  private static final Duration PAUSE =
      Duration.ofSeconds(Integer.getInteger("replog.it.pause.seconds", 8));
  private static final Duration TO_CHANGE = Duration.ofSeconds(20);
  private static final String CUT_OFF = "{\"partitionedFrom\":[\"secondary-0\",\"secondary-1\"]}";

  @RegisterExtension final Processes processes = Processes.ofOneTest();

  @Test
  void aMasterThatWakesUpHasNothingToSayAndReportsWhatItHadAlone() throws Exception {
    TestCluster cluster = TestCluster.with(processes).masters(2).faults().make().start();
    TestNode old = cluster.active();
    TestNode other = cluster.otherMaster(old);
    old.api().append(Append.of("kept").w("majority")).expect(201);

    // cut off, not yet aware of it: it still takes what one copy is enough for
    old.api().put("/faults", CUT_OFF).expect(200);
    List<String> alone = IntStream.range(0, 3).mapToObj(i -> "alone " + i).toList();
    for (String message : alone) {
      old.api().append(Append.of(message).w(1).key(message)).expect(201);
    }
    CompletableFuture<Answer> waiting =
        old.api().appendLater(Append.of("waiting").w("majority").key("waiting"));
    Wait.until("it has its place", TO_CHANGE, () -> old.api().lastSequence() == 5);
    old.process().pause();
    CompletableFuture<Answer> asleep =
        old.api().appendLater(Append.of("while it sleeps").w("majority").timeoutMs(60_000));
    long sleeps = System.nanoTime();
    Wait.until(
        other.id() + " leads and has taken an append",
        TO_CHANGE,
        () -> other.api().append(Append.of("after").w("majority").key("after")).status() == 201);
    assertThat(other.api().messages()).containsExactly("kept", "after");
    Thread.sleep(Math.max(0, PAUSE.toMillis() - (System.nanoTime() - sleeps) / 1_000_000));

    old.process().resume();
    List<CompletableFuture<Answer>> reads =
        IntStream.range(0, 10)
            .mapToObj(i -> old.api().getLater("/messages?concern=linearizable"))
            .toList();
    old.api().delete("/faults").expect(204);
    Answer unknown = waiting.get(TO_CHANGE.toSeconds(), TimeUnit.SECONDS);
    unknown.expectProblem(504, "unknown-outcome");
    Answer late = asleep.get(TO_CHANGE.toSeconds(), TimeUnit.SECONDS);
    assertThat(late.status()).as("%s", late).isIn(503, 504, 201);
    if (late.status() == 201) {
      assertThat(late.header("Replog-Forwarded-By")).as("%s", late).hasValue(old.id());
    }
    for (CompletableFuture<Answer> read : reads) {
      Answer answer = read.get(TO_CHANGE.toSeconds(), TimeUnit.SECONDS);
      assertThat(answer.status()).as("%s", answer).isIn(421, 503);
    }
    Wait.untilAsserted(
        old.id() + " is a standby of " + other.id(),
        TO_CHANGE,
        () -> {
          Json seen = old.api().cluster();
          assertThat(seen.text("role")).isEqualTo("STANDBY");
          assertThat(seen.text("active", "node")).isEqualTo(other.id());
        });
    cluster.assertEqualLogs();
    List<String> rolledBack = rolledBack(old);
    assertThat(rolledBack).containsAll(alone).contains("waiting").doesNotContain("kept", "after");
    assertThat(old.process().output()).contains("rolled back node=" + old.id() + " from=2");

    // by its key the one that was answered as unknown is settled: it was not in the log, now it is
    old.api().append(Append.of("waiting").w("majority").key("waiting")).expect(201);
    cluster.assertEqualLogs();
    List<String> messages = other.api().messages();
    assertThat(messages).startsWith("kept", "after").containsOnlyOnce("waiting");
    assertThat(messages).doesNotContainAnyElementsOf(alone);
  }

  @Test
  void whatItHadAloneGoesWithoutAnotherAppend() {
    TestCluster cluster = TestCluster.with(processes).masters(2).faults().make().start();
    TestNode old = cluster.active();
    TestNode other = cluster.otherMaster(old);
    old.api().append(Append.of("kept").w("majority")).expect(201);
    old.api().put("/faults", CUT_OFF).expect(200);
    old.api().append(Append.of("alone").w(1)).expect(201);
    Wait.until(
        other.id() + " leads",
        TO_CHANGE,
        () -> other.api().cluster().text("role").equals("MASTER"));

    old.api().delete("/faults").expect(204);

    Wait.until(
        "it shows what the others do",
        TO_CHANGE,
        () -> old.api().messages().equals(List.of("kept")));
    cluster.assertEqualLogs();
    assertThat(rolledBack(old)).containsExactly("alone");
  }

  /** All messages in the files that say what was cut off. */
  static List<String> rolledBack(TestNode node) {
    try (Stream<Path> files = Files.list(node.data())) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("rolled-back-"))
          .flatMap(RolledBackIT::lines)
          .map(line -> Json.parse(line).text("message"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
