package io.replog.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Who has how much of the log, and which appends that answers: protocol, <i>Normal operation</i>,
 * rules 3 and 4.
 *
 * <p>The k-th largest acknowledged sequence over all copies is the watermark of {@code w=k}, once
 * over the durable numbers and once over the stored ones. {@code majority} counts voting stores
 * only, in each configuration in force; a number counts any copy of a current secondary, and one of
 * a majority's size or more needs the majority's watermark too; {@code all} means every seat.
 * {@code certified} waits until somebody says what has been certified.
 *
 * <p>An append is registered before anything of it is sent. Nothing here waits: {@link
 * #satisfied()} hands out what has become true.
 *
 * <p>Not safe for use by several threads.
 *
 * @param <T> what is to be answered
 */
public final class CommitTracker<T> {
  /** An append that waits for its write concern. */
  public static final class Waiter<T> {
    private final long sequence;
    private final long order;
    private final Condition condition;
    private final T subject;

    private Waiter(long sequence, long order, Condition condition, T subject) {
      this.sequence = sequence;
      this.order = order;
      this.condition = condition;
      this.subject = subject;
    }

    public T subject() {
      return subject;
    }

    public long sequence() {
      return sequence;
    }
  }

  private record Condition(WriteConcern concern, boolean journal) {}

  private record Copy(UUID store, long stored, long durable) {}

  private final Map<Condition, TreeSet<Waiter<T>>> waiting = new HashMap<>();
  private final Map<String, Copy> copies = new HashMap<>();
  private Membership membership;
  private long masterStored;
  private long masterDurable;
  private long committed;
  private final Set<Long> certified = new HashSet<>();
  private long registered;
  private int size;

  /**
   * @param membership configurations in force
   * @param lastSequence what the master has stored
   * @param durableSequence what it has on disk
   * @param committed what is known as committed
   */
  public CommitTracker(
      Membership membership, long lastSequence, long durableSequence, long committed) {
    this.membership = membership;
    this.masterStored = lastSequence;
    this.masterDurable = durableSequence;
    this.committed = committed;
  }

  /** Registers an append whose last sequence is {@code sequence}. */
  public Waiter<T> register(long sequence, WriteConcern concern, boolean journal, T subject) {
    Condition condition = new Condition(concern, journal);
    Waiter<T> waiter = new Waiter<>(sequence, registered++, condition, subject);
    waiting.computeIfAbsent(condition, c -> new TreeSet<>(order())).add(waiter);
    size++;
    return waiter;
  }

  /** Stops waiting; nothing happens if the append was answered already. */
  public void remove(Waiter<T> waiter) {
    TreeSet<Waiter<T>> same = waiting.get(waiter.condition);
    if (same != null && same.remove(waiter)) {
      size--;
      if (same.isEmpty()) {
        waiting.remove(waiter.condition);
      }
    }
  }

  /** How many appends wait. */
  public int waiting() {
    return size;
  }

  /** Takes every append that waits, in sequence order, as when the master loses its role. */
  public List<Waiter<T>> drain() {
    List<Waiter<T>> all = new ArrayList<>(size);
    waiting.values().forEach(all::addAll);
    all.sort(order());
    waiting.clear();
    size = 0;
    return all;
  }

  /** The master's own copy. */
  public void masterHas(long stored, long durable) {
    masterStored = Math.max(masterStored, stored);
    masterDurable = Math.max(masterDurable, durable);
  }

  /**
   * A secondary's acknowledgement under the present epoch, by a log that is wholly synced in it.
   * Numbers of one store never go back; another store under the same node id replaces what the old
   * one had.
   */
  public void acknowledged(String node, UUID store, long stored, long durable) {
    copies.merge(
        node,
        new Copy(store, stored, durable),
        (old, now) ->
            old.store().equals(store)
                ? new Copy(store, Math.max(old.stored(), stored), Math.max(old.durable(), durable))
                : now);
  }

  /** A secondary is no longer one, or its store was lost: its copy counts for nothing. */
  public void forget(String node) {
    copies.remove(node);
  }

  public void membership(Membership now) {
    membership = now;
  }

  /**
   * The committed sequence after what was learnt: the majority's watermark over durable numbers. It
   * never goes back.
   */
  public long committed() {
    committed = Math.max(committed, majority(true));
    return committed;
  }

  /** A certified quorum has signed for this very entry: {@link #satisfied} hands out who waits. */
  public void certified(long sequence) {
    certified.add(sequence);
  }

  /**
   * The lowest sequences that appends wait for to be certified and that may be: they are committed.
   */
  public List<Long> uncertified(int most) {
    return waiting.entrySet().stream()
        .filter(entry -> entry.getKey().concern() instanceof WriteConcern.Certified)
        .flatMap(entry -> entry.getValue().stream())
        .map(Waiter::sequence)
        .takeWhile(sequence -> sequence <= committed)
        .distinct()
        .limit(most)
        .toList();
  }

  /** Whether an append waits for copies beside the master's to be stored, synced or not. */
  public boolean awaitsStored() {
    for (Condition condition : waiting.keySet()) {
      if (!condition.journal()
          && !(condition.concern() instanceof WriteConcern.Copies(int count) && count == 1)) {
        return true;
      }
    }
    return false;
  }

  /** Takes the appends whose write concern is met now, in sequence order. */
  public List<Waiter<T>> satisfied() {
    List<Waiter<T>> met = new ArrayList<>();
    var conditions = waiting.entrySet().iterator();
    while (conditions.hasNext()) {
      var entry = conditions.next();
      TreeSet<Waiter<T>> same = entry.getValue();
      if (entry.getKey().concern() instanceof WriteConcern.Certified) {
        takeCertified(same, met);
      } else {
        long watermark = watermark(entry.getKey());
        while (!same.isEmpty() && same.first().sequence <= watermark) {
          met.add(same.pollFirst());
        }
      }
      if (same.isEmpty()) {
        conditions.remove();
      }
    }
    certified.clear();
    size -= met.size();
    met.sort(order());
    return met;
  }

  /** One by one: what is signed for one entry is no word about those before it. */
  private void takeCertified(Set<Waiter<T>> same, List<Waiter<T>> met) {
    if (!certified.isEmpty()) {
      same.removeIf(waiter -> certified.contains(waiter.sequence) && met.add(waiter));
    }
  }

  private long watermark(Condition condition) {
    boolean journal = condition.journal();
    return switch (condition.concern()) {
      case WriteConcern.Majority() -> majority(journal);
      case WriteConcern.Certified() -> 0;
      case WriteConcern.All() ->
          membership.allSequence(master(journal), store -> sequence(store, journal));
      case WriteConcern.Copies(int count) -> {
        long reached = kthLargest(count, journal);
        boolean majoritySized = membership.inForce().stream().anyMatch(c -> count >= c.majority());
        yield majoritySized ? Math.min(reached, majority(journal)) : reached;
      }
    };
  }

  private long majority(boolean journal) {
    return membership.majoritySequence(master(journal), store -> sequence(store, journal));
  }

  private long kthLargest(int k, boolean journal) {
    if (k > copies.size() + 1) {
      return 0;
    }
    long[] sequences = new long[copies.size() + 1];
    int i = 0;
    sequences[i++] = master(journal);
    for (Copy copy : copies.values()) {
      sequences[i++] = journal ? copy.durable() : copy.stored();
    }
    Arrays.sort(sequences);
    return sequences[sequences.length - k];
  }

  private long master(boolean journal) {
    return journal ? masterDurable : masterStored;
  }

  private long sequence(UUID store, boolean journal) {
    for (Copy copy : copies.values()) {
      if (copy.store().equals(store)) {
        return journal ? copy.durable() : copy.stored();
      }
    }
    return 0;
  }

  private static <T> Comparator<Waiter<T>> order() {
    return Comparator.<Waiter<T>>comparingLong(w -> w.sequence).thenComparingLong(w -> w.order);
  }
}
