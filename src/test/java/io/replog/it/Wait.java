package io.replog.it;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.awaitility.core.ThrowingRunnable;

/** Bounded waits that say what was waited for. A node that does not answer yet is not there yet. */
final class Wait {
  private static final Duration LOOK_AGAIN = Duration.ofMillis(25);

  private Wait() {}

  static void until(String what, Duration atMost, Callable<Boolean> holds) {
    of(what, atMost).until(holds);
  }

  /** Waits until the assertions hold; the last failure says what did not. */
  static void untilAsserted(String what, Duration atMost, ThrowingRunnable assertions) {
    of(what, atMost).untilAsserted(assertions);
  }

  /** Waits as {@link #until}, but no longer than the process lives. */
  static void until(String what, Duration atMost, ReplogProcess lives, Callable<Boolean> holds) {
    of(what, atMost)
        .failFast(lives.name() + " ended while waiting: " + what, () -> !lives.isAlive())
        .until(holds);
  }

  private static ConditionFactory of(String what, Duration atMost) {
    return Awaitility.await(what)
        .atMost(atMost)
        .pollDelay(Duration.ZERO)
        .pollInterval(LOOK_AGAIN)
        .ignoreException(UncheckedIOException.class);
  }
}
