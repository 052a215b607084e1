package io.replog.sim;

import io.replog.core.AppendOutcome;
import io.replog.core.Entry;
import io.replog.core.Refusal;
import io.replog.core.WriteConcern;
import io.replog.node.Node.ReadPermit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Clients, each with one operation at a time: appends of every kind, tried again with the same key
 * where the answer did not come or was unknown, and reads of every concern at any node. Their
 * requests and answers are delayed and lost as other messages.
 */
final class SimClients {
  private static final Duration PATIENCE = Duration.ofSeconds(4);
  private static final int ATTEMPTS = 12;

  private final SimClock clock;
  private final SimCluster cluster;
  private final Invariants invariants;
  private final History history;
  private final RandomGenerator random;
  private final int operations;
  private final int keysFrom;
  private final Duration pause;
  private boolean stopped;
  private int begun;
  private int busy;
  private @Nullable String guess;

  /**
   * @param operations how many there will be
   * @param keysFrom how many appends at the beginning have no key
   * @param pause longest time between two of one client
   */
  SimClients(
      SimClock clock,
      SimCluster cluster,
      Invariants invariants,
      History history,
      RandomGenerator random,
      int operations,
      int keysFrom,
      Duration pause) {
    this.clock = clock;
    this.cluster = cluster;
    this.invariants = invariants;
    this.history = history;
    this.random = random;
    this.operations = operations;
    this.keysFrom = keysFrom;
    this.pause = pause;
  }

  void start(int clients) {
    for (int i = 0; i < clients; i++) {
      next("client-" + i);
    }
  }

  /** No more operations begin, and none is tried again. */
  void stop() {
    stopped = true;
  }

  int busy() {
    return busy;
  }

  private void next(String client) {
    clock.in(random.nextLong(pause.toNanos()), client, "next", null, () -> begin(client));
  }

  private void begin(String client) {
    if (stopped || begun >= operations) {
      return;
    }
    begun++;
    busy++;
    switch (random.nextInt(10)) {
      case 0 -> {
        SimNode node = cluster.nodes().get(random.nextInt(cluster.nodes().size()));
        boolean majority = random.nextBoolean();
        node.read(() -> read(node, majority));
        done(client);
      }
      case 1, 2 -> linearizable(client);
      default -> attempt(client, append(), 0);
    }
  }

  private void done(String client) {
    busy--;
    next(client);
  }

  // ---- appends

