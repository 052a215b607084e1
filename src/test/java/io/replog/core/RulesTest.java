package io.replog.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.replog.core.Deduplicator.Earlier;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The small rules, each by itself. */
class RulesTest {
  private static final long SECOND = 1_000_000_000L;

  @Nested
  class TheDeduplicator {
    private static Earlier at(long sequence) {
      return new Earlier(sequence, sequence, 1, HashChain.ofContent(List.of(new byte[] {7})));
    }

    @Test
    void knowsWhetherARepeatedAppendSaysTheSame() {
      byte[] a = "a".getBytes(UTF_8);
      byte[] b = "b".getBytes(UTF_8);
      byte[] both = "ab".getBytes(UTF_8);
      Earlier one = new Earlier(5, 5, 1, HashChain.ofContent(List.of(both)));
      Earlier two = new Earlier(5, 6, 1, HashChain.ofContent(List.of(a, b)));

      assertThat(one.says(List.of(both))).isTrue();
      assertThat(one.says(List.of(a))).isFalse();
      assertThat(one.says(List.of(a, b))).isFalse();
      assertThat(two.says(List.of(a, b))).isTrue();
      assertThat(two.says(List.of(b, a))).isFalse();
      assertThat(two.says(List.of(both, new byte[0]))).isFalse();
      // a message that is what a batch is hashed by
      byte[] framed = {0, 0, 0, 1, 'a', 0, 0, 0, 1, 'b'};
      assertThat(two.says(List.of(framed))).isFalse();
    }

    @Test
    void findsAnIdentityWithinTheWindow() {
      Deduplicator deduplicator = new Deduplicator(3, 1000);
      deduplicator.remember("a", at(1), 0);

      assertThat(deduplicator.find("a")).contains(at(1));
      assertThat(deduplicator.find("b")).isEmpty();
    }

    @Test
    void forgetsByCountAndByTheTimestampsOfTheLog() {
      Deduplicator deduplicator = new Deduplicator(3, 1000);
      deduplicator.remember("a", at(1), 0);
      deduplicator.advance(3, 0);
      assertThat(deduplicator.find("a")).isPresent();
      deduplicator.advance(4, 0);
      assertThat(deduplicator.find("a")).isEmpty();

      deduplicator.remember("b", at(5), 100);
      deduplicator.advance(6, 1100);
      assertThat(deduplicator.find("b")).isPresent();
      deduplicator.advance(7, 1101);
      assertThat(deduplicator.find("b")).isEmpty();
      assertThat(deduplicator.size()).isZero();
    }

    @Test
    void anEntryThatIsCutOffTakesItsKeyWithIt() {
      Deduplicator deduplicator = new Deduplicator(10, 1000);
      deduplicator.remember("kept", at(1), 0);
      deduplicator.remember("cut", at(2), 0);

      deduplicator.cutAfter(1);

      assertThat(deduplicator.find("kept")).isPresent();
      assertThat(deduplicator.find("cut")).isEmpty();
    }

    @Test
    void holdsWhatOnlyAnUncommittedEntryMovedOutOfTheWindow() {
      Deduplicator deduplicator = new Deduplicator(3, 1000);
      deduplicator.remember("first", at(1), 0);
      deduplicator.remember("second", at(2), 0);
      deduplicator.committed(3);
      deduplicator.advance(5, 0);
      assertThat(deduplicator.find("second")).isEmpty();
      assertThat(deduplicator.oldest(6)).isEqualTo(1);

      deduplicator.committed(4);
      assertThat(deduplicator.oldest(6)).isEqualTo(1);
      deduplicator.committed(5);
      assertThat(deduplicator.oldest(6)).isEqualTo(6);
    }

    @Test
    void aKeyIsInTheWindowAgainWhenWhatMovedItOutIsCutOff() {
      Deduplicator deduplicator = new Deduplicator(3, 1000);
      deduplicator.remember("a", at(1), 0);
      deduplicator.committed(2);
      deduplicator.remember("b", at(4), 0);
      assertThat(deduplicator.find("a")).isEmpty();

      deduplicator.cutAfter(3);

      assertThat(deduplicator.find("a")).contains(at(1));
      assertThat(deduplicator.find("b")).isEmpty();
      deduplicator.advance(4, 0);
      assertThat(deduplicator.find("a")).isEmpty();
    }

