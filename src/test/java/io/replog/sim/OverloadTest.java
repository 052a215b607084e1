package io.replog.sim;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.replog.core.AppendOutcome;
import io.replog.core.AppendOutcome.Appended;
import io.replog.core.AppendOutcome.Refused;
import io.replog.core.AppendRequest;
import io.replog.core.Refusal;
import io.replog.core.WriteConcern;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** More appends at once than a master has room for, in virtual time. */
class OverloadTest {
  private static final int ROOM = 1024;

  /** What the simulated masters are set to. */
  private static final int MAY_WAIT = 40;

  private static final Duration LONG = Duration.ofSeconds(10);

  private final SimClock clock = new SimClock(Trace.off());
  private final SimCluster cluster = SimCluster.ofThree(clock, 7, Sabotage.NONE);

  @BeforeEach
  void start() {
    cluster.start();
    clock.run(LONG);
  }

  @Test
  void whatFindsTheQueueFullIsRefusedAtOnceAndNothingAcceptedIsLost() {
    List<AppendOutcome> answers = new ArrayList<>();
    for (int i = 0; i < 2 * ROOM; i++) {
      append(answers::add);
    }
    assertThat(answers).hasSize(ROOM).allMatch(new Refused(new Refusal.Overloaded(ROOM))::equals);
    answers.clear();

    clock.run(LONG);

    List<Long> taken = new ArrayList<>();
    for (AppendOutcome answer : answers) {
      switch (answer) {
        case Appended appended -> taken.add(appended.lastSequence());
        case Refused(Refusal.Overloaded(int limit)) -> assertThat(limit).isEqualTo(MAY_WAIT);
        default -> throw new AssertionError(answer);
      }
    }
    assertThat(answers).hasSize(ROOM);
    assertThat(taken).hasSizeGreaterThanOrEqualTo(MAY_WAIT);
    assertThat(taken)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, taken.size()).boxed().toList());
    assertThat(cluster.node("secondary-0").node().watermarks().lastSequence())
        .isEqualTo(taken.size());
  }

  @Test
  void aQueueThatWasFullHasRoomAgain() {
    for (int round = 1; round <= 3; round++) {
      for (int i = 0; i < 2 * ROOM; i++) {
        append(answer -> {});
      }
      clock.run(LONG);
    }
    List<AppendOutcome> answers = new ArrayList<>();
    append(answers::add);
    clock.run(LONG);
    assertThat(answers).singleElement().isInstanceOf(Appended.class);
  }

  private void append(Consumer<AppendOutcome> answer) {
    var request =
        new AppendRequest(
            List.of("text".getBytes(UTF_8)), new WriteConcern.Majority(), true, null, null, null);
    cluster.node("master-0").node().append(request, answer);
  }
}
