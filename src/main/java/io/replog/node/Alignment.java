package io.replog.node;

import io.replog.core.Hash;
import io.replog.core.PrefixSearch;
import io.replog.replication.PeerMessage.HashAnswer;
import io.replog.replication.PeerMessage.Standing;
import org.jspecify.annotations.Nullable;

/**
 * The search for the last entry that a store's log and the master's have in common (protocol,
 * <i>Becoming master</i>, step 4): never below what the store knows as committed, by its end if
 * that is the master's too, else by asking for one hash after the other.
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

    /** What is committed there is not in the master's log. */
    record Contradiction(String why) implements Result {}
  }

  private final LocalCopy copy;
  private final Standing standing;
  private final long askedAtNanos;
  private final @Nullable PrefixSearch search;

  private Alignment(
      LocalCopy copy, Standing standing, long nowNanos, @Nullable PrefixSearch search) {
    this.copy = copy;
    this.standing = standing;
    this.askedAtNanos = nowNanos;
    this.search = search;
  }

  /** Begins with what a store says of itself. */
  static Alignment of(LocalCopy copy, Standing standing, long nowNanos) {
    long floor = standing.committedSequence();
    boolean level = copy.has(standing.lastSequence(), standing.lastHash());
    boolean contradicts = !copy.has(floor, standing.committedHash());
    PrefixSearch search =
        level || contradicts
            ? null
            : new PrefixSearch(floor, Math.min(standing.lastSequence(), copy.lastSequence()));
    return new Alignment(copy, standing, nowNanos, search);
  }

  Result result() {
    long floor = standing.committedSequence();
    if (!copy.has(floor, standing.committedHash())) {
      return new Result.Contradiction(
          "another hash at sequence " + floor + ", which is committed there");
    }
    if (search == null) {
      return new Result.Common(standing.lastSequence());
    }
    return search.done() ? new Result.Common(search.low()) : new Result.Ask(search.probe());
  }

  /** What is known after an answer; null if it answers another question. */
  @Nullable Alignment after(HashAnswer answer, long nowNanos) {
    if (search == null || search.done() || answer.sequence() != search.probe()) {
      return null;
    }
    Hash theirs = answer.hash();
    boolean equal = theirs != null && copy.has(answer.sequence(), theirs);
    return new Alignment(copy, standing, nowNanos, search.after(equal));
  }

  Standing standing() {
    return standing;
  }

  /** When the last question was asked. */
  long askedAtNanos() {
    return askedAtNanos;
  }
}
