package io.replog.node;

import io.replog.core.AppendOutcome.Copy;
import io.replog.core.SequenceTimes;
import io.replog.node.Node.EntryTrace;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who has an entry, since when, and what happened to it on the way: put together from the
 * cumulative times that the master and its feeds remember, so that an append costs no record of its
 * own.
 *
 * <p>On the node's thread only.
 */
final class Traces {
  private final MasterContext context;
  private final Collection<Feed> feeds;

  /** Milliseconds since 1970 at the loop's zero: taken once, so that an event keeps its time. */
  private final long epochMillis;

  private SequenceTimes appended = new SequenceTimes(1);
  private SequenceTimes durable = new SequenceTimes(1);

  /**
   * @param feeds the present feeds, as they are when looked at
   */
  Traces(MasterContext context, Collection<Feed> feeds) {
    this.context = context;
    this.feeds = feeds;
    this.epochMillis = context.loop().currentTimeMillis() - context.loop().nanoTime() / 1_000_000;
  }

  /** The master's own times: when a sequence was appended, and when it was on disk. */
  void master(SequenceTimes appendedTimes, SequenceTimes durableTimes) {
    appended = appendedTimes;
    durable = durableTimes;
  }

  /** Who has a sequence and who has not, the master first; a member that never answered too. */
  List<Copy> copies(long sequence) {
    long began = appended.at(sequence);
    List<Copy> copies = new ArrayList<>(feeds.size() + 1);
    boolean onDisk = context.copy().durableSequence() >= sequence;
    copies.add(
        new Copy(
            context.config().id(),
            true,
            onDisk,
            millis(began, onDisk ? durable.at(sequence) : began)));
    for (Feed feed : feeds) {
      boolean synced = feed.streaming();
      boolean stored = synced && feed.progress().stored() >= sequence;
      boolean isDurable = synced && feed.progress().durable() >= sequence;
      long at =
          isDurable ? feed.times().durable().at(sequence) : feed.times().stored().at(sequence);
      copies.add(new Copy(feed.node(), stored, isDurable, stored ? millis(began, at) : -1));
    }
    for (PeerSession session : context.peers().all()) {
      if (!isFed(session)) {
        copies.add(new Copy(session.node(), false, false, -1));
      }
    }
    if (copies.size() > 2) {
      copies.subList(1, copies.size()).sort(Comparator.comparing(Copy::node));
    }
    return copies;
  }

  private boolean isFed(PeerSession session) {
    for (Feed feed : feeds) {
      if (feed.session() == session) {
        return true;
      }
    }
    return false;
  }

  /** All that is remembered of a sequence, null where the log does not have it. */
  @Nullable EntryTrace of(long sequence) {
    if (sequence < 1 || sequence > context.copy().lastSequence()) {
      return null;
    }
    List<EntryTrace.Event> events = new ArrayList<>();
    String master = context.config().id();
    event(events, master, "appended", appended.at(sequence));
    event(events, master, "stored", appended.at(sequence));
    event(events, master, "durable", durable.at(sequence));
    for (Feed feed : feeds) {
      event(events, feed.node(), "sent", feed.times().sent().at(sequence));
      feed.times().retriesOf(sequence).forEach(at -> event(events, feed.node(), "retried", at));
      long storedAt = feed.times().stored().at(sequence);
      event(events, feed.node(), "stored", storedAt);
      event(events, feed.node(), "acknowledged", storedAt);
      event(events, feed.node(), "durable", feed.times().durable().at(sequence));
    }
    events.sort(Comparator.comparingLong(EntryTrace.Event::at));
    return new EntryTrace(copies(sequence), List.copyOf(events));
  }

  private void event(List<EntryTrace.Event> events, String node, String what, long nanos) {
    if (nanos >= 0) {
      events.add(new EntryTrace.Event(epochMillis + nanos / 1_000_000, node, what));
    }
  }

  private static double millis(long from, long to) {
    return from < 0 || to < 0 ? -1 : Math.round((to - from) / 1_000.0) / 1_000.0;
  }
}
