package io.replog.sim;

import io.replog.core.Membership;
import io.replog.node.Faults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.ObjLongConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The plots of {@link Ambush} about who is a member, and with which store. */
final class MemberPlots {
  private static final Faults DEAF = new Faults(Duration.ZERO, 1, false, 0, Set.of(), false);

  private final SimClock clock;
  private final SimCluster cluster;
  private final Ambush ambush;
  private final RandomGenerator random;
  private final ObjLongConsumer<SimNode> starter;

  MemberPlots(
      SimClock clock,
      SimCluster cluster,
      Ambush ambush,
      RandomGenerator random,
      ObjLongConsumer<SimNode> starter) {
    this.clock = clock;
    this.cluster = cluster;
    this.ambush = ambush;
    this.random = random;
    this.starter = starter;
  }

  /** Who was made to leave comes back, and nobody fails deliveries any more. */
  void undo() {
    for (SimNode node : cluster.nodes()) {
      node.switchFaults(Faults.NONE);
    }
    cluster.secondaries().forEach(cluster::enrol);
  }

  private List<SimNode> shuffled() {
    List<SimNode> secondaries = new ArrayList<>(cluster.secondaries());
    Collections.swap(secondaries, 0, random.nextInt(secondaries.size()));
    return secondaries;
  }

  private void cut(SimNode one, SimNode other) {
    cluster.network().cut(one.id(), other.id());
    cluster.network().cut(other.id(), one.id());
  }

  /**
   * A secondary that promised a new epoch loses its disk, and meets the former master first, which
   * never fed it in its epoch and so cannot know what it forgot.
   */
  Ambush.@Nullable Step wiped(SimNode active) {
    List<SimNode> secondaries = shuffled();
    if (secondaries.size() != 2) {
      return null;
    }
    SimNode victim = secondaries.getFirst();
    cut(active, victim);
    long epoch = active.activeEpoch();
    ambush.now(
        () -> {
          active.kill();
          starter.accept(active, 1_000_000L);
        });
    return new Ambush.Step() {
      @Override
      public Ambush.@Nullable Step turned(SimNode node) {
        if (node != active || node.activeEpoch() <= epoch) {
          return this;
        }
        ambush.now(() -> ambush.apart(List.of(active)));
        return forgotten(active, victim, node.activeEpoch());
      }
    };
  }

  private Ambush.Step forgotten(SimNode former, SimNode victim, long epoch) {
    return new Ambush.Step() {
      @Override
      public Ambush.@Nullable Step turned(SimNode node) {
        SimNode present =
            cluster.masters().stream()
                .filter(m -> m.activeEpoch() > epoch)
                .findFirst()
                .orElse(null);
        if (present == null || present == former || !everySeatIsFilled(present)) {
          return this;
        }
        ambush.now(
            () -> {
              victim.powerFailure();
              victim.loseDisk();
              cluster.network().mend();
              ambush.apart(List.of(former, victim));
              starter.accept(victim, 1_000_000L);
              mendIn(4_000_000_000L);
            });
        return null;
      }
    };
  }

  /** Whether every seat is filled and holds all that is committed. */
  private boolean everySeatIsFilled(SimNode active) {
    Membership membership = active.state().membership();
    return membership.proposed() == null
        && cluster.secondaries().stream()
            .allMatch(
                node ->
                    node.up()
                        && membership.committed().votes(node.state().store())
                        && node.state().logEpoch() == active.activeEpoch()
                        && node.directory().log().mark().durableSequence() >= active.committed());
  }

  /**
   * The secondary that alone has the newest entries is told to leave; when the other has the
   * proposal, the master goes for long and the one that leaves is cut off.
   */
  Ambush.@Nullable Step transition(SimNode active) {
    List<SimNode> secondaries = shuffled();
    if (secondaries.size() != 2 || !everySeatIsFilled(active)) {
      return null;
    }
    SimNode weak = secondaries.getFirst();
    SimNode strong = secondaries.getLast();
    weak.switchFaults(DEAF);
    cluster.masters().stream().filter(m -> m != active).forEach(m -> cut(m, strong));
    long before = active.committed();
    long version = active.state().membership().newest().version();
    return new Ambush.Step() {
      @Override
      public Ambush.@Nullable Step turned(SimNode node) {
        if (node != active || node.committed() == before) {
          return this;
        }
        ambush.now(() -> cluster.dismiss(strong));
        return proposed(active, weak, strong, version);
      }
    };
  }

  private Ambush.Step proposed(SimNode active, SimNode weak, SimNode strong, long version) {
    return new Ambush.Step() {
      @Override
      public Ambush.@Nullable Step turned(SimNode node) {
        if (node != weak || node.state().membership().newest().version() <= version) {
          return this;
        }
        ambush.now(
            () -> {
              ambush.fail(active, 6_000_000_000L);
              ambush.apart(List.of(strong));
              mendIn(4_000_000_000L);
              undo();
            });
        return null;
      }
    };
  }

  private void mendIn(long nanos) {
    clock.in(nanos, "ambush", "mends", null, () -> cluster.network().mend());
  }
}
