package io.replog.sim;

import io.replog.core.Configuration;
import io.replog.core.Membership;
import io.replog.core.NodeState;
import io.replog.core.Seat;
import io.replog.node.Faults;
import io.replog.storage.SimDisk;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.ObjLongConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Takes disks away, as many at once as the cluster must survive; flips bits of what is at rest; and
 * puts an old copy of a secondary's disk back where a master that remembers more meets it first.
 * Every time only while every seat is filled and holds all that is committed, so over a run every
 * node may lose its disk, one after the other.
 */
final class LostDisks extends Mischief {
  private static final long SEEN_FOR_NANOS = 300_000_000L;
  private static final long QUIET_NANOS = 4_000_000_000L;

  /** An old copy of a disk. */
  private record Copy(SimDisk disk, NodeState state, long durable) {}

  /** What a secondary was seen to have on disk in the present epoch. */
  private record Seen(long atNanos, long epoch, UUID store, long incarnation, long durable) {
    boolean isOf(Seen other) {
      return epoch == other.epoch && store.equals(other.store) && incarnation == other.incarnation;
    }
  }

  private final Trace trace;
  private final ObjLongConsumer<SimNode> starter;
  private final Map<String, Copy> copies = new HashMap<>();
  private final Map<String, Seen> seen = new HashMap<>();
  private final Set<SimNode> flipped = new LinkedHashSet<>();

  /**
   * @param starter starts a node after some nanoseconds
   */
  LostDisks(
      SimClock clock,
      SimCluster cluster,
      Trace trace,
      RandomGenerator random,
      ObjLongConsumer<SimNode> starter) {
    super(clock, cluster, random, 200_000_000L, 1_500_000_000L);
    this.trace = trace;
    this.starter = starter;
  }

  @Override
  void act() {
    SimNode active = intact();
    if (active == null) {
      seen.clear();
      return;
    }
    look(active);
    switch (random().nextInt(6)) {
      case 0, 1 -> lose(active);
      case 2 -> flip(active);
      case 3 -> copy();
      default -> putBack(active);
    }
  }

  @Override
  void stop() {
    super.stop();
    flipped.stream().filter(SimNode::harmed).forEach(SimNode::kill);
  }

  /**
   * The active master, if every seat is filled by the store that its node has and holds all that is
   * committed, no disk is harmed and nobody is to come or to leave; else null.
   */
  private @Nullable SimNode intact() {
    List<SimNode> leading = cluster().masters().stream().filter(m -> m.activeEpoch() > 0).toList();
    if (leading.size() != 1 || cluster().nodes().stream().anyMatch(SimNode::harmed)) {
      return null;
    }
    SimNode active = leading.getFirst();
    Membership membership = active.state().membership();
    boolean whole =
        membership.proposed() == null
            && membership.committed().version() > 0
            && membership.committed().seats().stream().allMatch(seat -> seat.store() != null)
            && Set.copyOf(seated(membership.committed())).equals(Set.copyOf(cluster().enrolled()))
            && seated(membership.committed()).stream().allMatch(node -> holdsAll(node, active));
    return whole ? active : null;
  }

  private List<SimNode> seated(Configuration configuration) {
    return configuration.seats().stream().map(Seat::node).map(cluster()::node).toList();
  }

  private static boolean holdsAll(SimNode node, SimNode active) {
    return node.up()
        && active.state().membership().votes(node.state().store())
        && node.state().membership().proposed() == null
        && node.state().logEpoch() == active.activeEpoch()
        && node.state().promisedEpoch() == active.activeEpoch()
        && node.directory().log().mark().durableSequence() >= active.committed();
  }

  // ---- lost and damaged

  /** A choice of nodes that may all lose their disks at once, perhaps none. */
  private List<SimNode> victims(SimNode active, int atMost) {
    Configuration configuration = active.state().membership().committed();
    List<SimNode> secondaries = new ArrayList<>(seated(configuration));
    List<SimNode> victims = new ArrayList<>();
    int keep = configuration.writeQuorum();
    if (cluster().masters().size() > 1 && !secondaries.isEmpty() && random().nextInt(3) == 0) {
      victims.add(cluster().masters().get(random().nextInt(cluster().masters().size())));
      keep = configuration.takeoverQuorum();
    }
    while (secondaries.size() > keep && victims.size() < atMost) {
      victims.add(secondaries.remove(random().nextInt(secondaries.size())));
      if (random().nextBoolean()) {
        break;
      }
    }
    return victims;
  }

