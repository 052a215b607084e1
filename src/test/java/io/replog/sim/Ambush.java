package io.replog.sim;

import io.replog.core.NodeState;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.ObjLongConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Faults that wait for their moment. Each plot is a short series of steps; a step looks at every
 * node that has run a turn and strikes when it sees what it waits for. All that it does is what a
 * cluster must survive: power failures, restarts, directions that are cut.
 */
final class Ambush {
  private static final long LONGEST_NANOS = 7_000_000_000L;
  private static final long SOON_NANOS = 20_000_000L;

  /** Waits for its moment. */
  interface Step {
    /** What comes after this turn: this very step to go on waiting, null if the plot is over. */
    @Nullable Step turned(SimNode node);
  }

  private final SimClock clock;
  private final SimCluster cluster;
  private final Trace trace;
  private final RandomGenerator random;
  private final ObjLongConsumer<SimNode> starter;
  private final MemberPlots members;
  private @Nullable Step step;
  private long began;
  private boolean over;

  /**
   * @param starter starts a node after some nanoseconds
   */
  Ambush(
      SimClock clock,
      SimCluster cluster,
      Trace trace,
      RandomGenerator random,
      ObjLongConsumer<SimNode> starter) {
    this.clock = clock;
    this.cluster = cluster;
    this.trace = trace;
    this.random = random;
    this.starter = starter;
    this.members = new MemberPlots(clock, cluster, this, random, starter);
  }

  void start() {
    clock.in(1_000_000_000L + random.nextLong(1_000_000_000L), "ambush", "next", null, this::begin);
  }

  /** No more of it. */
  void stop() {
    over = true;
    step = null;
    members.undo();
  }

  void turned(SimNode node) {
    Step present = step;
    if (!over && present != null && node.up()) {
      next(present.turned(node));
    }
  }

  private void next(@Nullable Step following) {
    if (!Objects.equals(following, step)) {
      step = following;
      trace.note(following == null ? "ambush is over" : "ambush goes on");
    }
  }

  private void begin() {
    if (over) {
      return;
    }
    if (step != null && clock.nowNanos() - began > LONGEST_NANOS) {
      trace.note("ambush is given up");
      step = null;
      cluster.network().mend();
      members.undo();
    }
    SimNode active = active();
    if (step == null && active != null) {
      began = clock.nowNanos();
      int plot = random.nextInt(7);
      trace.note("ambush " + plot + " for " + active.id());
      step =
          switch (plot) {
            case 0 -> answered(active);
            case 1 -> granted(active);
            case 2 -> tail(active);
            case 3 -> ownTail(active);
            case 4 -> halfTakeover(active);
            case 5 -> members.wiped(active);
            default -> members.transition(active);
          };
    }
    clock.in(100_000_000L + random.nextLong(600_000_000L), "ambush", "next", null, this::begin);
  }

  private @Nullable SimNode active() {
    return cluster.masters().stream()
        .filter(node -> node.activeEpoch() > 0 && !node.paused())
        .findFirst()
        .orElse(null);
  }

  // ---- plots

  /**
   * An append is committed by as few as may be; the master goes for long, and who holds it is
   * restarted. The others know nothing of it.
   */
  private Step answered(SimNode active) {
    List<SimNode> holders = new ArrayList<>(cluster.secondaries());
    int enough = (holders.size() + 1) / 2;
    while (holders.size() > enough) {
      holders.remove(random.nextInt(holders.size()));
    }
    List<SimNode> side = new ArrayList<>(holders);
    side.add(active);
    apart(side);
    long before = active.committed();
    int more = 1 + random.nextInt(3);
    return new Step() {
      @Override
      public @Nullable Step turned(SimNode node) {
        if (node != active || node.committed() < before + more) {
          return this;
        }
        now(
            () -> {
              fail(active, 4_000_000_000L);
              holders.forEach(holder -> fail(holder, random.nextLong(SOON_NANOS)));
              cluster.network().mend();
            });
        return null;
      }
    };
  }

  /**
   * A secondary that has just granted is restarted and meets the former master before the
   * candidate; that one goes as soon as it has committed something.
   */
  private Step granted(SimNode active) {
    apart(List.of(active));
    long epoch = active.activeEpoch();
    return new Step() {
      @Override
      public @Nullable Step turned(SimNode node) {
        if (node.master() || node.state().promisedEpoch() <= epoch) {
          return this;
        }
        SimNode candidate = holder(node.state());
        if (candidate == null || !active.up()) {
          return this;
        }
        cluster.network().cut(candidate.id(), node.id());
        clock.in(
            5_000_000L + random.nextLong(150_000_000L),
            "ambush",
            "strikes",
            node.id(),
            () -> {
              if (!over) {
                node.kill();
                cluster.network().mend();
                apart(List.of(active, node));
                starter.accept(node, 1_000_000L);
              }
            });
        return gone(active, active.committed());
      }
    };
  }