    @Test
    void isTheSameWhetherBuiltAlongTheWayOrFromTheLogsEnd() {
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(3);
      Deduplicator along = new Deduplicator(50, 500);
      long[] times = random.longs(1000, 0, 20).toArray();
      long time = 0;
      for (int i = 1; i <= 1000; i++) {
        time += times[i - 1];
        along.remember("k" + i, at(i), time);
      }
      Deduplicator rebuilt = new Deduplicator(50, 500);
      long again = 0;
      for (int i = 1; i <= 1000; i++) {
        again += times[i - 1];
        if (i >= rebuilt.windowStart(1000)) {
          rebuilt.remember("k" + i, at(i), again);
        }
      }
      for (int i = 1; i <= 1000; i++) {
        assertThat(rebuilt.find("k" + i)).isEqualTo(along.find("k" + i));
      }
    }
  }

  @Nested
  class TheReorderWindow {
    private final List<Frame> log = frames(50);

    @Test
    void givesOutInOrderWhateverOrderFramesComeIn() {
      for (int seed = 0; seed < 200; seed++) {
        List<Frame> shuffled = new ArrayList<>(log);
        Collections.shuffle(shuffled, new Random(seed));
        ReorderWindow window = new ReorderWindow(1 << 20, 100);
        List<Frame> stored = new ArrayList<>();
        for (Frame frame : shuffled) {
          long last = stored.isEmpty() ? 0 : stored.getLast().last().sequence();
          if (frame.first().sequence() == last + 1) {
            stored.add(frame);
          } else {
            assertThat(window.hold(frame, last)).isTrue();
          }
          stored.addAll(window.release(stored.isEmpty() ? 0 : stored.getLast().last().sequence()));
        }
        assertThat(stored).as("seed %d", seed).isEqualTo(log);
        assertThat(window.isEmpty()).isTrue();
      }
    }

    @Test
    void holdsNoMoreThanItMay() {
      ReorderWindow byBytes = new ReorderWindow(log.get(5).size() + 1, 100);
      assertThat(byBytes.hold(log.get(5), 0)).isTrue();
      assertThat(byBytes.hold(log.get(5), 0)).as("the same again").isTrue();
      assertThat(byBytes.hold(log.get(6), 0)).isFalse();

      ReorderWindow byDistance = new ReorderWindow(1 << 20, 3);
      assertThat(byDistance.hold(log.get(2), 0)).isTrue();
      assertThat(byDistance.hold(log.get(3), 0)).isFalse();
    }

    @Test
    void dropsWhatTheLogHasOvertaken() {
      ReorderWindow window = new ReorderWindow(1 << 20, 100);
      window.hold(log.get(5), 0);

      assertThat(window.release(10)).isEmpty();
      assertThat(window.isEmpty()).isTrue();
    }
  }

  @Nested
  class TheBackoff {
    @Test
    void growsToItsCeilingWithFullJitterAndIsResetBySuccess() {
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(5);
      Backoff backoff = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(2), random);
      long highest = 0;
      for (int failure = 0; failure < 200; failure++) {
        long wait = backoff.next().toMillis();
        long limit = failure > 20 ? 2000 : Math.min(2000, 50L << failure);
        assertThat(wait).isBetween(0L, limit);
        highest = Math.max(highest, wait);
      }
      assertThat(highest).isGreaterThan(1500);
      backoff.reset();
      assertThat(backoff.next()).isLessThanOrEqualTo(Duration.ofMillis(50));
    }

