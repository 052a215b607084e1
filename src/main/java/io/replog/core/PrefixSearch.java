package io.replog.core;

/**
 * Binary search for the last entry that two logs have in common: equal hashes at a sequence prove
 * equal logs up to it, so what differs once differs from there on. Immutable.
 *
 * @param low a sequence at which both are known to be equal
 * @param high no sequence above this one is common
 */
public record PrefixSearch(long low, long high) {

  public PrefixSearch {
    if (high < low) {
      throw new IllegalArgumentException("nothing common from " + low + " to " + high);
    }
  }

  /** Whether the answer is known: it is {@link #low}. */
  public boolean done() {
    return low == high;
  }

  /** The sequence whose hashes are to be compared next; only while not done. */
  public long probe() {
    return low + (high - low + 1) / 2;
  }

  /** The search after the comparison at {@link #probe}. */
  public PrefixSearch after(boolean equal) {
    return equal ? new PrefixSearch(probe(), high) : new PrefixSearch(low, probe() - 1);
  }
}
