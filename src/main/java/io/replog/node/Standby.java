package io.replog.node;

import io.replog.core.Era;
import io.replog.core.Membership;
import io.replog.replication.PeerMessage.Fetched;
import io.replog.replication.PeerMessage.Foreign;
import io.replog.replication.PeerMessage.FromSecondary;
import io.replog.replication.PeerMessage.HashAnswer;
import io.replog.replication.PeerMessage.Standing;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A master-capable node that does not lead: it knows by its secondaries who does, and tries to take
 * over now and then. An attempt begins with a question that changes nothing, so a node that cannot
 * win does not disturb one that leads.
 */
final class Standby extends Inactive {
  private static final Logger LOG = LoggerFactory.getLogger(Standby.class);

  private final Tailing tailing;
  private NodeLoop.@Nullable Timer attempt;
  private boolean eager;
  private @Nullable String rival;

  Standby(MasterContext context) {
    this(context, false);
  }

  /**
   * @param eager whether to try as soon as enough secondaries have answered, as a node that has
   *     just started and led before
   */
  Standby(MasterContext context, boolean eager) {
    super(context);
    this.eager = eager;
    this.tailing = new Tailing(context);
  }

  @Override
  public void enter() {
    schedule();
    tryEagerly();
  }

  @Override
  public void leave() {
    if (attempt != null) {
      attempt.cancel();
    }
  }

  @Override
  public void tick() {
    context().peers().all().forEach(PeerSession::introduce);
    context().copy().rememberCommitted();
    tailing.tick();
    tryEagerly();
  }

  @Override
  public void reported(PeerSession session, Standing standing) {
    learn();
    tryEagerly();
  }

  @Override
  public void said(PeerSession session, FromSecondary message) {
    switch (message) {
      case HashAnswer answer -> tailing.answered(session, answer);
      case Fetched fetched -> tailing.fetched(session, fetched);
      case Foreign foreign ->
          LOG.warn(
              "refused by a secondary of another cluster secondary={} itsCluster={} ours={}",
              session.node(),
              foreign.clusterId(),
              context().state().clusterId());
      default -> {}
    }
  }

  @Override
  public void disconnected(PeerSession session) {
    learn();
  }

  @Override
  String why() {
    String overruled = overruled();
    if (rival != null) {
      return rival;
    }
    return overruled != null ? overruled : "no master is active now, as far as this one knows";
  }

  /** The active master is the one that the secondaries with the highest promised epoch obey. */
  private void learn() {
    Standing newest = null;
    for (PeerSession session : context().peers().all()) {
      Standing standing = session.standing();
      if (session.introduced()
          && standing != null
          && standing.activeNode() != null
          && (newest == null || standing.promisedEpoch() > newest.promisedEpoch())) {
        newest = standing;
      }
    }
    String node = newest == null ? null : newest.activeNode();
    String url = newest == null ? null : newest.activeUrl();
    boolean before = context().active() != null;
    rival = rival(newest);
    if (rival != null) {
      context().warnOnce(rival);
    }
    if (node == null || url == null || node.equals(context().config().id())) {
      context().active(null);
      if (before) {
        schedule();
      }
    } else {
      context().active(new ClusterView.Active(node, url));
    }
  }

  /** What is wrong where the active master is another node with this node's id, else null. */
  private @Nullable String rival(@Nullable Standing newest) {
    String id = context().config().id();
    boolean another =
        newest != null
            && id.equals(newest.activeNode())
            && !context().config().url().equals(newest.activeUrl())
            && !context().state().store().equals(newest.promisedTo());
    return newest == null || !another
        ? null
        : "node id %s is in use by the active master at %s (store %s); the node at %s (store %s)"
                .formatted(
                    id,
                    newest.activeUrl(),
                    newest.promisedTo(),
                    context().config().url(),
                    context().state().store())
            + " needs another --id";
  }

  /**
   * The next attempt: after an election timeout while a master is known, soon where there is none.
   * Random, so that two standbys do not take the secondaries' promises from each other for ever.
   */
  private void schedule() {
    if (attempt != null) {
      attempt.cancel();
    }
    long timeout = context().config().electionTimeout().toNanos();
    long least = context().active() == null ? timeout / 16 : timeout;
    long spread = context().active() == null ? timeout / 4 : timeout;
    Duration wait = Duration.ofNanos(least + context().random().nextLong(spread + 1));
    attempt = context().loop().schedule(wait, this::attempt);
  }

  private void tryEagerly() {
    boolean answered =
        eager
            && context()
                .state()
                .membership()
                .writeQuorum(
                    store ->
                        context()
                            .peers()
                            .byStore(store)
                            .filter(PeerSession::introduced)
                            .isPresent());
    if (answered) {
      eager = false;
      // not from within enter(): a phase is left only once it was entered
      context().loop().execute(this::attempt);
    }
  }

  private void attempt() {
    if (context().phase() != this) {
      return;
    }
    String overruled = overruled();
    if (overruled == null) {
      context().become(new Takeover(context()));
    } else {
      context().warnOnce(overruled);
      schedule();
    }
  }

  /**
   * Why this node must not try at all: a secondary obeys a master of a later era, one with a
   * configuration that an operator forced and that nobody has told this node of. Outbidding it
   * would make a quorum of the old configuration beside the new one. Null if there is no reason.
   */
  private @Nullable String overruled() {
    String failure = context().copy().failure();
    if (failure != null) {
      return "this master's disk failed; restart it once the disk is right: " + failure;
    }
    long era = eraOf(context().state().membership(), context().state().logEpoch());
    PeerSession beyond = null;
    long highest = era;
    for (PeerSession session : context().peers().all()) {
      Standing standing = session.standing();
      if (standing != null) {
        era = Math.max(era, eraOf(standing.membership(), standing.logEpoch()));
        if (Era.of(standing.promisedEpoch()) > highest) {
          highest = Era.of(standing.promisedEpoch());
          beyond = session;
        }
      }
    }
    return beyond == null || highest <= era
        ? null
        : beyond.node()
            + " obeys a master with a forced configuration, which this node knows nothing of: it"
            + " cannot lead before it hears of it from a secondary that is synced";
  }

  private static long eraOf(Membership membership, long logEpoch) {
    return Era.of(Math.max(membership.newest().epoch(), logEpoch));
  }
}
