package io.replog.sim;

import io.replog.core.Membership;
import io.replog.node.NodeProbe;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.random.RandomGenerator.SplittableGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One run of a whole cluster of real nodes over simulated disks, network and clock. Everything that
 * is left to chance comes from the seed, so that one seed has one history.
 */
final class Simulation {
  private static final long EVENT_LIMIT = 200_000;
  private static final Duration AFTERMATH = Duration.ofSeconds(90);

  /**
   * What came of a run.
   *
   * @param historyHash stands for everything that happened
   * @param lies contradictions that came to light, where nodes lie
   * @param violation what went wrong, null if nothing did
   */
  record Outcome(
      long seed,
      String profile,
      long historyHash,
      long events,
      long committed,
      long answered,
      long activations,
      Lies lies,
      @Nullable Violation violation,
      List<String> trace) {}

  /**
   * What became of those who lie with signatures.
   *
   * @param equivocations nodes that signed a contradiction of which both parts came to honest nodes
   * @param proofs those of them against whom every honest node holds a proof in the end
   */
  record Lies(long equivocations, long proofs) {
    static final Lies NONE = new Lies(0, 0);
  }

  private final long seed;
  private final Profile profile;
  private final Trace trace;
  private final SimClock clock;
  private final History history = new History();
  private final Invariants invariants;
  private final SimCluster cluster;
  private final SimClients clients;
  private final Nemesis nemesis;
  private final int clientCount;

  private Simulation(long seed, Profile profile, Sabotage sabotage, Trace trace) {
    this.seed = seed;
    this.profile = profile;
    this.trace = trace;
    this.clock = new SimClock(trace);
    SplittableGenerator random = new SplittableRandom(seed);
    SplittableGenerator shapes = random.split();
    boolean small = shapes.nextBoolean() && !profile.has(Hazard.MEMBERS);
    int secondaries = small ? 2 : 1 + shapes.nextInt(profile.secondaries());
    int masters = profile.masters() == 1 ? 1 : 2 + shapes.nextInt(profile.masters() - 1);
    boolean declared =
        profile.has(Hazard.MEMBERS) ? shapes.nextInt(3) == 0 : masters > 1 || shapes.nextInt(3) > 0;
    var shape =
        new SimCluster.Shape(
            masters,
            secondaries,
            declared,
            10_000,
            climate(shapes),
            slowestSync(shapes),
            profile.has(Hazard.TRIMS) && shapes.nextBoolean() ? 5000L : null);
    this.cluster =
        new SimCluster(shape, clock, trace, random.split(), new Watcher(sabotage), sabotage);
    this.invariants = new Invariants(clock, trace, history, cluster);
    this.clientCount = 1 + shapes.nextInt(5);
    this.clients =
        new SimClients(
            clock,
            cluster,
            invariants,
            history,
            random.split(),
            60 + shapes.nextInt(200),
            // keys hold up every trim of what comes after the first
            profile.has(Hazard.TRIMS) ? shapes.nextInt(200) : 0,
            Duration.ofMillis(1 + shapes.nextInt(300)));
    this.nemesis = new Nemesis(profile, clock, cluster, trace, random.split());
    trace.note("seed " + seed + " profile " + profile.name() + " " + shape);
  }

  private Weather climate(RandomGenerator random) {
    if (!profile.has(Hazard.FAULTS) || random.nextBoolean()) {
      return Weather.FINE;
    }
    long slowest = 1_000_000L << random.nextInt(8);
    return new Weather(slowest / 10, slowest, 0, 0, 0, 1);
  }

  private static long slowestSync(RandomGenerator random) {
    return 1_000_000L << random.nextInt(8);
  }

  private final class Watcher implements SimNode.Watcher {
    private final Sabotage sabotage;

    Watcher(Sabotage sabotage) {
      this.sabotage = sabotage;
    }

    @Override
    public void started(SimNode node) {
      invariants.started(node);
    }

