package io.replog.node;

import io.replog.core.FeedState;
import io.replog.core.Membership;
import io.replog.core.NodeRole;
import io.replog.core.NodeStatus;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The cluster as one node knows it: what {@code GET /cluster} shows. Immutable.
 *
 * @param clusterId null until the node belongs to a cluster
 * @param node this node
 * @param readWrite whether this node is the active master and takes appends
 * @param readOnlyReason why not, null with {@code readWrite}
 * @param epoch the highest epoch this node knows
 * @param active the master this node obeys or is, null if it knows none
 * @param copies number of copies, seats and master, null where it is not known
 * @param majority copies that make a majority, null where it is not known
 * @param available copies that answer now, null where it is not known
 * @param membership configurations in force
 * @param nodes the secondaries, in the order of their ids; empty on a secondary
 * @param deduplicationEntries window of retried appends in entries
 * @param deduplicationMillis window of retried appends in milliseconds
 */
public record ClusterView(
    @Nullable UUID clusterId,
    String node,
    NodeRole role,
    boolean readWrite,
    @Nullable ReadOnlyReason readOnlyReason,
    long epoch,
    long lastSequence,
    long committedSequence,
    @Nullable Active active,
    @Nullable Integer copies,
    @Nullable Integer majority,
    @Nullable Integer available,
    Membership membership,
    List<Secondary> nodes,
    long deduplicationEntries,
    long deduplicationMillis) {

  /** The same view with newer watermarks. */
  ClusterView at(long last, long committed) {
    return new ClusterView(
        clusterId,
        node,
        role,
        readWrite,
        readOnlyReason,
        epoch,
        last,
        committed,
        active,
        copies,
        majority,
        available,
        membership,
        nodes,
        deduplicationEntries,
        deduplicationMillis);
  }

  /** Why a node takes no appends. */
  public enum ReadOnlyReason {
    NO_QUORUM,
    NOT_ACTIVE,
    DISK_FULL,
    DISK_FAILED
  }

  /** The active master. */
  public record Active(String node, String url) {}

  /**
   * A secondary.
   *
   * @param lag entries it is behind the master
   * @param lastContactMs age of its last answer, null if it never answered
   */
  public record Secondary(
      String node,
      String url,
      NodeStatus status,
      boolean voting,
      FeedState state,
      long lastSequence,
      long lag,
      @Nullable Long lastContactMs) {}
}
