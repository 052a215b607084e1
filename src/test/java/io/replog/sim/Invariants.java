package io.replog.sim;

import io.replog.core.AppendOutcome;
import io.replog.core.Configuration;
import io.replog.core.Entry;
import io.replog.core.LogStart;
import io.replog.core.Membership;
import io.replog.core.Seat;
import io.replog.core.WriteConcern;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.ToIntFunction;

/**
 * The safety properties of the protocol, looked at after every turn of every node. Only what the
 * turn changed is looked at, so that it costs little.
 */
final class Invariants {
  /** What is known of one incarnation of a node. */
  private static final class Known {
    private final long incarnation;
    private long committed;
    private long activeEpoch;
    private long first;

    Known(long incarnation) {
      this.incarnation = incarnation;
    }
  }

  private record Answer(Attempt attempt, AppendOutcome outcome) {}

  private final SimClock clock;
  private final Trace trace;
  private final SimCluster cluster;
  private final CommittedLog log;
  private final Evidence evidence = new Evidence();
  private final Pledges pledges = new Pledges();
  private final Map<String, Known> known = new HashMap<>();
  private final Map<String, Set<Attempt>> waiting = new HashMap<>();
  private final List<Answer> answers = new ArrayList<>();
  private long answered;

  Invariants(SimClock clock, Trace trace, History history, SimCluster cluster) {
    this.clock = clock;
    this.trace = trace;
    this.cluster = cluster;
    this.log = new CommittedLog(trace, history);
  }

  /** What is committed for good. */
  CommittedLog log() {
    return log;
  }

  /** Answers to appends so far. */
  long answered() {
    return answered;
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
      evidence.look(node, node.mirror().last());
      commitUpTo(node, before, Math.min(node.committed(), node.mirror().last()));
      pledges.look(node);
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
    long same = mirror.update(node.directory().log(), node.state().clusterId(), log);
    evidence.look(node, same);
    pledges.look(node);
    if (mirror.wasReread()) {
      pledges.reread(node);
      Pledges.reported(node, mirror.removed());
    }
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
    trimmed(node, before);
    clock.note(mirror.last() * 31 + committed);
    clock.note(node.state().promisedEpoch() * 31 + node.state().logEpoch());
    lookAtAnswers(node);
  }

  private void commitUpTo(SimNode node, Known before, long committed) {
    long epoch = node.activeEpoch();
    // a master may count entries as committed and stop leading in one turn, as when its disk fails
    long led = epoch != 0 ? epoch : before.activeEpoch;
    if (epoch != before.activeEpoch) {
      before.activeEpoch = epoch;
      if (epoch != 0) {
        log.activated(node, epoch);
      }
    }
    for (long sequence = before.committed + 1; sequence <= committed; sequence++) {
      log.commit(node, node.mirror().at(sequence), led);
    }
    before.committed = committed;
  }

  /**
   * What goes is committed, hash for hash; and what a master lets go is, or was, on the disk of
   * every seat.
   */
  private void trimmed(SimNode node, Known before) {
    LogStart start = node.directory().log().start();
    if (start.sequence() == before.first || start.before() == 0) {
      return;
    }
    before.first = start.sequence();
    if (!log.has(start.before(), start.hashBefore())) {
      throw new Violation(
          "11", node.id() + " has trimmed up to " + start.before() + ", which is not committed");
    }
    for (Configuration configuration : node.state().membership().inForce()) {
      for (Seat seat : configuration.seats()) {
        if (node.activeEpoch() > 0 && !evidence.hadOnDisk(seat.node(), start.hashBefore())) {
          throw new Violation(
              "11",
              "%s has trimmed up to %d, which %s never had"
                  .formatted(node.id(), start.before(), seat.node()));
        }
      }
    }
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
      if (log.positionOf(message) != null || node.mirror().positionOf(message) != 0) {
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
      if (promised && (sequence > log.last() || !log.at(sequence).message().equals(message))) {
        throw new Violation("3", append + " is answered and not committed at " + sequence);
      }
      sequence++;
    }
    if (outcome.satisfied() && committing(node, append)) {
      append.committed(clock.nowNanos(), node.state().logEpoch());
    }
    if (outcome.satisfied()) {
      enoughCopies(node, append, node.mirror().at(outcome.lastSequence()));
      noneHeldUp(node, append, outcome.lastSequence());
    }
  }

  /** As many copies as it was answered for are there, on disk where that was asked for. */
  private void enoughCopies(SimNode node, Operation.Append append, Entry entry) {
    int needed =
        switch (append.concern()) {
          case WriteConcern.Majority() -> least(node.state().membership(), Configuration::majority);
          case WriteConcern.All() -> least(node.state().membership(), Configuration::copies);
          case WriteConcern.Copies(int count) -> count;
          case WriteConcern.Certified() ->
              Objects.requireNonNull(node.keys().ring(), "certified without a ring").quorum();
        };
    int there = evidence.copies(node, cluster, entry, append.journal());
    if (there < needed) {
      throw new Violation(
          "3", "%s is answered, and %d of %d copies have it".formatted(append, there, needed));
    }
    long durable = node.directory().log().mark().durableSequence();
    if (append.journal() && node.activeEpoch() > 0 && durable >= entry.sequence()) {
      pledges.answered(node, entry);
    }
  }

  private static int least(Membership membership, ToIntFunction<Configuration> number) {
    return membership.inForce().stream().mapToInt(number).min().orElseThrow();
  }

  /** Whether an answer to this append promises that it is never lost. */
  private static boolean committing(SimNode node, Operation.Append append) {
    return append.journal()
        && switch (append.concern()) {
          case WriteConcern.Majority() -> true;
          case WriteConcern.All() -> true;
          case WriteConcern.Certified() -> true;
          case WriteConcern.Copies(int count) ->
              node.state().membership().inForce().stream().allMatch(c -> count >= c.majority());
        };
  }

  /** What wants no more than what was answered and comes before it does not wait any more. */
  private void noneHeldUp(SimNode node, Operation.Append append, long upTo) {
    for (Attempt other : waitingAt(node)) {
      Operation.Append waits = other.append();
      long position = node.mirror().positionOf(waits.messages().getLast());
      if (position != 0 && position <= upTo && !other.isDelayed() && noStronger(waits, append)) {
        throw new Violation("9", waits + " waits though " + append + " is answered");
      }
    }
  }

  private static boolean noStronger(Operation.Append one, Operation.Append other) {
    if (one.concern() instanceof WriteConcern.Certified) {
      return false; // each entry is signed for by itself
    }
    boolean concern =
        one.concern().equals(other.concern())
            || one.concern().equals(new WriteConcern.Copies(1))
            || (one.concern() instanceof WriteConcern.Copies(int fewer)
                && other.concern() instanceof WriteConcern.Copies(int more)
                && fewer <= more);
    return concern && (!one.journal() || other.journal());
  }
}
