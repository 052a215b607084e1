package io.replog.sim;

import io.replog.node.Faults;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGenerator.SplittableGenerator;
import org.jspecify.annotations.Nullable;

/** What goes wrong, and when: by chance, until it is told to heal everything. */
final class Nemesis {
  private final Profile profile;
  private final SimClock clock;
  private final SimCluster cluster;
  private final Trace trace;
  private final RandomGenerator random;
  private final long betweenNanos;
  private final double ambushes;
  private final @Nullable Ambush ambush;
  private final Map<String, Long> promised = new HashMap<>();
  private final List<Mischief> mischief;
  private boolean stopped;

  Nemesis(
      Profile profile,
      SimClock clock,
      SimCluster cluster,
      Trace trace,
      SplittableGenerator random) {
    this.profile = profile;
    this.clock = clock;
    this.cluster = cluster;
    this.trace = trace;
    this.random = random;
    long seldom = profile.has(Hazard.AMBUSHES) ? 10 : 1;
    this.betweenNanos = seldom * (200_000_000L + random.nextLong(2_500_000_000L));
    this.ambushes =
        profile.has(Hazard.FAULTS) && random.nextBoolean() ? 0.7 * random.nextDouble() : 0;
    this.ambush =
        profile.has(Hazard.AMBUSHES)
            ? new Ambush(clock, cluster, trace, random, this::start)
            : null;
    this.mischief = mischief(random);
  }

  private List<Mischief> mischief(SplittableGenerator dice) {
    List<Mischief> chosen = new ArrayList<>();
    if (profile.has(Hazard.LOST_DISKS)) {
      chosen.add(new LostDisks(clock, cluster, trace, dice.split(), this::start));
    }
    if (profile.has(Hazard.MEMBERS)) {
      chosen.add(new Members(clock, cluster, trace, dice.split()));
    }
    if (profile.has(Hazard.SWITCHES)) {
      chosen.add(new Switches(clock, cluster, trace, dice.split()));
    }
    if (profile.has(Hazard.TRIMS)) {
      chosen.add(new Trims(clock, cluster, trace, dice.split()));
    }
    if (profile.has(Hazard.STOPS)) {
      chosen.add(new Stops(clock, cluster, dice.split(), this::start));
    }
    return chosen;
  }

  void start() {
    if (ambush != null) {
      ambush.start();
    }
    if (profile.has(Hazard.FAULTS)) {
      next();
    }
    mischief.forEach(Mischief::start);
  }

  /** Everything works again. */
  void heal() {
    stopped = true;
    if (ambush != null) {
      ambush.stop();
    }
    mischief.forEach(Mischief::stop);
    trace.note("healed");
    cluster.network().heal();
    for (SimNode node : cluster.nodes()) {
      node.resume();
      node.disk().setCapacity(Long.MAX_VALUE);
      node.switchFaults(Faults.NONE);
      boolean failed = node.up() && node.directory().log().failure() != null;
      if (failed) {
        node.kill();
      }
      start(node, random.nextLong(500_000_000L));
    }
  }

  /** A node has run a turn: one that has just begun to take over is a good victim. */
  void turned(SimNode node) {
    if (ambush != null) {
      ambush.turned(node);
    }
    if (stopped || ambushes == 0 || !node.master()) {
      return;
    }
    long epoch = node.state().promisedEpoch();
    Long before = promised.put(node.id(), epoch);
    if (before != null && before < epoch && random.nextDouble() < ambushes) {
      clock.in(
          random.nextLong(random.nextBoolean() ? 20_000_000L : 200_000_000L),
          "nemesis",
          "ambush",
          node.id(),
          () -> {
            if (!stopped && !cluster.isQuiet()) {
              ambush(node);
            }
          });
    }
  }

  private void ambush(SimNode candidate) {
    List<SimNode> secondaries = cluster.secondaries();
    SimNode secondary = secondaries.get(random.nextInt(secondaries.size()));
    SimNode master = cluster.masters().get(random.nextInt(cluster.masters().size()));
    switch (random.nextInt(7)) {
      case 0 -> {
        candidate.powerFailure();
        start(candidate, downtime());
      }
      case 1 -> {
        candidate.kill();
        start(candidate, random.nextLong(200_000_000L));
      }
      case 2 -> {
        secondary.powerFailure();
        start(secondary, random.nextLong(200_000_000L));
      }
      case 3 -> {
        candidate.powerFailure();
        start(candidate, 1_000_000_000L + downtime());
        halves(secondary, master);
      }
      case 4 -> halves(secondary, candidate);
      case 5 -> halves(secondary, master);
      default -> pause(candidate);
    }
  }

