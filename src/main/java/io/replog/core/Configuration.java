package io.replog.core;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A versioned set of seats, and the quorums that follow from their number {@code N}: copies {@code
 * n = N + 1} (the active master's and the secondaries'), any {@code majority} of them commits,
 * {@link #writeQuorum} secondaries beside the master make one, and any {@link #takeoverQuorum}
 * secondaries meet every write quorum and every other takeover quorum.
 *
 * @param epoch epoch of the proposal
 * @param version its number, from 0 (no seats, at the founding)
 * @param seats one for each secondary, in the order of their node ids
 */
public record Configuration(long epoch, long version, List<Seat> seats)
    implements Comparable<Configuration> {
  /** What a new cluster begins with: the founder alone is the majority. */
  public static final Configuration FOUNDING = new Configuration(0, 0, List.of());

  public Configuration {
    seats = seats.stream().sorted(Comparator.comparing(Seat::node)).toList();
    if (seats.stream().map(Seat::node).distinct().count() != seats.size()) {
      throw new IllegalArgumentException("two seats of one node: " + seats);
    }
  }

  /** Copies of the log: the master's and every seat's, vacant ones too. */
  public int copies() {
    return seats.size() + 1;
  }

  /** Copies that make a majority. */
  public int majority() {
    return copies() / 2 + 1;
  }

  /** Voting secondaries that make a majority together with the master. */
  public int writeQuorum() {
    return copies() / 2;
  }

  /**
   * Secondaries that a master needs that cannot be sure of holding every committed entry itself.
   */
  public int takeoverQuorum() {
    return seats.size() - writeQuorum() + 1;
  }

  /** The seat of a node id. */
  public Optional<Seat> seat(String node) {
    return seats.stream().filter(seat -> seat.node().equals(node)).findFirst();
  }

  /** Whether a store holds the vote of a seat. */
  public boolean votes(@Nullable UUID store) {
    return seats.stream().anyMatch(seat -> seat.heldBy(store));
  }

  /** Newer configurations are greater: by the epoch of the proposal, then by version. */
  @Override
  public int compareTo(Configuration other) {
    int byEpoch = Long.compare(epoch, other.epoch);
    return byEpoch != 0 ? byEpoch : Long.compare(version, other.version);
  }
}
