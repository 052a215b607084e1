package io.replog.node;

import io.replog.core.NodeState;
import io.replog.replication.PeerMessage.Reign;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The granting side of a takeover (protocol, <i>Becoming master</i>, step 1): a promise is given
 * when the epoch is above the promised one and the present master was not heard for an election
 * timeout; the store of the log epoch's master is granted at once.
 *
 * <p>On the node's thread only.
 */
final class Granting {
  /** A promise whose answer waits until the log is on disk. */
  record PendingVote(Peer peer, long epoch, long lastSequence) {}

  private final NodeConfig config;
  private final NodeLoop loop;
  private final LocalCopy copy;
  private final RandomGenerator random;
  private @Nullable PendingVote pendingVote;
  private long quietSinceNanos;
  private Duration electionTimeout;

  Granting(NodeConfig config, NodeLoop loop, LocalCopy copy, RandomGenerator random) {
    this.config = config;
    this.loop = loop;
    this.copy = copy;
    this.random = random;
    this.electionTimeout = config.electionTimeout();
    heardMaster();
  }

  /** The present master was heard, or this node has just started: the wait begins anew. */
  void heardMaster() {
    quietSinceNanos = loop.nanoTime();
    electionTimeout =
        config.electionTimeout().plusNanos(random.nextLong(config.electionTimeout().toNanos() + 1));
  }

  /** Whether the present master was not heard (nor this node started) for an election timeout. */
  boolean quiet() {
    return loop.nanoTime() - quietSinceNanos >= electionTimeout.toNanos();
  }

  /** How long the present master was not heard. */
  Duration silence() {
    return Duration.ofNanos(loop.nanoTime() - quietSinceNanos);
  }

  /** The present master stops in order: nobody need wait. */
  void released() {
    quietSinceNanos = loop.nanoTime() - 3 * config.electionTimeout().toNanos();
  }

  /** A promise was stored; its answer waits until the log is on disk. */
  void promised(Peer peer, long epoch) {
    heardMaster();
    pendingVote = new PendingVote(peer, epoch, copy.lastSequence());
    copy.sync();
  }

  /** A higher epoch came: no answer under a lower one leaves any more. */
  void reset() {
    pendingVote = null;
  }

  /** The vote that may be sent now, once; null if there is none. */
  @Nullable PendingVote due() {
    PendingVote vote = pendingVote;
    boolean due =
        vote != null
            && vote.epoch() == copy.state().promisedEpoch()
            && copy.durableSequence() >= vote.lastSequence()
            && copy.failure() == null;
    if (!due) {
      return null;
    }
    pendingVote = null;
    return vote;
  }

  /** Why an epoch is not promised to a store, null if it would be. */
  @Nullable String refusal(Reign reign) {
    NodeState state = copy.state();
    if (state.clusterId() == null) {
      return "this store belongs to no cluster yet";
    }
    if (!state.clusterId().equals(reign.clusterId())) {
      return "this store belongs to cluster " + state.clusterId() + ", not " + reign.clusterId();
    }
    if (reign.epoch() <= state.promisedEpoch()) {
      return "epoch " + state.promisedEpoch() + " is promised already";
    }
    boolean incumbent = reign.store().equals(state.logEpochStore());
    if (!incumbent && !quiet()) {
      return "the present master was heard";
    }
    if (copy.failure() != null) {
      return "the disk failed: " + copy.failure();
    }
    return null;
  }
}
