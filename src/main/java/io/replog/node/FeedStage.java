package io.replog.node;

import io.replog.core.FeedState;
import io.replog.replication.PeerMessage.Standing;
import org.jspecify.annotations.Nullable;

/** How far a {@link Feed} has come with its secondary. */
sealed interface FeedStage {
  record Down() implements FeedStage {}

  /** Looking for the last common entry. */
  record Aligning(Alignment alignment) implements FeedStage {}

  /**
   * Bringing the store to the master's log.
   *
   * @param of where the store stood for which the sync was sent, null once that is asked anew
   * @param sentAtNanos when, by the node's clock
   */
  record Syncing(@Nullable Standing of, long sentAtNanos) implements FeedStage {
    /** A store that cannot heed a sync reports anew for each message that came with it. */
    boolean isFor(Standing standing) {
      return of != null
          && of.store().equals(standing.store())
          && of.logEpoch() == standing.logEpoch()
          && of.lastSequence() == standing.lastSequence()
          && of.lastHash().equals(standing.lastHash());
    }
  }

  record Streaming() implements FeedStage {}

  record Diverging(String why) implements FeedStage {}

  /** What is shown of it, with what matters only while it streams. */
  default FeedState shown(boolean backingOff, boolean behind) {
    return switch (this) {
      case Down() -> FeedState.RETRYING;
      case Diverging(String why) -> FeedState.DIVERGED;
      case Aligning aligning -> FeedState.CATCHING_UP;
      case Syncing syncing -> FeedState.CATCHING_UP;
      case Streaming() when backingOff -> FeedState.RETRYING;
      case Streaming() -> behind ? FeedState.CATCHING_UP : FeedState.STREAMING;
    };
  }
}
