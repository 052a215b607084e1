package io.replog.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.replog.sim.Linearizability.Placed;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The checker of histories is checked with histories that are wrong on purpose. */
class LinearizabilityTest {
  private static Placed append(long sequence, long invoked, long over) {
    return new Placed(2 * sequence, invoked, over, "append " + sequence);
  }

  private static Placed read(long upTo, long invoked, long over) {
    return new Placed(2 * upTo + 1, invoked, over, "read " + upTo);
  }

  @Test
  void takesAHistoryThatGrowsInItsOrder() {
    assertThat(
            Linearizability.contradiction(
                List.of(append(1, 0, 5), read(1, 6, 8), append(2, 4, 9), read(2, 7, 12))))
        .isNull();
  }

  @Test
  void takesAnAppendThatWasNeverAnsweredWhereverItIs() {
    assertThat(
            Linearizability.contradiction(
                List.of(append(1, 20, 25), append(2, 0, Operation.NEVER), read(2, 30, 31))))
        .isNull();
  }

  @Test
  void findsAReadThatMissesWhatWasAnsweredBefore() {
    assertThat(Linearizability.contradiction(List.of(append(1, 0, 5), read(0, 6, 8)))).isNotNull();
  }

  @Test
  void findsAReadThatGoesBack() {
    assertThat(
            Linearizability.contradiction(
                List.of(append(1, 0, Operation.NEVER), read(1, 2, 3), read(0, 4, 5))))
        .isNotNull();
  }

  @Test
  void findsAnAppendThatCameBeforeOneThatWasOver() {
    assertThat(Linearizability.contradiction(List.of(append(2, 0, 5), append(1, 6, 8))))
        .isNotNull();
  }

  @Test
  void findsAReadOfWhatWasNotAskedForYet() {
    assertThat(Linearizability.contradiction(List.of(read(1, 0, 5), append(1, 6, 8)))).isNotNull();
  }

  /** The search over all orders (Wing and Gong, 1993) gives the same answers. */
  @Test
  void agreesWithTheSearchOverAllOrders() {
    SplittableRandom random = new SplittableRandom(1);
    int linearizable = 0;
    int rounds = 20_000;
    for (int round = 0; round < rounds; round++) {
      List<Placed> history = new ArrayList<>();
      int appends = 1 + random.nextInt(3);
      for (int sequence = 1; sequence <= appends; sequence++) {
        long invoked = random.nextInt(12);
        boolean answered = random.nextInt(4) > 0;
        history.add(
            append(sequence, invoked, answered ? invoked + random.nextInt(6) : Operation.NEVER));
      }
      for (int reads = random.nextInt(3); reads > 0; reads--) {
        long invoked = random.nextInt(12);
        history.add(read(random.nextInt(appends + 1), invoked, invoked + random.nextInt(6)));
      }
      boolean searched = search(history, 0);
      assertThat(Linearizability.contradiction(history) == null)
          .as("%s", history)
          .isEqualTo(searched);
      linearizable += searched ? 1 : 0;
    }
    assertThat(linearizable).isBetween(rounds / 20, rounds - rounds / 20);
  }

  /** Whether the rest can take effect one by one, each while nothing else was over before it. */
  private static boolean search(List<Placed> rest, long length) {
    if (rest.isEmpty()) {
      return true;
    }
    for (Placed next : List.copyOf(rest)) {
      boolean first = rest.stream().noneMatch(other -> other.overNanos() < next.invokedNanos());
      boolean isRead = next.place() % 2 == 1;
      long sequence = next.place() / 2;
      boolean fits = isRead ? sequence == length : sequence == length + 1;
      if (first && fits) {
        List<Placed> others = new ArrayList<>(rest);
        others.remove(next);
        if (search(others, isRead ? length : sequence)) {
          return true;
        }
      }
    }
    return false;
  }
}
