package io.replog.sim;

import io.replog.core.AppendOutcome;
import io.replog.core.Entry;
import io.replog.core.WriteConcern;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The safety properties of the protocol, looked at after every turn of every node. Only what the
 * turn changed is looked at, so that it costs little.
 */
final class Invariants {
  /** An entry that a master counted as committed, and the first epoch in which one did. */
  private record Committed(Entry entry, long epoch) {}

  /** A log that was activated. */
  private record Activation(long epoch, String node, List<Entry> log) {}

  /** What is known of one incarnation of a node. */
  private static final class Known {
    private final long incarnation;
    private long committed;
    private long activeEpoch;

    Known(long incarnation) {
      this.incarnation = incarnation;
    }
  }

  private record Answer(Attempt attempt, AppendOutcome outcome) {}

  private final SimClock clock;
  private final Trace trace;
  private final History history;
  private final List<Committed> ledger = new ArrayList<>();
  private final Map<String, Long> positions = new HashMap<>();
  private final List<Activation> activations = new ArrayList<>();
  private final Map<String, Known> known = new HashMap<>();
  private final Map<String, Set<Attempt>> waiting = new HashMap<>();
  private final List<Answer> answers = new ArrayList<>();
  private long answered;

  Invariants(SimClock clock, Trace trace, History history) {
    this.clock = clock;
    this.trace = trace;
    this.history = history;
  }

  /** Length of the log that is committed for good. */
  long committed() {
    return ledger.size();
  }

  long activations() {
    return activations.size();
  }

  /** Answers to appends so far. */
  long answered() {
    return answered;
  }

  /** The committed log. */
  Entry committedAt(long sequence) {
    return ledger.get((int) sequence - 1).entry();
  }

  // ---- what happens

  void started(SimNode node) {
    known.put(node.id(), new Known(node.incarnation()));
    turned(node);
  }

  /**
   * A node goes down, perhaps in the middle of a turn: what it sent in it has left, and what it
   * answered has not.
   */
  void goesDown(SimNode node) {
    Known before = known.get(node.id());
    boolean inTurn =
        before != null
            && before.incarnation == node.incarnation()
            && node.directory().log().generation() == node.mirror().generation();
    if (inTurn) {
      commitUpTo(node, before, Math.min(node.committed(), node.mirror().last()));
    }
    waiting.remove(node.id());
    answers.removeIf(answer -> answer.attempt().node() == node);
  }

  /** A node is about to be asked. */
  void asked(Attempt attempt) {
    attempt.append().asked();
    waiting.computeIfAbsent(attempt.node().id(), id -> new LinkedHashSet<>()).add(attempt);
  }

  /** A node answers; looked at when its turn is over. */
  void answer(Attempt attempt, AppendOutcome outcome) {
    if (attempt.isAnswering()) {
      throw new Violation("8", attempt.append() + " is answered twice by " + attempt.node().id());
    }
    attempt.answering();
    waiting.getOrDefault(attempt.node().id(), new LinkedHashSet<>()).remove(attempt);
    answers.add(new Answer(attempt, outcome));
  }

  /** Appends that wait at a node. */
  Set<Attempt> waitingAt(SimNode node) {
    return waiting.getOrDefault(node.id(), Set.of());
  }

  void turned(SimNode node) {
    Known before = known.get(node.id());
    if (before == null || before.incarnation != node.incarnation()) {
      throw new IllegalStateException("a turn of a node that did not start");
    }
    Mirror mirror = node.mirror();
    long same = mirror.update(node.directory().log(), node.state().clusterId());
    if (same < before.committed) {
      throw new Violation(
          "6", node.id() + " cut after " + same + ", below its committed " + before.committed);
    }
    long committed = node.committed();
    if (committed < before.committed || committed > mirror.last()) {
      throw new Violation(
          "2",
          "%s commits %d, before %d, with %d entries"
              .formatted(node.id(), committed, before.committed, mirror.last()));
    }
    commitUpTo(node, before, committed);
    clock.note(mirror.last() * 31 + committed);
    clock.note(node.state().promisedEpoch() * 31 + node.state().logEpoch());
    lookAtAnswers(node);
  }

  private void commitUpTo(SimNode node, Known before, long committed) {
    long epoch = node.activeEpoch();
    if (epoch != before.activeEpoch) {
      before.activeEpoch = epoch;
      if (epoch != 0) {
        activated(node, epoch);
      }
    }
    for (long sequence = before.committed + 1; sequence <= committed; sequence++) {
      commit(node, node.mirror().at(sequence), epoch);
    }
    before.committed = committed;
  }

