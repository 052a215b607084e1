package io.replog.node;

import io.replog.core.Backoff;
import io.replog.core.NodeState;
import io.replog.core.Refusal;
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
    next.enter();
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

  /** Why an append cannot be taken by a node that does not lead. */
  Refusal notActive(String why) {
    return new Refusal.NotActive(why);
  }
}