    @Override
    public void turned(SimNode node) {
      sabotage.turned(node);
      invariants.turned(node);
      nemesis.turned(node);
    }

    @Override
    public void goesDown(SimNode node) {
      invariants.goesDown(node);
    }

    @Override
    public void crashed(SimNode node) {
      nemesis.restart(node);
    }
  }

  /** Runs one seed to its end, or to the first violation. */
  static Outcome run(long seed, Profile profile, Sabotage sabotage) {
    return run(seed, profile, sabotage, Trace.off());
  }

  /** The same run, with the last lines of its trace. */
  static Outcome traced(long seed, Profile profile, Sabotage sabotage, int lines) {
    return run(seed, profile, sabotage, Trace.ofLast(lines));
  }

  private static Outcome run(long seed, Profile profile, Sabotage sabotage, Trace trace) {
    return profile.has(Hazard.LIARS)
        ? LiarRun.run(seed, profile, sabotage, trace)
        : new Simulation(seed, profile, sabotage, trace).run();
  }

  private Outcome run() {
    Violation violation = null;
    try {
      play();
    } catch (Violation found) {
      violation = found;
    } catch (RuntimeException | Error broken) {
      violation = new Violation("invariant", String.valueOf(broken), broken);
    }
    return new Outcome(
        seed,
        profile.name(),
        clock.historyHash(),
        clock.events(),
        invariants.log().last(),
        invariants.answered(),
        invariants.log().activations(),
        Lies.NONE,
        violation,
        trace.lines());
  }

  private void play() {
    cluster.start();
    clients.start(clientCount);
    nemesis.start();
    until(profile.length().toNanos());
    nemesis.heal();
    clients.stop();
    Operation.Append probe = clients.probe();
    long end = clock.nowNanos() + AFTERMATH.toNanos();
    long from = clock.nowNanos() + 1_000_000_000L;
    while (clock.nowNanos() < end && !(clock.nowNanos() > from && settled(probe))) {
      until(Math.min(end, clock.nowNanos() + 250_000_000L));
    }
    if (!settled(probe)) {
      throw new Violation("10", unsettled(probe));
    }
    Linearizability.check(history, invariants.log());
  }

  private void until(long nanos) {
    while (clock.step(nanos)) {
      if (clock.events() > EVENT_LIMIT) {
        throw new Violation("10", "no end after " + clock.events() + " events");
      }
    }
  }

  /** All that waited is answered, and all replicas are equal. */
  private boolean settled(Operation.Append probe) {
    return unsettled(probe).isEmpty();
  }

  private String unsettled(Operation.Append probe) {
    StringBuilder why = new StringBuilder();
    if (probe.committedNanos() == Operation.NEVER) {
      why.append("an append after the faults is not answered; ");
    }
    long active = cluster.masters().stream().filter(node -> node.activeEpoch() > 0).count();
    if (active != 1) {
      why.append(active).append(" masters are active; ");
    }
    for (SimNode node : cluster.nodes()) {
      if (!node.up()) {
        why.append(node.id()).append(" is down; ");
        continue;
      }
      invariants
          .waitingAt(node)
          .forEach(w -> why.append(w.append()).append(" waits at ").append(node.id()).append("; "));
      boolean equal =
          node.committed() == invariants.log().last()
              && node.mirror().last() == invariants.log().last();
      if (!equal) {
        why.append(describe(node));
      }
    }
    return why.toString();
  }

  private String describe(SimNode node) {
    Membership membership = node.state().membership();
    return "%s %s has %d of %d committed %d promised %d log epoch %d failure %s in %s; "
        .formatted(
            node.id(),
            NodeProbe.phase(node.node()),
            node.mirror().last(),
            invariants.log().last(),
            node.committed(),
            node.state().promisedEpoch(),
            node.state().logEpoch(),
            node.directory().log().failure(),
            membership);
  }
}
