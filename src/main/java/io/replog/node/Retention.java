package io.replog.node;

import io.replog.core.Configuration;
import io.replog.core.Seat;
import io.replog.node.Node.Trimming;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What an active master has trimmed: by request, and by the retention that was set. Nothing goes
 * that is not committed, that a seat or a learner does not have on its disk, or that is the entry
 * of a key which is still remembered. The master says what may go; each node drops whole segments
 * of its own.
 *
 * <p>On the node's thread only.
 */
final class Retention {
  private final MasterContext context;
  private final Map<PeerSession, Feed> feeds;
  private final LongSupplier oldestKey;
  private long keepFrom;

  /** How far may be trimmed now, and what keeps the rest. */
  private record Limit(long keepFrom, @Nullable String heldBy) {
    Limit or(long other, String why) {
      return other < keepFrom ? new Limit(other, why) : this;
    }
  }

  /**
   * @param feeds the present feeds, as they are when looked at
   * @param oldestKey the oldest sequence whose key is still remembered
   */
  Retention(MasterContext context, Map<PeerSession, Feed> feeds, LongSupplier oldestKey) {
    this.context = context;
    this.feeds = feeds;
    this.oldestKey = oldestKey;
    this.keepFrom = context.copy().log().firstSequence();
  }

  /**
   * What the members have to keep: nothing below is needed by one of them any more. It never goes
   * back, though this node keeps more for a while where a newcomer is being fed.
   */
  long keepFrom() {
    return keepFrom;
  }

  /** Now and then: what was set. */
  void tick() {
    LocalCopy copy = context.copy();
    long wanted = keepFrom;
    Long bytes = context.config().retainedBytes();
    if (bytes != null) {
      wanted = Math.max(wanted, copy.log().startKeeping(bytes));
    }
    if (context.config().retainedFor() != null) {
      long oldest = context.loop().currentTimeMillis() - context.config().retainedFor().toMillis();
      wanted = Math.max(wanted, copy.log().startWithout(oldest));
    }
    trim(limit(wanted).keepFrom());
  }

  /** By request. */
  Trimming trim(long before, long committed) {
    if (before > committed + 1) {
      return new Trimming.OutOfRange(committed + 1);
    }
    Limit limit = limit(before);
    long first = trim(limit.keepFrom());
    String why = limit.heldBy();
    if (first < before && why == null) {
      why = "segments are dropped whole, and the next one has entries from " + before + " on";
    }
    return new Trimming.Done(first, first < before ? why : null);
  }

  /** The own copy goes no further than now may be: who came since may be fed from below. */
  private long trim(long from) {
    keepFrom = Math.max(keepFrom, from);
    return context.copy().trimBefore(from);
  }

  private Limit limit(long wanted) {
    Limit limit =
        new Limit(wanted, null)
            .or(context.copy().committedSequence() + 1, "what follows is not committed")
            .or(oldestKey.getAsLong(), "the keys of what follows are still remembered");
    for (Configuration configuration : context.state().membership().inForce()) {
      for (Seat seat : configuration.seats()) {
        limit = limit.or(durableAt(seat.store()) + 1, seat.node() + " does not have what follows");
      }
    }
    for (Feed feed : feeds.values()) {
      limit = limit.or(feed.keeps() + 1, feed.node() + " does not have what follows");
    }
    return limit;
  }

  private long durableAt(@Nullable UUID store) {
    for (Feed feed : feeds.values()) {
      if (store != null && store.equals(feed.store())) {
        return feed.keeps();
      }
    }
    return 0;
  }
}