    @Test
    void refusesAWaitThatIsNone() {
      assertThatThrownBy(
              () -> new Backoff(Duration.ZERO, Duration.ofSeconds(1), RandomGenerator.getDefault()))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Nested
  class TheFailureDetector {
    @Test
    void goesByTheAgeOfTheLastAnswer() {
      FailureDetector detector =
          new FailureDetector(Duration.ofSeconds(1), Duration.ofSeconds(3), 0);
      assertThat(detector.status(0)).as("never answered").isEqualTo(NodeStatus.UNHEALTHY);
      assertThat(detector.lastContactMillis(0)).isEqualTo(-1);

      detector.answered(SECOND);
      assertThat(detector.status(2 * SECOND - 1)).isEqualTo(NodeStatus.HEALTHY);
      assertThat(detector.status(2 * SECOND)).isEqualTo(NodeStatus.SUSPECTED);
      assertThat(detector.status(4 * SECOND)).isEqualTo(NodeStatus.UNHEALTHY);
      assertThat(detector.lastContactMillis(4 * SECOND)).isEqualTo(3000);

      detector.answered(5 * SECOND);
      assertThat(detector.status(5 * SECOND)).isEqualTo(NodeStatus.HEALTHY);
    }
  }

  @Nested
  class TheProgressOfASecondary {
    @Test
    void neverGoesBackAndKeepsItsOrder() {
      SecondaryProgress progress = new SecondaryProgress(10);
      progress.sent(20, 0);
      assertThat(progress.acknowledged(20, 15, 12, 1)).isTrue();
      assertThat(progress.acknowledged(18, 14, 11, 2)).isFalse();

      assertThat(progress.next()).isEqualTo(21);
      assertThat(progress.received()).isEqualTo(20);
      assertThat(progress.stored()).isEqualTo(15);
      assertThat(progress.durable()).isEqualTo(12);
    }

    @Test
    void isOverdueOnlyWhileAReceiptIsMissing() {
      SecondaryProgress progress = new SecondaryProgress(0);
      assertThat(progress.overdue(10 * SECOND, SECOND)).isFalse();
      progress.sent(5, 10 * SECOND);
      assertThat(progress.overdue(11 * SECOND - 1, SECOND)).isFalse();
      assertThat(progress.overdue(11 * SECOND, SECOND)).isTrue();
      progress.acknowledged(5, 0, 0, 11 * SECOND);
      assertThat(progress.overdue(60 * SECOND, SECOND)).as("received, but held back").isFalse();
    }

    @Test
    void goesOnAfterWhatIsStoredWhenADeliveryFailed() {
      SecondaryProgress progress = new SecondaryProgress(0);
      progress.sent(5, 0);
      progress.acknowledged(5, 3, 3, 1);
      progress.rewind();
      assertThat(progress.next()).isEqualTo(4);
    }
  }

  @Nested
  class TheTimesOfASequence {
    @Test
    void answerForEverySequenceBelowACumulativePoint() {
      SequenceTimes times = new SequenceTimes(4);
      assertThat(times.at(1)).isEqualTo(-1);
      times.passed(3, 100);
      times.passed(3, 150);
      times.passed(7, 200);

      assertThat(times.at(1)).isEqualTo(100);
      assertThat(times.at(3)).isEqualTo(100);
      assertThat(times.at(4)).isEqualTo(200);
      assertThat(times.at(8)).isEqualTo(-1);
    }

    @Test
    void sayNothingOfWhatWasThereBefore() {
      SequenceTimes times = new SequenceTimes(4);
      times.passed(9, 50);

      times.beginAfter(5);
      times.passed(5, 100);
      assertThat(times.at(5)).isEqualTo(-1);
      times.passed(7, 200);

      assertThat(times.at(5)).isEqualTo(-1);
      assertThat(times.at(6)).isEqualTo(200);
      assertThat(times.at(9)).isEqualTo(-1);
    }

    @Test
    void rememberOnlyTheNewest() {
      SequenceTimes times = new SequenceTimes(3);
      for (int i = 1; i <= 10; i++) {
        times.passed(i * 10L, i);
      }
      assertThat(times.at(1)).isEqualTo(-1);
      assertThat(times.at(80)).as("whether it passed earlier is not known any more").isEqualTo(-1);
      assertThat(times.at(81)).isEqualTo(9);
      assertThat(times.at(100)).isEqualTo(10);
    }
  }

  @Nested
  class TheSearchForACommonPrefix {
    @Test
    void findsTheLastCommonEntryInLogarithmicallyManySteps() {
      for (long common = 0; common <= 200; common++) {
        PrefixSearch search = new PrefixSearch(0, 200);
        int steps = 0;
        while (!search.done()) {
          search = search.after(search.probe() <= common);
          steps++;
        }
        assertThat(search.low()).isEqualTo(common);
        assertThat(steps).isLessThanOrEqualTo(8);
      }
    }
  }

  private static List<Frame> frames(int count) {
    HashChain chain = new HashChain();
    Hash hash = HashChain.origin(new UUID(0, 0));
    List<Frame> frames = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      Frame frame =
          FrameCodec.encode(
              chain, hash, i, 1, i, null, List.of(("m" + i).getBytes(StandardCharsets.UTF_8)));
      frames.add(frame);
      hash = frame.last().hash();
    }
    return frames;
  }
}
