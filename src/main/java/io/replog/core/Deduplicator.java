package io.replog.core;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which append a repeated one repeats. The identity is the idempotency key or, by configuration,
 * the content's SHA-256. It is rebuilt from the log, so it survives a change of master; its window
 * is bounded by a number of entries and by an age, both counted back from the newest entry (by its
 * timestamp, not by a clock), so that every node with the same log has the same window.
 *
 * <p>Not safe for use by several threads.
 */
public final class Deduplicator {
  /**
   * An append that was seen before: all that a repeated one is compared with and answered by, so
   * that nobody reads the log for it.
   *
   * @param content {@link HashChain#ofContent} of its messages
   */
  public record Earlier(long firstSequence, long lastSequence, long epoch, Hash content) {
    /** Whether it appended these messages. */
    public boolean says(List<byte[]> payloads) {
      return content.equals(HashChain.ofContent(payloads));
    }
  }

  private record Remembered(Object identity, Earlier append, long timestamp) {
    long sequence() {
      return append.firstSequence();
    }
  }

  /** What is out of the window because of an entry that may be cut off yet. */
  private record Held(Remembered remembered, long forgottenAt) {}

  private final long windowEntries;
  private final long windowMillis;
  private final Map<Object, Earlier> appends = new HashMap<>();
  private final ArrayDeque<Remembered> order = new ArrayDeque<>();
  private final ArrayDeque<Held> held = new ArrayDeque<>();
  private long committed;
  private long newestSequence;
  private long newestTimestamp;

  /**
   * @param windowEntries how many entries back from the newest an identity is remembered, at least
   *     1
   * @param windowMillis how many milliseconds back from the newest entry's timestamp, at least 1
   */
  public Deduplicator(long windowEntries, long windowMillis) {
    if (windowEntries < 1 || windowMillis < 1) {
      throw new IllegalArgumentException("the window is at least one entry and one millisecond");
    }
    this.windowEntries = windowEntries;
    this.windowMillis = windowMillis;
  }

  /** The append with this identity, if its first entry is in the window. */
  public Optional<Earlier> find(Object identity) {
    return Optional.ofNullable(appends.get(identity));
  }

  /** Notes an append that has an identity. Sequences and timestamps never go back. */
  public void remember(Object identity, Earlier append, long timestamp) {
    appends.put(identity, append);
    order.addLast(new Remembered(identity, append, timestamp));
    advance(append.firstSequence(), timestamp);
  }

  /**
   * Notes the newest entry, with or without an identity: what fell out of the window is forgotten.
   */
  public void advance(long sequence, long timestamp) {
    newestSequence = sequence;
    newestTimestamp = timestamp;
    while (!order.isEmpty() && outside(order.getFirst().sequence(), order.getFirst().timestamp())) {
      Remembered oldest = order.removeFirst();
      appends.remove(oldest.identity(), oldest.append());
      if (sequence > committed) {
        held.addLast(new Held(oldest, sequence));
      }
    }
  }

  /** Up to here nothing is cut off any more, and what fell out of the window by then stays out. */
  public void committed(long sequence) {
    committed = Math.max(committed, sequence);
    while (!held.isEmpty() && held.getFirst().forgottenAt() <= committed) {
      held.removeFirst();
    }
  }

  /**
   * Forgets what was noted above a sequence: those entries were cut off, and their identities with
   * them. What had fallen out of the window by them is in it again.
   */
  public void cutAfter(long sequence) {
    while (!order.isEmpty() && order.getLast().sequence() > sequence) {
      Remembered newest = order.removeLast();
      appends.remove(newest.identity(), newest.append());
    }
    while (!held.isEmpty() && held.getLast().forgottenAt() > sequence) {
      Remembered again = held.removeLast().remembered();
      if (again.sequence() <= sequence) {
        order.addFirst(again);
        appends.putIfAbsent(again.identity(), again.append());
      }
    }
    newestSequence = Math.min(newestSequence, sequence);
  }

  /**
   * The first sequence that can be in the window of a log that ends at {@code lastSequence}: where
   * a rebuild begins to read.
   */
  public long windowStart(long lastSequence) {
    return Math.max(1, lastSequence - windowEntries + 1);
  }

  /**
   * The lowest sequence that is in the window of a log which ends anywhere from the committed
   * sequence to the newest entry, {@code otherwise} where none is.
   */
  public long oldest(long otherwise) {
    if (!held.isEmpty()) {
      return held.getFirst().remembered().sequence();
    }
    return order.isEmpty() ? otherwise : order.getFirst().sequence();
  }

  /** How many identities are remembered. */
  public int size() {
    return order.size();
  }

  private boolean outside(long sequence, long timestamp) {
    return newestSequence - sequence >= windowEntries || newestTimestamp - timestamp > windowMillis;
  }
}