  private Operation.Append append() {
    int id = history.appends().size();
    int count = random.nextInt(8) == 0 ? 2 + random.nextInt(3) : 1;
    List<String> messages = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      messages.add("m" + id + "." + i + "x".repeat(random.nextInt(10) == 0 ? 300 : 5));
    }
    String key = random.nextInt(3) > 0 && id >= keysFrom ? "k" + id : null;
    Operation.Append append =
        new Operation.Append(
            id,
            messages,
            key,
            concern(),
            random.nextInt(4) > 0,
            random.nextInt(4) == 0 ? Duration.ofMillis(1 + random.nextInt(2000)) : null,
            random.nextInt(12) == 0 ? invariants.log().last() + 1 : null,
            clock.nowNanos());
    history.add(append);
    return append;
  }

  private WriteConcern concern() {
    return switch (random.nextInt(6)) {
      case 0 -> new WriteConcern.Copies(1 + random.nextInt(cluster.shape().secondaries() + 1));
      case 1 -> new WriteConcern.Copies(1);
      case 2 -> new WriteConcern.All();
      default -> new WriteConcern.Majority();
    };
  }

  /** An append with a majority's disks, that is tried again until it is answered so. */
  Operation.Append probe() {
    int id = history.appends().size();
    Operation.Append append =
        new Operation.Append(
            id,
            List.of("probe" + id),
            "probe" + id,
            new WriteConcern.Majority(),
            true,
            null,
            null,
            clock.nowNanos());
    history.add(append);
    busy++;
    attempt("probe", append, -1_000_000);
    return append;
  }

  private void attempt(String client, Operation.Append append, int attempts) {
    SimNode node = target();
    boolean[] over = {false};
    clock.in(
        PATIENCE.toNanos(),
        client,
        "patience",
        append,
        () -> {
          if (!over[0]) {
            over[0] = true;
            append.maybe();
            guess = null;
            again(client, append, attempts);
          }
        });
    if (lost()) {
      append.maybe();
      return;
    }
    clock.in(
        delay(),
        node.id(),
        "request",
        append,
        () -> {
          if (over[0]) {
            return;
          }
          if (!node.up()) {
            over[0] = true;
            append.refused();
            guess = null;
            again(client, append, attempts);
            return;
          }
          ask(client, append, attempts, node, over);
        });
  }

  private void ask(
      String client, Operation.Append append, int attempts, SimNode node, boolean[] over) {
    Attempt attempt = new Attempt(append, node);
    invariants.asked(attempt);
    node.node()
        .append(
            append.request(),
            cluster
                .sabotage()
                .asking(
                    cluster,
                    outcome -> answered(client, append, attempts, attempt, over, outcome)));
  }

  private void answered(
      String client,
      Operation.Append append,
      int attempts,
      Attempt attempt,
      boolean[] over,
      AppendOutcome outcome) {
    invariants.answer(attempt, outcome);
    if (!lost()) {
      clock.in(
          delay(),
          client,
          "answer",
          append,
          () -> {
            if (!over[0] && attempt.isAnswered()) {
              over[0] = true;
              told(client, append, attempts, outcome);
            }
          });
    }
  }

  private void told(String client, Operation.Append append, int attempts, AppendOutcome outcome) {
    switch (outcome) {
      case AppendOutcome.Appended appended -> {
        if (attempts < 0 && !appended.satisfied()) {
          again(client, append, attempts);
        } else {
          done(client);
        }
      }
      case AppendOutcome.Refused(Refusal why) -> {
        guess = why instanceof Refusal.NotMaster(String active) ? active : null;
        boolean forGood =
            why instanceof Refusal.SequenceMismatch
                || why instanceof Refusal.TooManyCopies
                || why instanceof Refusal.KeyReused;
        if (forGood) {
          done(client);
        } else {
          again(client, append, attempts);
        }
      }
      case AppendOutcome.Unknown unknown -> again(client, append, attempts);
      case AppendOutcome.Injected injected -> again(client, append, attempts);
    }
  }

  /** Tries again, as long as trying again cannot put it there twice. */
  private void again(String client, Operation.Append append, int attempts) {
    boolean may = append.key() != null || !append.isMaybe();
    if (!may || attempts + 1 >= ATTEMPTS || (stopped && attempts >= 0)) {
      done(client);
      return;
    }
    clock.in(
        20_000_000L + random.nextLong(600_000_000L),
        client,
        "again",
        append,
        () -> attempt(client, append, attempts + 1));
  }

  private SimNode target() {
    for (SimNode node : cluster.masters()) {
      if (node.url().equals(guess) && random.nextInt(10) > 0) {
        return node;
      }
    }
    return cluster.masters().get(random.nextInt(cluster.masters().size()));
  }

  private long delay() {
    return 50_000 + random.nextLong(3_000_000);
  }

  private boolean lost() {
    return !stopped && random.nextInt(100) == 0;
  }

  // ---- reads

  /** What a node shows now is in sequence order, and what it shows as committed is. */
  private void read(SimNode node, boolean majority) {
    if (!node.up() || node.paused()) {
      return;
    }
    long upTo = majority ? node.committed() : node.node().watermarks().lastSequence();
    if (upTo == 0) {
      return;
    }
    long from = 1 + random.nextLong(upTo);
    long first = node.node().log().firstSequence();
    if (upTo < first) {
      return;
    }
    if (from < first) {
      from = first + from % (upTo - first + 1);
    }
    List<Entry> shown = cluster.sabotage().shown(node, Reading.of(node, from, upTo), upTo);
    for (int i = 0; i < shown.size(); i++) {
      Entry entry = shown.get(i);
      if (entry.sequence() != from + i) {
        throw new Violation(
            "5", node.id() + " shows " + entry + " where " + (from + i) + " belongs");
      }
      boolean right =
          majority
              ? invariants.log().at(from + i).equals(entry)
              : node.mirror().at(from + i).equals(entry);
      if (!right) {
        throw new Violation(majority ? "6" : "5", node.id() + " shows another " + entry);
      }
    }
    if (shown.size() != upTo - from + 1) {
      throw new Violation("5", node.id() + " shows a gap before " + upTo);
    }
    if (majority) {
      history.add(
          new Operation.MajorityRead(node.id(), upTo, shown.getLast().hash(), clock.nowNanos()));
    }
  }

  private void linearizable(String client) {
    SimNode node = target();
    long invoked = clock.nowNanos();
    boolean[] over = {false};
    clock.in(
        PATIENCE.toNanos(),
        client,
        "patience",
        "read",
        () -> {
          if (!over[0]) {
            over[0] = true;
            done(client);
          }
        });
    clock.in(
        delay(),
        node.id(),
        "request",
        "linearizable read",
        () -> {
          if (node.up()) {
            node.node().linearizable(permit -> permitted(client, invoked, over, permit));
          }
        });
  }

  private void permitted(String client, long invoked, boolean[] over, ReadPermit permit) {
    clock.in(
        delay(),
        client,
        "read",
        permit,
        () -> {
          if (!over[0]) {
            over[0] = true;
            if (permit instanceof ReadPermit.Granted(long committed)) {
              history.add(new Operation.Read(committed, invoked, clock.nowNanos()));
            }
            if (permit instanceof ReadPermit.NotMaster(String active)) {
              guess = active;
            }
            done(client);
          }
        });
  }
}
