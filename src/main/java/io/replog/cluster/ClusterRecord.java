package io.replog.cluster;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who founded the cluster: what keeps an empty master from beginning a second log over secondaries
 * that have one (protocol, <i>Bootstrap</i>).
 *
 * @param clusterId the cluster, for ever
 * @param founder the store that founds it or has founded it
 * @param node the founder's node id, for people
 * @param epoch the epoch in which it is founded; above that of every founder before
 * @param formed false while nothing was appended yet, so that another store may take the founding
 *     over
 * @param version which state of the record this is, for a change that nobody came before; null for
 *     one that is not written yet
 * @param leftOver whether it was written for an installation that was taken away: its data may be
 *     gone, or may be there still
 */
public record ClusterRecord(
    UUID clusterId,
    UUID founder,
    String node,
    long epoch,
    boolean formed,
    @Nullable String version,
    boolean leftOver) {

  /** A record of the present installation. */
  public ClusterRecord(
      UUID clusterId,
      UUID founder,
      String node,
      long epoch,
      boolean formed,
      @Nullable String version) {
    this(clusterId, founder, node, epoch, formed, version, false);
  }

  /** The same, from now on with a log. */
  public ClusterRecord asFormed() {
    return new ClusterRecord(clusterId, founder, node, epoch, true, version);
  }

  /** The same cluster, founded by another store in a higher epoch. */
  public ClusterRecord foundedBy(UUID store, String id, long higherEpoch) {
    return new ClusterRecord(clusterId, store, id, higherEpoch, false, version);
  }
}
