package io.replog.core;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a node must not forget, beside its log. Every change is on disk before the message that
 * speaks of it leaves.
 *
 * @param node the node id that this directory belongs to
 * @param role what the directory is opened as: {@code MASTER} (master-capable) or {@code
 *     SECONDARY}; null until it was opened as either
 * @param store random id of this store, new whenever the directory is formatted or has lost
 *     something it acknowledged
 * @param clusterId the cluster whose log this is, null until the store has its first sync
 * @param promisedEpoch the highest epoch promised; nothing below it is obeyed
 * @param promisedTo the store it is promised to, null when nothing was promised
 * @param logEpoch the last epoch in which this log was wholly synced
 * @param logEpochStore the store of that epoch's master, null with log epoch 0
 * @param incumbentEpoch on a master: the last epoch in which it became active, 0 for none
 * @param membership the configuration in force
 */
public record NodeState(
    String node,
    @Nullable NodeRole role,
    UUID store,
    @Nullable UUID clusterId,
    long promisedEpoch,
    @Nullable UUID promisedTo,
    long logEpoch,
    @Nullable UUID logEpochStore,
    long incumbentEpoch,
    Membership membership) {

  /** A newly formatted store. */
  public static NodeState formatted(String node, UUID store) {
    return new NodeState(node, null, store, null, 0, null, 0, null, 0, Membership.FOUNDING);
  }

  /** The same store, opened as this from now on. */
  public NodeState withRole(NodeRole now) {
    return new NodeState(
        node,
        now,
        store,
        clusterId,
        promisedEpoch,
        promisedTo,
        logEpoch,
        logEpochStore,
        incumbentEpoch,
        membership);
  }

  /**
   * Whether this store began to found a cluster and does not know that it may: nothing was appended
   * yet.
   */
  public boolean foundingUnfinished() {
    return clusterId != null
        && incumbentEpoch == 0
        && store.equals(logEpochStore)
        && membership.newest().version() == 0;
  }

  public NodeState withCluster(UUID id) {
    return new NodeState(
        node,
        role,
        store,
        id,
        promisedEpoch,
        promisedTo,
        logEpoch,
        logEpochStore,
        incumbentEpoch,
        membership);
  }

  public NodeState withPromise(long epoch, UUID to) {
    return new NodeState(
        node,
        role,
        store,
        clusterId,
        epoch,
        to,
        logEpoch,
        logEpochStore,
        incumbentEpoch,
        membership);
  }

  public NodeState withLogEpoch(long epoch, UUID master) {
    return new NodeState(
        node,
        role,
        store,
        clusterId,
        promisedEpoch,
        promisedTo,
        epoch,
        master,
        incumbentEpoch,
        membership);
  }

  public NodeState withIncumbentEpoch(long epoch) {
    return new NodeState(
        node,
        role,
        store,
        clusterId,
        promisedEpoch,
        promisedTo,
        logEpoch,
        logEpochStore,
        epoch,
        membership);
  }

  public NodeState withMembership(Membership next) {
    return new NodeState(
        node,
        role,
        store,
        clusterId,
        promisedEpoch,
        promisedTo,
        logEpoch,
        logEpochStore,
        incumbentEpoch,
        next);
  }

  /**
   * The same store after another one took the founding of its cluster over: it never had an entry,
   * and claims nothing.
   */
  public NodeState withoutFounding() {
    return new NodeState(
        node, role, store, clusterId, promisedEpoch, promisedTo, 0, null, 0, Membership.FOUNDING);
  }

  /**
   * The same node after it lost something that it had acknowledged: another store, which no quorum
   * counts before it is fed again, and which claims no log epoch and no incumbency.
   */
  public NodeState asNewStore(UUID newStore) {
    return new NodeState(
        node, role, newStore, clusterId, promisedEpoch, promisedTo, 0, null, 0, membership);
  }
}
