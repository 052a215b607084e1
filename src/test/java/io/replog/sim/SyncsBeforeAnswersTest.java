package io.replog.sim;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.replog.core.AppendOutcome;
import io.replog.core.AppendOutcome.Appended;
import io.replog.core.AppendRequest;
import io.replog.core.WriteConcern;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * At the moment of an answer the media themselves are looked at: what would be left of every copy
 * if all power went now and nothing unsynced were kept.
 */
class SyncsBeforeAnswersTest {
  private static final int APPENDS = 200;

  private final SimClock clock = new SimClock(Trace.off());
  private final SimCluster cluster = SimCluster.ofThree(clock, 11, Sabotage.NONE);

  static Stream<Arguments> concerns() {
    return Stream.of(
        Arguments.of(new WriteConcern.Copies(1), 1),
        Arguments.of(new WriteConcern.Copies(2), 2),
        Arguments.of(new WriteConcern.Majority(), 2),
        Arguments.of(new WriteConcern.Copies(3), 3),
        Arguments.of(new WriteConcern.All(), 3));
  }

  @ParameterizedTest
  @MethodSource("concerns")
  void aDurableAnswerComesAfterAsManySyncsAsItsWriteConcernSays(WriteConcern concern, int copies) {
    List<Integer> synced = append(concern, true);

    assertThat(synced).hasSize(APPENDS).allMatch(count -> count >= copies);
  }

  @Test
  void anAnswerThatNeedsNoSyncComesBeforeAny() {
    List<Integer> synced = append(new WriteConcern.All(), false);

    assertThat(synced).hasSize(APPENDS).contains(0);
  }

  /** On how many media each message was when its append was answered, in that order. */
  private List<Integer> append(WriteConcern concern, boolean journal) {
    long syncNanos = Duration.ofMillis(2).toNanos();
    for (SimNode node : cluster.nodes()) {
      node.slowSyncs(syncNanos);
      syncNanos *= 3;
    }
    cluster.start();
    clock.run(Duration.ofSeconds(10));
    List<Integer> synced = new ArrayList<>();
    for (int i = 0; i < APPENDS; i++) {
      String message = "<message %d>".formatted(i);
      var request =
          new AppendRequest(List.of(message.getBytes(UTF_8)), concern, journal, null, null, null);
      cluster
          .node("master-0")
          .node()
          .append(request, outcome -> synced.add(media(outcome, message)));
      clock.run(Duration.ofNanos(700_000));
    }
    clock.run(Duration.ofSeconds(10));
    return synced;
  }

  private int media(AppendOutcome outcome, String message) {
    assertThat(outcome)
        .isInstanceOfSatisfying(Appended.class, a -> assertThat(a.satisfied()).isTrue());
    return (int) cluster.nodes().stream().filter(node -> isOnMedium(node, message)).count();
  }

  private static boolean isOnMedium(SimNode node, String message) {
    return node.disk().paths().stream()
        .filter(path -> path.startsWith("log/"))
        .map(path -> new String(node.disk().onMedium(path), StandardCharsets.ISO_8859_1))
        .anyMatch(content -> content.contains(message));
  }
}
