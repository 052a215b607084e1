package io.replog.sim;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.replog.core.AppendOutcome;
import io.replog.core.AppendRequest;
import io.replog.core.WriteConcern;
import io.replog.node.Node.Trimming;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** A newcomer that is fed from a segment which was given up before it came. */
class FedWhileTrimmedTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  /** More bytes than a simulated node puts into one segment. */
  private static final int SEGMENT = 3000;

  private final SimClock clock = new SimClock(Trace.off());
  private final SimCluster cluster =
      new SimCluster(
          new SimCluster.Shape(1, 3, false, 1, Weather.FINE, 1_000_000, null),
          clock,
          Trace.off(),
          new SplittableRandom(7),
          new Unwatched(),
          Sabotage.NONE);

  @Test
  void whatItIsFedFromStaysUntilItHasIt() {
    SimNode newcomer = cluster.node("secondary-2");
    cluster.withhold(newcomer);
    cluster.start();
    assertThat(until(() -> master().node().cluster().readWrite())).isTrue();
    append(SEGMENT);
    // it may go, but lies in the segment that is written to
    assertThat(trim(2)).isEqualTo(1);

    cluster.enrol(newcomer);
    assertThat(until(() -> newcomer.state().clusterId() != null)).isTrue();
    newcomer.pause();
    append(100);
    assertThat(trim(1)).isEqualTo(1);
    clock.run(Duration.ofSeconds(5));
    newcomer.resume();

    assertThat(until(() -> newcomer.committed() == 2)).isTrue();
    assertThat(until(() -> trim(2) == 2)).isTrue();
  }

  private SimNode master() {
    return cluster.node("master-0");
  }

  private void append(int bytes) {
    AtomicReference<AppendOutcome> outcome = new AtomicReference<>();
    byte[] message = "x".repeat(bytes).getBytes(UTF_8);
    var request =
        new AppendRequest(List.of(message), new WriteConcern.Majority(), true, null, null, null);
    var _ = master().node().append(request, outcome::set);
    assertThat(until(() -> outcome.get() != null)).isTrue();
    assertThat(outcome.get()).isInstanceOf(AppendOutcome.Appended.class);
    clock.run(Duration.ofSeconds(1));
  }

  /** The first sequence from now on. */
  private long trim(long before) {
    AtomicReference<Trimming> answer = new AtomicReference<>();
    master().node().trim(before, answer::set);
    clock.run(Duration.ofMillis(10));
    assertThat(answer.get()).isInstanceOf(Trimming.Done.class);
    return master().node().log().firstSequence();
  }

  private boolean until(BooleanSupplier so) {
    return clock.until(SOON, so);
  }
}
