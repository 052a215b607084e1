package io.replog.node;

import io.replog.replication.PeerLink;
import io.replog.replication.PeerMessage;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The faults in force, and the dice they need. Written from any thread, rolled on the node's. */
final class FaultGate {
  private final Faults initial;
  private final RandomGenerator random;
  private volatile Faults faults;

  FaultGate(Faults initial, RandomGenerator random) {
    this.initial = initial;
    this.random = random;
    this.faults = initial;
  }

  Faults initial() {
    return initial;
  }

  Faults faults() {
    return faults;
  }

  void set(Faults now) {
    faults = now;
  }

  /** Whether a delivery (on a master: an append) is to fail now. */
  boolean fails() {
    double rate = faults.errorRate();
    return rate > 0 && random.nextDouble() < rate;
  }

  /** Whether a message to or from this node is swallowed. */
  boolean swallows(@Nullable String peer) {
    Faults now = faults;
    if (peer != null && now.partitionedFrom().contains(peer)) {
      return true;
    }
    return now.drop() > 0 && random.nextDouble() < now.drop();
  }

  /** Sends unless a fault swallows it. */
  void send(PeerLink link, @Nullable String peer, PeerMessage message) {
    if (!swallows(peer)) {
      link.send(message);
    }
  }
}
