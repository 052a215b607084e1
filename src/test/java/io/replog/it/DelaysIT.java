package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One secondary is a second late, the other three: an answer is as late as the copy it needs. */
class DelaysIT {
  private static final Duration AT_ONCE = Duration.ofMillis(500);

  @RegisterExtension static final Processes processes = Processes.ofAllTests();

  private static TestCluster cluster;

  @BeforeAll
  static void start() {
    cluster = TestCluster.with(processes).delaysMs(1000, 3000).make().start();
    // the first request pays for loading classes on every node
    cluster.api().append(Append.of("warm up").w(3)).expect(201);
  }

  @AfterEach
  void everyNodeEndsEqual() {
    cluster.assertEqualLogs();
  }

  @Test
  void oneCopyIsThereAtOnce() {
    Answer answer = cluster.api().append(Append.of("one").w(1)).expect(201);

    System.out.println("w=" + answer.json().number("w") + " after " + answer.took());
    assertThat(answer.took()).isLessThan(AT_ONCE);
  }

  @Test
  void twoCopiesAreThereWhenTheFasterSecondaryHasIt() {
    Answer answer = cluster.api().append(Append.of("two").w(2)).expect(201);

    System.out.println("w=" + answer.json().number("w") + " after " + answer.took());
    assertThat(answer.took()).isBetween(Duration.ofMillis(950), Duration.ofMillis(1900));
  }

  @Test
  void threeCopiesAreThereWhenTheSlowerSecondaryHasIt() {
    Answer answer = cluster.api().append(Append.of("three").w(3)).expect(201);

    System.out.println("w=" + answer.json().number("w") + " after " + answer.took());
    assertThat(answer.took()).isBetween(Duration.ofMillis(2950), Duration.ofMillis(3900));
  }

  @Test
  void aDelayIsNoQueueForFiftyAppendsAtOnce() {
    List<String> messages = IntStream.range(0, 50).mapToObj(i -> "parallel " + i).toList();
    long began = System.nanoTime();

    List<Answer> answers =
        messages.stream()
            .map(message -> cluster.api().appendLater(Append.of(message).w(3)))
            .toList()
            .stream()
            .map(CompletableFuture::join)
            .toList();

    Duration together = Duration.ofNanos(System.nanoTime() - began);
    System.out.println("50 parallel w=3 together after " + together);
    assertThat(answers).allSatisfy(answer -> answer.expect(201));
    assertThat(together).isLessThan(Duration.ofSeconds(5));
    Set<Long> sequences = new HashSet<>();
    answers.forEach(answer -> sequences.add(answer.sequence()));
    assertThat(sequences).hasSize(50);
    assertThat(cluster.secondary(1).api().messages()).containsAll(messages);
  }

  @Test
  void theListsDifferUntilTheMessageArrives() {
    NodeApi late = cluster.secondary(1).api();
    List<String> before = late.messages();

    long sequence = cluster.api().append(Append.of("on its way").w(1)).expect(201).sequence();

    assertThat(cluster.api().messages()).hasSize((int) sequence).endsWith("on its way");
    assertThat(late.messages()).isEqualTo(before);
    Wait.untilAsserted(
        "the message arrives at the secondary that is a second late",
        Duration.ofMillis(1900),
        () -> assertThat(cluster.secondary(0).api().messages()).endsWith("on its way"));
    assertThat(late.messages()).isEqualTo(before);
    Wait.untilAsserted(
        "the message arrives at the secondary that is three seconds late",
        Duration.ofMillis(3900),
        () -> assertThat(late.messages()).endsWith("on its way"));
  }
}
