package io.replog.sim;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether what clients saw fits one log that grew entry by entry. The log orders the appends, and a
 * read of everything up to a sequence stands between two of them; so there is one order to try, and
 * the history is linearizable if no operation that comes later in it was over before one that comes
 * earlier had begun. An append without an answer may take effect at any time after it was asked
 * for.
 */
public final class Linearizability {
  private Linearizability() {}

  /**
   * An operation at its place.
   *
   * @param place twice the sequence of an append, one more for a read up to it
   * @param overNanos {@link Long#MAX_VALUE} while nobody was told that it took effect
   */
  public record Placed(long place, long invokedNanos, long overNanos, String what) {}

  static void check(History history, CommittedLog log) {
    List<Placed> placed = new ArrayList<>();
    for (Operation.Append append : history.appends()) {
      Long sequence = log.positionOf(append.messages().getFirst());
      boolean told = append.committedNanos() != Operation.NEVER;
      if (sequence == null && told) {
        throw new Violation("3", append + " was answered and is not there");
      }
      if (sequence != null) {
        if (told && append.firstSequence() != sequence) {
          throw new Violation("3", append + " is not where it was said to be");
        }
        placed.add(
            new Placed(
                2 * sequence, append.invokedNanos(), append.committedNanos(), append.toString()));
      }
    }
    for (Operation.MajorityRead read : history.majorityReads()) {
      if (!log.at(read.committedSequence()).hash().equals(read.hash())) {
        throw new Violation("6", read + " showed what is not there in the end");
      }
      // it may show the past, so it began before everything; but it never shows what is to come
      placed.add(
          new Placed(
              2 * read.committedSequence() + 1,
              Long.MIN_VALUE,
              read.answeredNanos(),
              read.toString()));
    }
    for (Operation.Read read : history.reads()) {
      placed.add(
          new Placed(
              2 * read.committedSequence() + 1,
              read.invokedNanos(),
              read.answeredNanos(),
              read.toString()));
    }
    String wrong = contradiction(placed);
    if (wrong != null) {
      throw new Violation("6", wrong);
    }
  }

  /** Two operations whose places contradict the order in which they happened, null if none do. */
  public static @Nullable String contradiction(List<Placed> operations) {
    List<Placed> sorted = new ArrayList<>(operations);
    sorted.sort(Comparator.comparingLong(Placed::place).reversed());
    Placed earliestOver = null;
    int i = 0;
    while (i < sorted.size()) {
      int end = i;
      while (end < sorted.size() && sorted.get(end).place() == sorted.get(i).place()) {
        Placed one = sorted.get(end);
        if (earliestOver != null && earliestOver.overNanos() < one.invokedNanos()) {
          return earliestOver.what() + " was over before " + one.what() + " began, and comes after";
        }
        end++;
      }
      for (; i < end; i++) {
        if (earliestOver == null || sorted.get(i).overNanos() < earliestOver.overNanos()) {
          earliestOver = sorted.get(i);
        }
      }
    }
    return null;
  }
}
