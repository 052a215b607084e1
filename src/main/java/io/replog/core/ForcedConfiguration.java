package io.replog.core;

import java.util.List;
import java.util.UUID;

/**
 * What an operator makes of the one copy with which a cluster is to go on after a majority of its
 * disks is gone (protocol, <i>Forced configuration</i>): a master's copy, the incumbent of a new
 * {@link Era}, under a committed configuration without seats, so that it needs nobody to become
 * active. All others are learners to it, whatever they held before.
 */
public final class ForcedConfiguration {
  private ForcedConfiguration() {}

  /**
   * The state that takes the place of a copy's.
   *
   * @param copy the state of the copy
   * @param node the master's node id
   * @param store a new store id: grants and acknowledgements of the old one are of the old
   *     configuration, and another copy of this directory may exist
   * @param knownEpoch the highest epoch heard of anywhere; those in {@code copy} count anyway
   * @param skipped eras to leave out, from 0 and below {@link Era#MOST_SKIPPED}: random, so that of
   *     two copies that were wrongly both forced one outranks the other
   * @throws IllegalArgumentException if the copy belongs to no cluster
   */
  public static NodeState of(
      NodeState copy, String node, UUID store, long knownEpoch, int skipped) {
    if (copy.clusterId() == null) {
      throw new IllegalArgumentException("a copy that belongs to no cluster has no configuration");
    }
    if (skipped < 0 || skipped >= Era.MOST_SKIPPED) {
      throw new IllegalArgumentException("eras skipped: " + skipped);
    }
    long epoch = Era.first(Era.of(Math.max(knownEpoch, highestEpoch(copy))) + 1 + skipped);
    long version = copy.membership().newest().version() + 1;
    Configuration forced = new Configuration(epoch, version, List.of());
    return new NodeState(
        node,
        NodeRole.MASTER,
        store,
        copy.clusterId(),
        epoch,
        store,
        epoch,
        store,
        epoch,
        new Membership(forced, null));
  }

  private static long highestEpoch(NodeState copy) {
    long configured =
        copy.membership().inForce().stream().mapToLong(Configuration::epoch).max().orElse(0);
    long led = Math.max(copy.logEpoch(), copy.incumbentEpoch());
    return Math.max(Math.max(copy.promisedEpoch(), configured), led);
  }
}
