package io.replog.node;

import io.replog.core.Configuration;
import io.replog.core.FeedState;
import io.replog.core.Membership;
import io.replog.core.NodeRole;
import io.replog.core.NodeStatus;
import io.replog.core.Refusal;
import io.replog.node.ClusterView.ReadOnlyReason;
import io.replog.replication.PeerMessage.Reign;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Whether an active master takes appends now, and what it shows of the cluster.
 *
 * <p>On the node's thread only.
 */
final class Availability {
  private final MasterContext context;
  private final Reign reign;
  private final Map<PeerSession, Feed> feeds;

  /**
   * @param feeds the present feeds, as they are when looked at
   */
  Availability(MasterContext context, Reign reign, Map<PeerSession, Feed> feeds) {
    this.context = context;
    this.reign = reign;
    this.feeds = feeds;
  }

  /** Why no append at all is taken now, null if they are. */
  @Nullable Refusal refusal() {
    return switch (reason()) {
      case null -> null;
      case DISK_FAILED -> new Refusal.DiskFailed(String.valueOf(context.copy().failure()));
      case DISK_FULL -> new Refusal.DiskFull("there is no room on the master's disk");
      case NOT_ACTIVE, LOG_DAMAGED ->
          new Refusal.NotActive("the first configuration is not committed yet");
      case NO_QUORUM -> {
        Configuration newest = context.state().membership().newest();
        yield new Refusal.NoQuorum(newest.majority(), available(newest) + 1);
      }
    };
  }

  private @Nullable ReadOnlyReason reason() {
    if (context.copy().failure() != null) {
      return ReadOnlyReason.DISK_FAILED;
    }
    if (context.copy().full()) {
      return ReadOnlyReason.DISK_FULL;
    }
    if (forming()) {
      return ReadOnlyReason.NOT_ACTIVE;
    }
    boolean enough = context.state().membership().writeQuorum(this::answers);
    return enough || !context.config().quorumAppend() ? null : ReadOnlyReason.NO_QUORUM;
  }

  /** Where members are declared, no append is taken before they have a configuration. */
  private boolean forming() {
    boolean without = context.state().membership().committed().version() == 0;
    boolean alone = context.desired().known() && context.desired().members().isEmpty();
    boolean founded = context.state().incumbentEpoch() > 0;
    return context.membersDeclared() && without && !(alone && founded);
  }

  private boolean answers(UUID store) {
    for (Feed feed : feeds.values()) {
      if (store.equals(feed.store())) {
        return feed.session().status() != NodeStatus.UNHEALTHY;
      }
    }
    return false;
  }

  /** Voting secondaries of a configuration that answer. */
  private int available(Configuration configuration) {
    return (int)
        configuration.seats().stream()
            .filter(seat -> seat.store() != null && answers(seat.store()))
            .count();
  }

  /** The cluster as this master knows it. */
  ClusterView view() {
    LocalCopy copy = context.copy();
    Membership membership = context.state().membership();
    Configuration newest = membership.newest();
    int copies = Math.max(newest.copies(), context.knownCopies());
    ReadOnlyReason reason = reason();
    List<ClusterView.Secondary> nodes = new ArrayList<>();
    for (PeerSession session : context.peers().all()) {
      nodes.add(secondary(session, membership));
    }
    nodes.sort(Comparator.comparing(ClusterView.Secondary::node));
    return new ClusterView(
        context.state().clusterId(),
        context.config().id(),
        NodeRole.MASTER,
        reason == null,
        reason,
        reign.epoch(),
        copy.log().firstSequence(),
        copy.lastSequence(),
        copy.committedSequence(),
        context.active(),
        copies,
        newest.version() > 0 ? newest.majority() : copies / 2 + 1,
        available(newest) + 1,
        membership,
        nodes,
        context.config().deduplicationEntries(),
        context.config().deduplicationWindow().toMillis());
  }

  private ClusterView.Secondary secondary(PeerSession session, Membership membership) {
    Feed feed = feeds.get(session);
    long contact = session.lastContactMillis();
    long last = feed == null ? 0 : feed.progress().stored();
    return new ClusterView.Secondary(
        session.node(),
        session.url(),
        session.status(),
        feed != null && membership.votes(feed.store()),
        feed == null ? FeedState.RETRYING : feed.state(),
        last,
        Math.max(0, context.copy().lastSequence() - last),
        contact < 0 ? null : contact);
  }
}