  private void activated(SimNode node, long epoch) {
    trace.note(node.id() + " is active in epoch " + epoch + " with " + node.mirror().last());
    for (Activation other : activations) {
      if (other.epoch() == epoch) {
        throw new Violation(
            "1", node.id() + " and " + other.node() + " are both active in epoch " + epoch);
      }
    }
    for (long sequence = 1; sequence <= committed(); sequence++) {
      Committed there = ledger.get((int) sequence - 1);
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

  private void commit(SimNode node, Entry entry, long epoch) {
    long sequence = entry.sequence();
    if (sequence <= committed()) {
      Entry there = committedAt(sequence);
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
    ledger.add(new Committed(entry, epoch));
    trace.note(node.id() + " commits " + sequence + " " + entry.message() + " in epoch " + epoch);
  }

  // ---- answers

  private void lookAtAnswers(SimNode node) {
    if (answers.isEmpty()) {
      return;
    }
    for (Answer answer : List.copyOf(answers)) {
      if (answer.attempt().node() == node) {
        answered++;
        answer.attempt().answered();
        answers.remove(answer);
        lookAt(node, answer.attempt(), answer.outcome());
      }
    }
  }

  private void lookAt(SimNode node, Attempt attempt, AppendOutcome outcome) {
    Operation.Append append = attempt.append();
    append.answered();
    trace.note(node.id() + " answers " + append + ": " + outcome);
    clock.note(outcome.getClass().getSimpleName().hashCode());
    switch (outcome) {
      case AppendOutcome.Appended appended -> appended(node, append, appended);
      case AppendOutcome.Refused refused -> {
        append.refused();
        if (append.isNot()) {
          notThere(node, append);
        }
      }
      case AppendOutcome.Unknown unknown -> append.maybe();
      case AppendOutcome.Injected injected -> {
        if (injected.appended()) {
          append.maybe();
        } else {
          append.refused();
        }
      }
    }
  }

  private void notThere(SimNode node, Operation.Append append) {
    for (String message : append.messages()) {
      if (positions.containsKey(message) || node.mirror().positionOf(message) != 0) {
        throw new Violation("8", append + " is refused by " + node.id() + " and in its log");
      }
    }
  }

  private void appended(SimNode node, Operation.Append append, AppendOutcome.Appended outcome) {
    append.appended(outcome.firstSequence());
    Long expected = append.expectedSequence();
    if (expected != null && !outcome.replayed() && expected != outcome.firstSequence()) {
      throw new Violation("8", append + " got another sequence than it expected");
    }
    long sequence = outcome.firstSequence();
    for (String message : append.messages()) {
      boolean there =
          sequence <= node.mirror().last() && node.mirror().at(sequence).message().equals(message);
      if (!there) {
        throw new Violation("8", append + " is not at " + sequence + " where it was said to be");
      }
      boolean promised = outcome.committed() || (outcome.satisfied() && committing(node, append));
      if (promised
          && (sequence > committed() || !committedAt(sequence).message().equals(message))) {
        throw new Violation("3", append + " is answered and not committed at " + sequence);
      }
      sequence++;
    }
    if (outcome.satisfied() && committing(node, append)) {
      append.committed(clock.nowNanos());
    }
    if (outcome.satisfied()) {
      noneHeldUp(node, append, outcome.lastSequence());
    }
  }

  /** Whether an answer to this append promises that it is never lost. */
  private static boolean committing(SimNode node, Operation.Append append) {
    return append.journal()
        && switch (append.concern()) {
          case WriteConcern.Majority() -> true;
          case WriteConcern.All() -> true;
          case WriteConcern.Copies(int count) ->
              node.state().membership().inForce().stream().allMatch(c -> count >= c.majority());
        };
  }

  /** What wants no more than what was answered and comes before it does not wait any more. */
  private void noneHeldUp(SimNode node, Operation.Append append, long upTo) {
    for (Attempt other : waitingAt(node)) {
      Operation.Append waits = other.append();
      long position = node.mirror().positionOf(waits.messages().getLast());
      if (position != 0 && position <= upTo && noStronger(waits, append)) {
        throw new Violation("9", waits + " waits though " + append + " is answered");
      }
    }
  }

  private static boolean noStronger(Operation.Append one, Operation.Append other) {
    boolean concern =
        one.concern().equals(other.concern())
            || one.concern().equals(new WriteConcern.Copies(1))
            || (one.concern() instanceof WriteConcern.Copies(int fewer)
                && other.concern() instanceof WriteConcern.Copies(int more)
                && fewer <= more);
    return concern && (!one.journal() || other.journal());
  }

  /** Where a message is committed, null if it is not. */
  @Nullable Long positionOf(String message) {
    return positions.get(message);
  }
}
