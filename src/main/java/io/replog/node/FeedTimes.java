package io.replog.node;

import io.replog.core.SequenceTimes;
import java.util.ArrayDeque;
import java.util.List;

/**
 * When what was sent to a secondary, and stored and durable there, in nanoseconds of the node's
 * loop. The newest only.
 *
 * <p>On the node's thread only.
 */
final class FeedTimes {
  private static final int REMEMBERED = 4096;
  private static final int REMEMBERED_RETRIES = 100;

  private record Retry(long first, long last, long atNanos) {}

  private final SequenceTimes sent = new SequenceTimes(REMEMBERED);
  private final SequenceTimes stored = new SequenceTimes(REMEMBERED);
  private final SequenceTimes durable = new SequenceTimes(REMEMBERED);
  private final ArrayDeque<Retry> retries = new ArrayDeque<>();
  private final long before;

  /**
   * @param before the log's last sequence before there was this feed
   */
  FeedTimes(long before) {
    this.before = before;
    sent.beginAfter(before);
  }

  SequenceTimes sent() {
    return sent;
  }

  SequenceTimes stored() {
    return stored;
  }

  SequenceTimes durable() {
    return durable;
  }

  /** What was in flight is sent again. */
  void retried(long first, long last, long nowNanos) {
    retries.addLast(new Retry(first, last, nowNanos));
    if (retries.size() > REMEMBERED_RETRIES) {
      retries.removeFirst();
    }
  }

  /** When deliveries that held a sequence were repeated, newest last. */
  List<Long> retriesOf(long sequence) {
    return retries.stream()
        .filter(retry -> sequence >= retry.first() && sequence <= retry.last())
        .map(Retry::atNanos)
        .toList();
  }

  /**
   * The secondary is fed anew: what was known of its log need not hold any more.
   *
   * @param sequence up to which it has the log. What of that is older than the feed nobody here saw
   *     come; the rest came while the link was gone
   */
  void begin(long sequence) {
    long seen = Math.min(before, sequence);
    stored.beginAfter(seen);
    durable.beginAfter(seen);
    if (seen < sent.after()) {
      sent.beginAfter(seen);
    }
  }
}
