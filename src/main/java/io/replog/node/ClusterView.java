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
 * @param firstSequence where this node's log begins: all before is trimmed
 * @param active the master this node obeys or is, null if it knows none
 * @param copies number of copies, seats and master, null where it is not known
 * @param majority copies that make a majority, null where it is not known
 * @param available copies that answer now, null where it is not known
 * @param membership configurations in force
 * @param nodes the secondaries, in the order of their ids; empty on a secondary
 * @param deduplicationEntries window of retried appends in entries
 * @param deduplicationMillis window of retried appends in milliseconds
 * @param discovery who says which secondaries ought to be there, null where nobody does
 */
public record ClusterView(
    @Nullable UUID clusterId,
    String node,
    NodeRole role,
    boolean readWrite,
    @Nullable ReadOnlyReason readOnlyReason,
    long epoch,
    long firstSequence,
    long lastSequence,
    long committedSequence,
    @Nullable Active active,
    @Nullable Integer copies,
    @Nullable Integer majority,
    @Nullable Integer available,
    Membership membership,
    List<Secondary> nodes,
    long deduplicationEntries,
    long deduplicationMillis,
    @Nullable Discovery discovery) {

  /** The view of a node that is told of no members from outside. */
  public ClusterView(
      @Nullable UUID clusterId,
      String node,
      NodeRole role,
      boolean readWrite,
      @Nullable ReadOnlyReason readOnlyReason,
      long epoch,
      long firstSequence,
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
    this(
        clusterId,
        node,
        role,
        readWrite,
        readOnlyReason,
        epoch,
        firstSequence,
        lastSequence,
        committedSequence,
        active,
        copies,
        majority,
        available,
        membership,
        nodes,
        deduplicationEntries,
        deduplicationMillis,
        null);
  }

  /** Whether nothing has changed but how long ago each node was heard: no news for anybody. */
  boolean sameButForContact(@Nullable ClusterView other) {
    return other != null && withoutContact().equals(other.withoutContact());
  }

  private ClusterView withoutContact() {
    return new ClusterView(
        clusterId,
        node,
        role,
        readWrite,
        readOnlyReason,
        epoch,
        firstSequence,
        lastSequence,
        committedSequence,
        active,
        copies,
        majority,
        available,
        membership,
        nodes.stream().map(Secondary::withoutContact).toList(),
        deduplicationEntries,
        deduplicationMillis,
        discovery == null ? null : discovery.withoutContact());
  }

  /** The same view with newer watermarks. */
  ClusterView at(long last, long committed) {
    return new ClusterView(
        clusterId,
        node,
        role,
        readWrite,
        readOnlyReason,
        epoch,
        firstSequence,
        last,
        committed,
        active,
        copies,
        majority,
        available,
        membership,
        nodes,
        deduplicationEntries,
        deduplicationMillis,
        discovery);
  }

  /** The same view with what is known of the source of members. */
  ClusterView with(@Nullable Discovery found) {
    return new ClusterView(
        clusterId,
        node,
        role,
        readWrite,
        readOnlyReason,
        epoch,
        firstSequence,
        lastSequence,
        committedSequence,
        active,
        copies,
        majority,
        available,
        membership,
        nodes,
        deduplicationEntries,
        deduplicationMillis,
        found);
  }

  /** Why a node takes no appends. */
  public enum ReadOnlyReason {
    NO_QUORUM,
    NOT_ACTIVE,
    DISK_FULL,
    DISK_FAILED,
    LOG_DAMAGED
  }

  /**
   * What says which secondaries ought to be there.
   *
   * @param source its name
   * @param up whether the last look found something out
   * @param lastSuccessMs age of the last look that did, null if none ever did
   * @param detail what is waited for or went wrong, null if nothing is
   */
  public record Discovery(
      String source, boolean up, @Nullable Long lastSuccessMs, @Nullable String detail) {
    Discovery waiting(String why) {
      return new Discovery(source, up, lastSuccessMs, detail == null ? why : why + "; " + detail);
    }

    private Discovery withoutContact() {
      return new Discovery(source, up, null, detail);
    }
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
      @Nullable Long lastContactMs) {

    private Secondary withoutContact() {
      return new Secondary(node, url, status, voting, state, lastSequence, lag, null);
    }
  }
}
