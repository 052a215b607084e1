package io.replog.core;

/** What a read promises. */
public enum ReadConcern {
  /**
   * This node's contiguous prefix: may be behind, and above the committed sequence it may be rolled
   * back on a failover.
   */
  LOCAL,
  /** The prefix up to the committed sequence known here: never rolled back. */
  MAJORITY,
  /**
   * The active master's commits at the read's arrival, confirmed by a quorum: sees all that was
   * answered before.
   */
  LINEARIZABLE
}