  /** The master goes for long once it has committed more. */
  private Step gone(SimNode active, long committed) {
    return new Step() {
      @Override
      public @Nullable Step turned(SimNode node) {
        if (node != active || node.committed() <= committed) {
          return this;
        }
        now(
            () -> {
              fail(active, 5_000_000_000L);
              cluster.network().mend();
            });
        return null;
      }
    };
  }

  /** A master that has entries alone is restarted; as soon as it is active again, all go down. */
  private Step tail(SimNode active) {
    apart(List.of(active));
    long epoch = active.activeEpoch();
    int more = 1 + random.nextInt(8);
    return new Step() {
      @Override
      public @Nullable Step turned(SimNode node) {
        boolean alone = node == active && node.mirror().last() >= node.committed() + more;
        if (!alone) {
          return this;
        }
        now(
            () -> {
              active.kill();
              cluster.network().mend();
              starter.accept(active, 1_000_000L);
            });
        return allGoDown(epoch);
      }
    };
  }

  private Step allGoDown(long epoch) {
    return new Step() {
      @Override
      public @Nullable Step turned(SimNode node) {
        if (node.activeEpoch() <= epoch) {
          return this;
        }
        now(
            () -> {
              for (SimNode each : cluster.nodes()) {
                fail(each, each == node ? 5_000_000_000L : random.nextLong(SOON_NANOS));
              }
            });
        return null;
      }
    };
  }

  /** A master that lacks on its disk what the secondaries' disks committed is restarted. */
  private Step ownTail(SimNode active) {
    return new Step() {
      @Override
      public @Nullable Step turned(SimNode node) {
        boolean behind =
            node == active && node.directory().log().mark().durableSequence() < node.committed();
        if (!behind) {
          return this;
        }
        now(() -> fail(active, 1_000_000L));
        return null;
      }
    };
  }

  /**
   * A candidate gets its log to one secondary and goes; the former master takes over again with the
   * others, commits and goes; the candidate comes back to the one that it had reached.
   */
  private Step halfTakeover(SimNode active) {
    apart(List.of(active));
    long epoch = active.activeEpoch();
    return new Step() {
      @Override
      public @Nullable Step turned(SimNode node) {
        boolean adopted = node.master() && node != active && node.state().logEpoch() > epoch;
        if (!adopted) {
          return this;
        }
        List<SimNode> secondaries = cluster.secondaries();
        SimNode reached = secondaries.get(random.nextInt(secondaries.size()));
        for (SimNode secondary : secondaries) {
          if (secondary != reached) {
            cluster.network().cut(node.id(), secondary.id());
          }
        }
        return reached(active, node, reached, node.state().logEpoch());
      }
    };
  }

  private Step reached(SimNode active, SimNode candidate, SimNode secondary, long epoch) {
    return new Step() {
      @Override
      public @Nullable Step turned(SimNode node) {
        if (node != secondary || node.state().logEpoch() < epoch) {
          return this;
        }
        now(
            () -> {
              fail(candidate, 6_000_000_000L);
              cluster.network().mend();
              apart(List.of(candidate, secondary));
            });
        return again(active, candidate, secondary, epoch);
      }
    };
  }

  private Step again(SimNode active, SimNode candidate, SimNode secondary, long epoch) {
    return new Step() {
      private long committed = -1;

      @Override
      public @Nullable Step turned(SimNode node) {
        if (node != active || node.activeEpoch() <= epoch) {
          return this;
        }
        if (committed < 0) {
          committed = node.committed();
        }
        if (node.committed() == committed) {
          return this;
        }
        now(
            () -> {
              fail(active, 6_000_000_000L);
              cluster.network().mend();
              apart(List.of(candidate, secondary));
              starter.accept(candidate, 1_000_000L);
              clock.in(3_000_000_000L, "ambush", "mends", null, () -> cluster.network().mend());
            });
        return null;
      }
    };
  }

  // ---- what they do

  private @Nullable SimNode holder(NodeState granting) {
    return cluster.masters().stream()
        .filter(
            node ->
                node.up()
                    && node.state().store().equals(granting.promisedTo())
                    && node.activeEpoch() == 0)
        .findFirst()
        .orElse(null);
  }

  /** After this turn, before anything else. */
  void now(Runnable strike) {
    clock.in(
        0,
        "ambush",
        "strikes",
        null,
        () -> {
          if (!over) {
            strike.run();
          }
        });
  }

  void fail(SimNode node, long downNanos) {
    node.powerFailure();
    starter.accept(node, downNanos);
  }

  void apart(List<SimNode> side) {
    for (SimNode one : side) {
      for (SimNode other : cluster.nodes()) {
        if (!side.contains(other)) {
          cluster.network().cut(one.id(), other.id());
          cluster.network().cut(other.id(), one.id());
        }
      }
    }
    trace.note("apart: " + side.stream().map(SimNode::id).toList());
  }
}
