package io.replog.sim;

import java.util.random.RandomGenerator;

/** One more kind of trouble, which comes now and then until it is stopped. */
abstract class Mischief {
  private final SimClock clock;
  private final SimCluster cluster;
  private final RandomGenerator random;
  private final long leastNanos;
  private final long mostNanos;
  private boolean stopped;

  /**
   * @param leastNanos shortest time between two of it
   * @param mostNanos longest
   */
  Mischief(
      SimClock clock, SimCluster cluster, RandomGenerator random, long leastNanos, long mostNanos) {
    this.clock = clock;
    this.cluster = cluster;
    this.random = random;
    this.leastNanos = leastNanos;
    this.mostNanos = mostNanos;
  }

  RandomGenerator random() {
    return random;
  }

  SimCluster cluster() {
    return cluster;
  }

  SimClock clock() {
    return clock;
  }

  final void start() {
    later(
        leastNanos + random.nextLong(mostNanos - leastNanos),
        () -> {
          if (!cluster.isQuiet()) {
            act();
          }
          start();
        });
  }

  /** Plans something that is not done once all is healed. */
  final void later(long delayNanos, Runnable task) {
    clock.in(
        delayNanos,
        "nemesis",
        "does",
        getClass().getSimpleName(),
        () -> {
          if (!stopped) {
            task.run();
          }
        });
  }

  /** No more of it; what it changed is put right. */
  void stop() {
    stopped = true;
  }

  /** Does something, or lets it be. */
  abstract void act();
}
