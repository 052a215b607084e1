package io.replog.node;

import io.replog.core.AppendOutcome;
import io.replog.core.AppendRequest;
import io.replog.core.Configuration;
import io.replog.core.FeedState;
import io.replog.core.Membership;
import io.replog.core.NodeRole;
import io.replog.core.Refusal;
import io.replog.node.Node.EntryTrace;
import io.replog.node.Node.ReadPermit;
import io.replog.node.Node.Receipting;
import io.replog.node.Node.Registration;
import io.replog.node.Node.Subscription;
import io.replog.node.Node.Trimming;
import io.replog.node.Node.VerifyReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a master-capable node answers in every phase in which it does not lead. */
abstract class Inactive implements Phase {
  private final MasterContext context;
  private final Registrar registrar;

  Inactive(MasterContext context) {
    this.context = context;
    this.registrar = new Registrar(context);
  }

  MasterContext context() {
    return context;
  }

  /** What this node waits for, for people. */
  abstract String why();

  /** Why it takes no appends, in a word. */
  ClusterView.ReadOnlyReason reason() {
    return context.copy().failure() == null
        ? ClusterView.ReadOnlyReason.NOT_ACTIVE
        : ClusterView.ReadOnlyReason.DISK_FAILED;
  }

  @Override
  public Subscription append(AppendRequest request, Consumer<AppendOutcome> answer) {
    ClusterView.Active active = context.active();
    answer.accept(
        new AppendOutcome.Refused(
            active == null ? new Refusal.NotActive(why()) : new Refusal.NotMaster(active.url())));
    return () -> {};
  }

  @Override
  public void linearizable(Consumer<ReadPermit> answer) {
    ClusterView.Active active = context.active();
    answer.accept(new ReadPermit.NotMaster(active == null ? null : active.url()));
  }

  @Override
  public void verify(Consumer<@Nullable VerifyReport> answer) {
    answer.accept(null);
  }

  @Override
  public void trace(long sequence, Consumer<@Nullable EntryTrace> answer) {
    answer.accept(null);
  }

  @Override
  public Subscription receipt(long sequence, Duration patience, Consumer<Receipting> answer) {
    ClusterView.Active active = context.active();
    answer.accept(new Receipting.NotMaster(active == null ? null : active.url()));
    return () -> {};
  }

  @Override
  public void register(String id, String url, Consumer<Registration> answer) {
    answer.accept(registrar.register(id, url));
  }

  @Override
  public void deregister(String id, Consumer<Registration> answer) {
    ClusterView.Active active = context.active();
    answer.accept(new Registration.NotMaster(active == null ? null : active.url()));
  }

  @Override
  public void trim(long before, Consumer<Trimming> answer) {
    ClusterView.Active active = context.active();
    answer.accept(new Trimming.NotMaster(active == null ? null : active.url()));
  }

  @Override
  public ClusterView view() {
    LocalCopy copy = context.copy();
    Membership membership = context.newestMembership();
    Configuration newest = membership.newest();
    int copies = Math.max(newest.copies(), context.knownCopies());
    List<ClusterView.Secondary> nodes = new ArrayList<>();
    int answering = 0;
    for (PeerSession session : context.peers().all()) {
      long contact = session.lastContactMillis();
      var standing = session.standing();
      long last = standing == null ? 0 : standing.lastSequence();
      boolean voting = standing != null && newest.votes(standing.store());
      answering += voting && session.introduced() ? 1 : 0;
      nodes.add(
          new ClusterView.Secondary(
              session.node(),
              session.url(),
              session.status(),
              voting,
              state(session, last),
              last,
              Math.max(0, copy.lastSequence() - last),
              contact < 0 ? null : contact));
    }
    nodes.sort(Comparator.comparing(ClusterView.Secondary::node));
    return new ClusterView(
        context.state().clusterId(),
        context.config().id(),
        NodeRole.STANDBY,
        false,
        reason(),
        newestEpoch(),
        copy.log().firstSequence(),
        copy.lastSequence(),
        copy.committedSequence(),
        context.active(),
        copies,
        newest.version() > 0 ? newest.majority() : copies / 2 + 1,
        answering,
        membership,
        nodes,
        context.config().deduplicationEntries(),
        context.config().deduplicationWindow().toMillis());
  }

  /** What the active master probably does with a secondary, by what the secondary says itself. */
  private FeedState state(PeerSession session, long lastSequence) {
    if (!session.introduced()) {
      return FeedState.RETRYING;
    }
    return lastSequence < context.copy().lastSequence()
        ? FeedState.CATCHING_UP
        : FeedState.STREAMING;
  }

  private long newestEpoch() {
    long newest = context.state().promisedEpoch();
    for (PeerSession session : context.peers().all()) {
      var standing = session.standing();
      newest = standing == null ? newest : Math.max(newest, standing.promisedEpoch());
    }
    return newest;
  }
}
