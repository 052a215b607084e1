package io.replog.core;

/**
 * Where a log begins, and what its first entry continues. All entries before were committed, and
 * have been trimmed: the hash stands for them.
 *
 * @param sequence sequence of the first entry there is or will be, from 1
 * @param hashBefore hash of the entry before it; zeros where it is not known yet or, in the mark of
 *     a log that begins with 1, needs no saying
 * @param epochBefore epoch of the entry before it, 0 without any
 * @param timestampBefore its timestamp in ms since 1970 UTC, 0 without any
 */
public record LogStart(long sequence, Hash hashBefore, long epochBefore, long timestampBefore) {
  /** The beginning of a log of which nothing was trimmed. */
  public static final LogStart ORIGIN = new LogStart(1, Hash.of(new byte[Hash.BYTES]), 0, 0);

  /** The last sequence that was trimmed, 0 if none was. */
  public long before() {
    return sequence - 1;
  }

  /**
   * Whether a copy that ends before this place, or differs there, may be thrown away for it: what
   * it knows as committed is then in what the hash stands for, unless an operator has forced a
   * configuration since. Nobody can tell then whether that was given up.
   *
   * @param logEpoch the copy's log epoch
   * @param committed what it knows as committed
   * @param reignEpoch the epoch of the log that begins here
   */
  public boolean mayReplace(long logEpoch, long committed, long reignEpoch) {
    return committed < before() && (committed == 0 || Era.of(logEpoch) >= Era.of(reignEpoch));
  }
}
