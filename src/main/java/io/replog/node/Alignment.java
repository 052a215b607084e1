package io.replog.node;

import io.replog.core.Hash;
import io.replog.core.LogStart;
import io.replog.core.PrefixSearch;
import io.replog.replication.PeerMessage.HashAnswer;
import io.replog.replication.PeerMessage.Standing;
import org.jspecify.annotations.Nullable;

/**
 * The search for the last entry that a store's log and the master's have in common (protocol,
 * <i>Becoming master</i>, step 4): never below what the store knows as committed, by its end if
 * that is the master's too, else by asking for one hash after the other. Where the master's log
 * begins after that, the entry before its first is the lowest that can be compared; a store that
 * has not even that one begins anew there.
 *
 * <p>On the node's thread only.
 */
final class Alignment {
  /** What is known now. */
  sealed interface Result {
    /** Up to here the logs are equal; what follows is not in both. */
    record Common(long sequence) implements Result {}

    /** The store's hash at this sequence has to be asked for. */
    record Ask(long sequence) implements Result {}

    /** They have nothing in common that the master still has: the store begins where it does. */
    record Beginning(LogStart start) implements Result {}

    /** What is committed there is not in the master's log. */
    record Contradiction(String why) implements Result {}
  }

  private final LocalCopy copy;
  private final long epoch;
  private final Standing standing;
  private final long askedAtNanos;
  private final @Nullable PrefixSearch search;

  private Alignment(
      LocalCopy copy, long epoch, Standing standing, long nowNanos, @Nullable PrefixSearch search) {
    this.copy = copy;
    this.epoch = epoch;
    this.standing = standing;
    this.askedAtNanos = nowNanos;
    this.search = search;
  }

  /**
   * Begins with what a store says of itself.
   *
   * @param epoch the master's
   */
  static Alignment of(LocalCopy copy, long epoch, Standing standing, long nowNanos) {
    long floor = standing.committedSequence();
    // one below the lowest that can be compared stands for all that cannot
    long low = copy.beginsAfter(floor) ? copy.start().before() - 1 : floor;
    long high = Math.min(standing.lastSequence(), copy.lastSequence());
    boolean level = copy.has(standing.lastSequence(), standing.lastHash());
    boolean contradicts = !copy.beginsAfter(floor) && !copy.has(floor, standing.committedHash());
    PrefixSearch search = level || contradicts ? null : new PrefixSearch(low, Math.max(low, high));
    return new Alignment(copy, epoch, standing, nowNanos, search);
  }

  Result result() {
    long floor = standing.committedSequence();
    if (!copy.beginsAfter(floor) && !copy.has(floor, standing.committedHash())) {
      return new Result.Contradiction(
          "another hash at sequence " + floor + ", which is committed there");
    }
    if (search == null) {
      return new Result.Common(standing.lastSequence());
    }
    if (!search.done()) {
      return new Result.Ask(search.probe());
    }
    return copy.beginsAfter(search.low()) ? beginning() : new Result.Common(search.low());
  }

  private Result beginning() {
    LogStart start = copy.start();
    return start.mayReplace(standing.logEpoch(), standing.committedSequence(), epoch)
        ? new Result.Beginning(start)
        : new Result.Contradiction(
            "%d was committed there before a configuration was forced, and this log begins with %d"
                .formatted(standing.committedSequence(), start.sequence()));
  }

  /**
   * What is known after an answer that is no {@link HashAnswer#trimmed}; null if it is another's.
   */
  @Nullable Alignment after(HashAnswer answer, long nowNanos) {
    if (search == null || search.done() || answer.sequence() != search.probe()) {
      return null;
    }
    Hash theirs = answer.hash();
    boolean equal = theirs != null && copy.has(answer.sequence(), theirs);
    return new Alignment(copy, epoch, standing, nowNanos, search.after(equal));
  }

  Standing standing() {
    return standing;
  }

  /** When the last question was asked. */
  long askedAtNanos() {
    return askedAtNanos;
  }
}
