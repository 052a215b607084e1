package io.replog.core;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Exponential backoff with full jitter and a ceiling: attempt {@code k} waits a uniformly random
 * time up to {@code min(ceiling, base * 2^k)}, so that many that failed together do not come back
 * together ("Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
 *
 * <p>Not safe for use by several threads.
 */
public final class Backoff {
  private final Duration base;
  private final Duration ceiling;
  private final RandomGenerator random;
  private int failures;

  public Backoff(Duration base, Duration ceiling, RandomGenerator random) {
    if (base.isNegative() || base.isZero() || ceiling.compareTo(base) < 0) {
      throw new IllegalArgumentException("a backoff from " + base + " to " + ceiling);
    }
    this.base = base;
    this.ceiling = ceiling;
    this.random = random;
  }

  /** How long to wait after one more failure. */
  public Duration next() {
    long limit = ceiling.toNanos();
    boolean atCeiling = failures >= Long.SIZE - 2 || base.toNanos() > limit >> failures;
    long reach = atCeiling ? limit : base.toNanos() << failures;
    failures++;
    return Duration.ofNanos(random.nextLong(reach + 1));
  }

  /** A success: the next failure waits briefly again. */
  public void reset() {
    failures = 0;
  }

  /** Failures since the last success. */
  public int failures() {
    return failures;
  }
}
