package io.replog.sim;

import io.replog.core.Entry;
import io.replog.core.Hash;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The one log that all masters together counted as committed, and every log that was activated: at
 * which moment whatever was answered and whatever was committed before must be in it.
 */
final class CommittedLog {
  /** An entry that a master counted as committed, and the first epoch in which one did. */
  private record Committed(Entry entry, long epoch) {}

  /** A log that was activated. */
  private record Activation(long epoch, String node, List<Entry> log) {}

  private final Trace trace;
  private final History history;
  private final List<Committed> entries = new ArrayList<>();
  private final Map<String, Long> positions = new HashMap<>();
  private final List<Activation> activations = new ArrayList<>();

  CommittedLog(Trace trace, History history) {
    this.trace = trace;
    this.history = history;
  }

  long last() {
    return entries.size();
  }

  long activations() {
    return activations.size();
  }

  Entry at(long sequence) {
    return entries.get((int) sequence - 1).entry();
  }

  boolean has(long sequence, Hash hash) {
    return sequence >= 1 && sequence <= last() && at(sequence).hash().equals(hash);
  }

  /** Where a message is committed, null if it is not. */
  @Nullable Long positionOf(String message) {
    return positions.get(message);
  }

  /** A master has become active. */
  void activated(SimNode node, long epoch) {
    trace.note(node.id() + " is active in epoch " + epoch + " with " + node.mirror().last());
    for (Activation other : activations) {
      if (other.epoch() == epoch) {
        throw new Violation(
            "1", node.id() + " and " + other.node() + " are both active in epoch " + epoch);
      }
    }
    answeredAreThere(node, epoch);
    for (long sequence = 1; sequence <= last(); sequence++) {
      Committed there = entries.get((int) sequence - 1);
      if (there.epoch() < epoch && !node.mirror().has(sequence, there.entry().hash())) {
        throw new Violation(
            "1",
            "%s is active in epoch %d without entry %d, committed in epoch %d"
                .formatted(node.id(), epoch, sequence, there.epoch()));
      }
    }
    List<Entry> log = new ArrayList<>();
    for (long sequence = 1; sequence <= node.mirror().last(); sequence++) {
      log.add(node.mirror().at(sequence));
    }
    activations.add(new Activation(epoch, node.id(), log));
  }

  /** What was answered as on a majority's disks is in a log that is committed as a whole now. */
  private void answeredAreThere(SimNode node, long epoch) {
    for (Operation.Append append : history.appends()) {
      if (append.committedNanos() == Operation.NEVER || append.committedEpoch() >= epoch) {
        continue;
      }
      long sequence = append.firstSequence();
      for (String message : append.messages()) {
        if (node.mirror().positionOf(message) != sequence) {
          throw new Violation(
              "3",
              "%s is active in epoch %d without %s, answered at %d"
                  .formatted(node.id(), epoch, append, sequence));
        }
        sequence++;
      }
    }
  }

  /**
   * A node counts an entry as committed.
   *
   * @param epoch the epoch that it leads, 0 if it does not
   */
  void commit(SimNode node, Entry entry, long epoch) {
    long sequence = entry.sequence();
    if (sequence <= last()) {
      Entry there = at(sequence);
      if (!there.hash().equals(entry.hash())) {
        throw new Violation(
            "2",
            "%s commits %s at %d, where %s is committed"
                .formatted(node.id(), entry.message(), sequence, there.message()));
      }
      return;
    }
    if (epoch == 0) {
      throw new Violation("2", node.id() + " commits entry " + sequence + ", which no master did");
    }
    for (Activation later : activations) {
      boolean has =
          sequence <= later.log().size()
              && later.log().get((int) sequence - 1).hash().equals(entry.hash());
      if (later.epoch() > epoch && !has) {
        throw new Violation(
            "1",
            "%s commits entry %d in epoch %d, but %s was activated in epoch %d without it"
                .formatted(node.id(), sequence, epoch, later.node(), later.epoch()));
      }
    }
    Long twice = positions.put(entry.message(), sequence);
    if (twice != null) {
      throw new Violation("4", entry.message() + " is committed at " + twice + " and " + sequence);
    }
    Operation.Append append = history.withMessage(entry.message());
    if (append == null) {
      throw new Violation("8", "nobody appended " + entry.message());
    }
    if (append.isNot()) {
      throw new Violation("8", append + " was refused and is committed at " + sequence);
    }
    entries.add(new Committed(entry, epoch));
    trace.note(node.id() + " commits " + sequence + " " + entry.message() + " in epoch " + epoch);
  }
}
