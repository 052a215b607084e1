package io.replog.node;

import io.replog.core.Backoff;
import io.replog.core.NodeState;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What the phases of a master-capable node share. On the node's thread only. */
final class MasterContext {
  private final NodeConfig config;
  private final NodeLoop loop;
  private final LocalCopy copy;
  private final FaultGate faults;
  private final RandomGenerator random;
  private @Nullable Peers peers;
  private long takeovers;
  private @Nullable Phase phase;
  private ClusterView.@Nullable Active active;

  MasterContext(
      NodeConfig config, NodeLoop loop, LocalCopy copy, FaultGate faults, RandomGenerator random) {
    this.config = config;
    this.loop = loop;
    this.copy = copy;
    this.faults = faults;
    this.random = random;
  }

  void peers(Peers known) {
    peers = known;
  }

  NodeConfig config() {
    return config;
  }

  NodeLoop loop() {
    return loop;
  }

  LocalCopy copy() {
    return copy;
  }

  NodeState state() {
    return copy.state();
  }

  FaultGate faults() {
    return faults;
  }

  RandomGenerator random() {
    return random;
  }

  Peers peers() {
    if (peers == null) {
      throw new IllegalStateException("the node has not begun");
    }
    return peers;
  }

  Phase phase() {
    if (phase == null) {
      throw new IllegalStateException("the node has not begun");
    }
    return phase;
  }

  /** What this node is doing, null before it has begun. */
  @Nullable Phase phaseOrNull() {
    return phase;
  }

  /** Ends the present phase and begins another. */
  void become(Phase next) {
    Phase before = phase;
    if (before != null) {
      before.leave();
    }
    phase = next;
    if (next instanceof ActiveMaster) {
      takeovers++;
    }
    next.enter();
  }

  /** How often this node has become the active master since its start. */
  long takeovers() {
    return takeovers;
  }

  /** Copies by the declared list, less those that were taken out; 1 where secondaries register. */
  int knownCopies() {
    return config.membersDeclared() ? peers().all().size() + 1 : 1;
  }

  Backoff backoff() {
    return new Backoff(config.backoffBase(), config.backoffCeiling(), random);
  }

  /** The master that this node or its secondaries know of, null if none. */
  ClusterView.@Nullable Active active() {
    return active;
  }

  void active(ClusterView.@Nullable Active now) {
    active = now;
  }
}