  /** The disks are gone; the nodes come back with empty ones. */
  private void lose(SimNode active) {
    for (SimNode node : victims(active, Integer.MAX_VALUE)) {
      node.powerFailure();
      node.loseDisk();
      trace.note(node.id() + " has lost its disk");
      starter.accept(node, 10_000_000L + random().nextLong(2_000_000_000L));
    }
  }

  /** A bit flips in a file; sooner or later the node is started again and looks at it. */
  private void flip(SimNode active) {
    for (SimNode node : victims(active, 1)) {
      List<String> files =
          node.disk().paths().stream()
              .filter(path -> node.disk().content(path).length > 0)
              .toList();
      if (!files.isEmpty()) {
        String file = files.get(random().nextInt(files.size()));
        int at = random().nextInt(node.disk().content(file).length);
        trace.note(node.id() + ": a bit flips in " + file + " at " + at);
        node.harmDisk();
        flipped.add(node);
        node.disk().damage(file, at, 1 << random().nextInt(8));
        later(
            random().nextLong(1_500_000_000L),
            () -> {
              node.kill();
              starter.accept(node, 1_000_000L);
            });
      }
    }
  }

  // ---- put back from an old copy

  private void copy() {
    List<SimNode> secondaries = cluster().secondaries();
    SimNode node = secondaries.get(random().nextInt(secondaries.size()));
    if (node.up()) {
      trace.note("a copy is made of the disk of " + node.id());
      copies.put(
          node.id(),
          new Copy(
              node.disk().copy(node.id()),
              node.state(),
              node.directory().log().mark().durableSequence()));
    }
  }

  private void look(SimNode active) {
    for (SimNode node : cluster().secondaries()) {
      if (node.up() && holdsAll(node, active) && undisturbed()) {
        Seen now =
            new Seen(
                clock().nowNanos(),
                active.activeEpoch(),
                node.state().store(),
                node.incarnation(),
                node.directory().log().mark().durableSequence());
        seen.merge(node.id(), now, (before, later) -> before.isOf(later) ? before : later);
      } else {
        seen.remove(node.id());
      }
    }
  }

  /**
   * An old copy of a secondary's disk is put back. The active master must see it: it remembers what
   * the store acknowledged. Nothing else happens until it has, since nobody would remember if it
   * went down, and the copy could vote for another that it meets first.
   */
  private void putBack(SimNode active) {
    Configuration configuration = active.state().membership().committed();
    boolean enough = configuration.seats().size() > configuration.writeQuorum();
    for (SimNode node : enough ? seated(configuration) : List.<SimNode>of()) {
      Copy copy = copies.get(node.id());
      if (copy != null && undisturbed() && mustBeSeen(node, copy, active)) {
        copies.remove(node.id());
        trace.note(node.id() + " is put back to a copy with " + copy.durable());
        cluster().quiet(QUIET_NANOS);
        node.powerFailure();
        node.replaceDisk(copy.disk());
        starter.accept(node, 1_000_000L);
        long epoch = active.activeEpoch();
        later(QUIET_NANOS - 1, () -> wasSeen(node, copy, active, epoch));
        return;
      }
    }
  }

  private boolean undisturbed() {
    return cluster().network().isCalm()
        && cluster().nodes().stream()
            .allMatch(
                node ->
                    !node.paused()
                        && !node.disk().goesDownSoon()
                        && (!node.up() || node.node().faults().equals(Faults.NONE)));
  }

  private boolean mustBeSeen(SimNode node, Copy copy, SimNode active) {
    Seen before = seen.get(node.id());
    boolean remembered = before != null && clock().nowNanos() - before.atNanos() > SEEN_FOR_NANOS;
    boolean behind =
        before != null
            && (copy.state().promisedEpoch() < before.epoch() || copy.durable() < before.durable());
    boolean obeysAnother =
        cluster().masters().stream()
            .anyMatch(
                other ->
                    other != active
                        && other.up()
                        && other.state().store().equals(copy.state().logEpochStore()));
    return remembered
        && behind
        && !obeysAnother
        && copy.state().clusterId() != null
        && copy.state().store().equals(node.state().store());
  }

  private void wasSeen(SimNode node, Copy copy, SimNode active, long epoch) {
    boolean unseen = node.up() && node.state().store().equals(copy.state().store());
    if (unseen && active.activeEpoch() == epoch) {
      throw new Violation("3", node.id() + " came back with an old disk, and nobody saw it");
    }
  }
}
