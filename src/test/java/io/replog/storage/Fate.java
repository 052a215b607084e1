package io.replog.storage;

import java.util.random.RandomGenerator;

/** What a crash does to a change that was not synced. */
public enum Fate {
  KEPT,
  LOST,
  /** Some of its sectors are kept. */
  TORN,
  /** For each change one of the others. */
  MIXED;

  Fate choose(RandomGenerator random) {
    return this == MIXED ? values()[random.nextInt(3)] : this;
  }
}
