package io.replog.core;

/**
 * Epochs come in eras of a thousand million. Takeovers count on within an era; only an operator's
 * forced configuration ({@link ForcedConfiguration}) begins another. So any epoch of the forced
 * configuration's line is above all that the line before it can ever reach, and a node can tell by
 * an epoch alone that the cluster went on without it. MongoDB raises the version of a forced
 * reconfiguration by a large random number for the same reason.
 */
public final class Era {
  /** Epochs of one era: a takeover a second fills it in 31 years. */
  public static final long EPOCHS = 1_000_000_000L;

  /** A forced configuration skips fewer eras than this. */
  public static final int MOST_SKIPPED = 1000;

  private Era() {}

  /** The era that an epoch is of, from 0. */
  public static long of(long epoch) {
    return epoch / EPOCHS;
  }

  /** The first epoch of an era. */
  static long first(long era) {
    return Math.multiplyExact(era, EPOCHS);
  }
}
