package io.replog.core;

/** What the master does with a secondary now. */
public enum FeedState {
  /** Level or nearly so: new entries go out as they come. */
  STREAMING,
  /** Being brought to the master's log. */
  CATCHING_UP,
  /** Not reachable; the next attempt is under way or waits for its time. */
  RETRYING,
  /**
   * Its log disagrees with the master's below what both hold as committed: reported, never fed,
   * never counted.
   */
  DIVERGED
}
