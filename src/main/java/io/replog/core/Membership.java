package io.replog.core;

import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The configuration in force, and the one on its way if there is one: every quorum is then needed
 * under both.
 *
 * @param committed the last committed configuration
 * @param proposed its successor while it is not committed, else null
 */
public record Membership(Configuration committed, @Nullable Configuration proposed) {
  public static final Membership FOUNDING = new Membership(Configuration.FOUNDING, null);

  /** The newest configuration, committed or not. */
  public Configuration newest() {
    return proposed == null ? committed : proposed;
  }

  /** Every configuration whose quorums are needed now. */
  public List<Configuration> inForce() {
    return proposed == null ? List.of(committed) : List.of(committed, proposed);
  }

  /** Whether a store votes in any configuration in force. */
  public boolean votes(@Nullable UUID store) {
    return inForce().stream().anyMatch(configuration -> configuration.votes(store));
  }

  /**
   * Whether {@link Configuration#writeQuorum} voting stores fulfil a condition, in each
   * configuration.
   */
  public boolean writeQuorum(Predicate<UUID> store) {
    return inForce().stream().allMatch(c -> count(c, store) >= c.writeQuorum());
  }

  /**
   * Whether {@link Configuration#takeoverQuorum} voting stores fulfil a condition, in each
   * configuration.
   */
  public boolean takeoverQuorum(Predicate<UUID> store) {
    return inForce().stream().allMatch(c -> count(c, store) >= c.takeoverQuorum());
  }

  /**
   * The highest sequence that a majority of the copies has, in each configuration: what a
   * majority's watermark is.
   *
   * @param master what the active master's own copy has
   * @param acknowledged what a voting store has acknowledged, 0 if nothing
   */
  public long majoritySequence(long master, ToLongFunction<UUID> acknowledged) {
    return inForce().stream()
        .mapToLong(c -> kthLargest(c, c.majority(), master, acknowledged))
        .min()
        .orElseThrow();
  }

  /**
   * The highest sequence that every seat of every configuration and the master have; a vacant seat
   * has nothing.
   */
  public long allSequence(long master, ToLongFunction<UUID> acknowledged) {
    return inForce().stream()
        .mapToLong(c -> kthLargest(c, c.copies(), master, acknowledged))
        .min()
        .orElseThrow();
  }

  private static long kthLargest(
      Configuration configuration, int k, long master, ToLongFunction<UUID> acknowledged) {
    long[] sequences = new long[configuration.copies()];
    int i = 0;
    sequences[i++] = master;
    for (Seat seat : configuration.seats()) {
      UUID store = seat.store();
      sequences[i++] = store == null ? 0 : acknowledged.applyAsLong(store);
    }
    Arrays.sort(sequences);
    return sequences[sequences.length - k];
  }

  private static long count(Configuration configuration, Predicate<UUID> condition) {
    return configuration.seats().stream()
        .filter(seat -> seat.store() != null && condition.test(seat.store()))
        .count();
  }
}
