package io.replog.node;

import io.replog.core.Configuration;
import io.replog.node.Node.ReadPermit;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.function.Consumer;

/**
 * Linearizable reads: answered with the commits at the read's arrival, once enough voters have said
 * since then that this master's epoch is still the one they obey. Reads of one turn share one round
 * of heartbeats.
 *
 * <p>On the node's thread only.
 */
final class LinearizableReads {
  private record Waiting(
      long round, long committedSequence, long deadlineNanos, Consumer<ReadPermit> answer) {}

  private final MasterContext context;
  private final Collection<Feed> feeds;
  private final Runnable beat;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private long round;
  private boolean beating;

  /**
   * @param feeds the present feeds, as they are when looked at
   * @param beat sends a heartbeat with the present {@link #round} to all
   */
  LinearizableReads(MasterContext context, Collection<Feed> feeds, Runnable beat) {
    this.context = context;
    this.feeds = feeds;
    this.beat = beat;
  }

  long round() {
    return round;
  }

  void ask(Consumer<ReadPermit> answer) {
    long deadline = context.loop().nanoTime() + context.config().unhealthyAfter().toNanos();
    if (waiting.size() >= context.config().maxWaiting()) {
      answer.accept(noQuorum());
      return;
    }
    waiting.add(new Waiting(round + 1, context.copy().committedSequence(), deadline, answer));
    if (!beating) {
      beating = true;
      context.loop().atEndOfTurn(this::next);
    }
  }

  private void next() {
    beating = false;
    round++;
    beat.run();
    acknowledged();
  }

  /** Some feed's round may have grown. */
  void acknowledged() {
    while (!waiting.isEmpty() && confirmed(waiting.getFirst().round())) {
      Waiting read = waiting.removeFirst();
      read.answer().accept(new ReadPermit.Granted(read.committedSequence()));
    }
  }

  private boolean confirmed(long wanted) {
    return wanted <= round
        && context
            .state()
            .membership()
            .writeQuorum(
                store ->
                    feeds.stream()
                        .anyMatch(
                            feed ->
                                store.equals(feed.store())
                                    && feed.streaming()
                                    && feed.acknowledgedRound() >= wanted));
  }

  /** At every heartbeat: reads that waited too long are told so. */
  void tick() {
    long now = context.loop().nanoTime();
    while (!waiting.isEmpty() && waiting.getFirst().deadlineNanos() - now <= 0) {
      waiting.removeFirst().answer().accept(noQuorum());
    }
  }

  /** The master lost its role. */
  void abandon() {
    while (!waiting.isEmpty()) {
      waiting.removeFirst().answer().accept(new ReadPermit.NotMaster(null));
    }
  }

  private ReadPermit noQuorum() {
    Configuration newest = context.state().membership().newest();
    long available = feeds.stream().filter(Feed::streaming).count();
    return new ReadPermit.NoQuorum(newest.majority(), (int) available + 1);
  }
}