  /** Splits the nodes in two; a secondary and a master are on different sides. */
  private void halves(SimNode secondary, SimNode master) {
    Set<SimNode> side = new LinkedHashSet<>();
    for (SimNode node : cluster.nodes()) {
      boolean here = node == secondary || (node != master && random.nextBoolean());
      if (here) {
        side.add(node);
      }
    }
    for (SimNode one : side) {
      for (SimNode other : cluster.nodes()) {
        if (!side.contains(other)) {
          cluster.network().cut(one.id(), other.id());
          cluster.network().cut(other.id(), one.id());
        }
      }
    }
    trace.note("one side: " + side.stream().map(SimNode::id).toList());
    clock.in(
        1_000_000_000L + random.nextLong(6_000_000_000L),
        "nemesis",
        "heals",
        null,
        () -> cluster.network().mend());
  }

  private void next() {
    clock.in(
        random.nextLong(betweenNanos),
        "nemesis",
        "acts",
        null,
        () -> {
          if (!stopped) {
            if (!cluster.isQuiet()) {
              act();
            }
            next();
          }
        });
  }

  private SimNode any() {
    List<SimNode> nodes = cluster.nodes();
    return nodes.get(random.nextInt(nodes.size()));
  }

  private void act() {
    switch (random.nextInt(profile.has(Hazard.FAILING_DISKS) ? 14 : 12)) {
      case 0 -> {
        SimNode node = any();
        node.kill();
        start(node, downtime());
      }
      case 1, 2 -> {
        SimNode node = any();
        node.powerFailure();
        start(node, downtime());
      }
      case 3 -> crashSoon(any());
      case 4 -> everybody();
      case 5, 6 -> pause(any());
      case 7 -> isolate(any());
      case 8 -> oneWay();
      case 9 -> split();
      case 10 -> cluster.network().breakLink();
      case 11 -> storm();
      case 12 -> fill(any());
      default -> failForce(any());
    }
  }

  private long downtime() {
    return random.nextInt(3) == 0
        ? random.nextLong(8_000_000_000L)
        : 10_000_000L + random.nextLong(1_500_000_000L);
  }

  private void start(SimNode node, long afterNanos) {
    clock.in(afterNanos, node.id(), "start", null, () -> startNow(node));
  }

  private void startNow(SimNode node) {
    node.start();
  }

  private void crashSoon(SimNode node) {
    trace.note(node.id() + " is going to crash in the middle of something");
    node.disk().crashAtOperation(1 + random.nextInt(40));
  }

  /** Starts a node again that went down by itself. */
  void restart(SimNode node) {
    start(node, stopped ? 100_000_000L : downtime());
  }

  private void everybody() {
    boolean machine = random.nextBoolean();
    for (SimNode node : cluster.nodes()) {
      if (random.nextInt(4) > 0) {
        if (machine) {
          node.powerFailure();
        } else {
          node.kill();
        }
        start(node, downtime());
      }
    }
  }

  private void pause(SimNode node) {
    trace.note(node.id() + " is paused");
    node.pause();
    long length = 100_000_000L + random.nextLong(6_000_000_000L);
    clock.in(length, node.id(), "resume", null, node::resume);
  }

  private void isolate(SimNode node) {
    for (SimNode other : cluster.nodes()) {
      cluster.network().cut(node.id(), other.id());
      cluster.network().cut(other.id(), node.id());
    }
    trace.note(node.id() + " is isolated");
    healNetworkLater();
  }

  private void oneWay() {
    SimNode from = any();
    SimNode to = any();
    cluster.network().cut(from.id(), to.id());
    trace.note("nothing gets from " + from.id() + " to " + to.id());
    healNetworkLater();
  }

  private void split() {
    for (SimNode one : cluster.nodes()) {
      for (SimNode other : cluster.nodes()) {
        if (random.nextInt(3) == 0) {
          cluster.network().cut(one.id(), other.id());
          if (random.nextBoolean()) {
            cluster.network().cut(other.id(), one.id());
          }
        }
      }
    }
    trace.note("the network is split");
    healNetworkLater();
  }

  private void storm() {
    trace.note("storm");
    cluster
        .network()
        .weather(
            new Weather(
                50_000,
                1_000_000 + random.nextLong(60_000_000),
                random.nextInt(2) * random.nextDouble() * 0.2,
                random.nextInt(2) * random.nextDouble() * 0.2,
                random.nextInt(2) * random.nextDouble() * 0.3,
                1_000_000 + random.nextLong(800_000_000)));
    healNetworkLater();
  }

  private void healNetworkLater() {
    clock.in(
        random.nextLong(6_000_000_000L), "nemesis", "heals", null, () -> cluster.network().calm());
  }

  private void fill(SimNode node) {
    if (node.up()) {
      trace.note(node.id() + " has a full disk");
      node.harmDisk();
      node.disk().setCapacity(random.nextLong(20_000));
      clock.in(
          random.nextLong(4_000_000_000L),
          node.id(),
          "room",
          null,
          () -> node.disk().setCapacity(Long.MAX_VALUE));
    }
  }

  private void failForce(SimNode node) {
    if (node.up()) {
      trace.note(node.id() + " fails a force");
      node.harmDisk();
      node.disk().failNextForce();
      clock.in(
          random.nextLong(3_000_000_000L),
          node.id(),
          "replaced",
          null,
          () -> {
            node.kill();
            start(node, downtime());
          });
    }
  }
}
