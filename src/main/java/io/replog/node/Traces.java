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
    Events events = new Events(appended.at(sequence));
    String master = context.config().id();
    events.add(master, "appended", appended.at(sequence));
    events.add(master, "stored", appended.at(sequence));
    events.add(master, "visible", appended.at(sequence));
    events.add(master, "durable", durable.at(sequence));
    for (Feed feed : feeds) {
      events.add(feed.node(), "sent", feed.times().sent().at(sequence));
      feed.times().retriesOf(sequence).forEach(at -> events.add(feed.node(), "retried", at));
      long storedAt = feed.times().stored().at(sequence);
      // what a secondary has stored in order may be read there from then on
      events.add(feed.node(), "stored", storedAt);
      events.add(feed.node(), "visible", storedAt);
      events.add(feed.node(), "acknowledged", storedAt);
      events.add(feed.node(), "durable", feed.times().durable().at(sequence));
    }
    return new EntryTrace(copies(sequence), events.inOrder());
  }

  /** What is known of one entry, in the order in which it happened. */
  private final class Events {
    private record Timed(long nanos, EntryTrace.Event event) {}

    private final long began;
    private final List<Timed> known = new ArrayList<>();

    Events(long began) {
      this.began = began;
    }

    void add(String node, String what, long nanos) {
      if (nanos >= 0) {
        long at = epochMillis + nanos / 1_000_000;
        known.add(new Timed(nanos, new EntryTrace.Event(at, millis(began, nanos), node, what)));
      }
    }

    List<EntryTrace.Event> inOrder() {
      known.sort(Comparator.comparingLong(Timed::nanos));
      return known.stream().map(Timed::event).toList();
    }
  }

  private static double millis(long from, long to) {
    return from < 0 || to < 0 ? -1 : Math.round((to - from) / 1_000.0) / 1_000.0;
  }
}
