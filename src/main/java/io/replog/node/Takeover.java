package io.replog.node;

import io.replog.core.Membership;
import io.replog.core.NodeState;
import io.replog.replication.PeerMessage.Acknowledge;
import io.replog.replication.PeerMessage.Fenced;
import io.replog.replication.PeerMessage.Fetched;
import io.replog.replication.PeerMessage.FromSecondary;
import io.replog.replication.PeerMessage.HashAnswer;
import io.replog.replication.PeerMessage.Heartbeat;
import io.replog.replication.PeerMessage.Promise;
import io.replog.replication.PeerMessage.Reign;
import io.replog.replication.PeerMessage.Standing;
import io.replog.replication.PeerMessage.Vote;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt to become the active master, in one epoch (protocol, <i>Becoming master</i>): ask
 * whether it would be granted; promise; adopt the best log; sync the stores that granted; be active
 * once enough of them are. An attempt that gets stuck is given up, and the next one takes a higher
 * epoch.
 */
final class Takeover extends Inactive implements Feed.Listener, Adoption.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(Takeover.class);

  private sealed interface Step {
    record PreVote() implements Step {}

    record Promising() implements Step {}

    record Adopting(Adoption adoption) implements Step {}

    record Syncing() implements Step {}
  }

  private final Map<UUID, Vote> votes = new HashMap<>();
  private final Map<PeerSession, Feed> feeds = new LinkedHashMap<>();
  private final Set<UUID> synced = new HashSet<>();
  private final Set<String> refused = new HashSet<>();
  private Step step = new Step.PreVote();
  private Reign reign;
  private Membership membership;
  private boolean incumbent;
  private boolean succeeded;
  private long deadlineNanos;

  Takeover(MasterContext context) {
    super(context);
    NodeState state = context.state();
    UUID cluster = state.clusterId();
    if (cluster == null) {
      throw new IllegalStateException("a node without a cluster cannot take over");
    }
    long known = state.promisedEpoch();
    for (PeerSession session : context.peers().all()) {
      Standing standing = session.standing();
      known = standing == null ? known : Math.max(known, standing.promisedEpoch());
    }
    this.reign = new Reign(cluster, known + 1, state.store());
    this.membership = state.membership();
  }

  @Override
  public void enter() {
    extend();
    ask(true);
    count();
  }

  @Override
  public void leave() {
    if (!succeeded) {
      feeds.values().forEach(Feed::down);
    }
  }

  @Override
  String why() {
    return "this master is taking over in epoch " + reign.epoch();
  }

  @Override
  public void tick() {
    feeds.values().forEach(Feed::tick);
    if (step instanceof Step.Syncing) {
      Heartbeat heartbeat =
          new Heartbeat(
              reign,
              context().config().id(),
              context().config().url(),
              context().copy().committedSequence(),
              0,
              0);
      feeds.values().forEach(feed -> feed.heartbeat(heartbeat));
    }
    if (context().loop().nanoTime() - deadlineNanos >= 0) {
      giveUp("no progress in step " + step.getClass().getSimpleName());
    }
  }

  @Override
  public void reported(PeerSession session, Standing standing) {
    if (standing.promisedEpoch() > reign.epoch()) {
      giveUp("a higher epoch is promised at " + session.node());
    } else if (step instanceof Step.Syncing) {
      Feed feed = feeds.get(session);
      if (feed != null) {
        feed.begin(standing);
      }
    } else if (step instanceof Step.PreVote) {
      session.send(new Promise(reign, true));
    }
  }

  @Override
  public void said(PeerSession session, FromSecondary message) {
    switch (message) {
      case Vote vote -> voted(vote);
      case Fenced fenced -> {
        if (fenced.promisedEpoch() >= reign.epoch()) {
          giveUp("fenced by " + session.node() + " with epoch " + fenced.promisedEpoch());
        }
      }
      case HashAnswer answer when step instanceof Step.Adopting(Adoption adoption) ->
          adoption.compared(session, answer);
      case Fetched fetched when step instanceof Step.Adopting(Adoption adoption) ->
          adoption.fetched(session, fetched);
      default -> {
        Feed feed = feeds.get(session);
        if (feed != null) {
          feed.said(message);
        }
      }
    }
  }

  @Override
  public void disconnected(PeerSession session) {
    Feed feed = feeds.get(session);
    if (feed != null) {
      feed.down();
    }
    if (step instanceof Step.Adopting(Adoption adoption)) {
      adoption.disconnected(session);
    }
  }

  /** The local disk has synced more. */
  void durableGrew() {
    if (step instanceof Step.Adopting(Adoption adoption)) {
      adoption.durableGrew();
    }
  }

  // ---- 1. promises

  private void ask(boolean preVote) {
    for (PeerSession session : context().peers().all()) {
      session.send(new Promise(reign, preVote));
    }
  }

  private void voted(Vote vote) {
    boolean mine =
        vote.epoch() == reign.epoch()
            && (vote.preVote() ? step instanceof Step.PreVote : step instanceof Step.Promising);
    if (!mine) {
      return;
    }
    if (vote.granted()) {
      votes.put(vote.standing().store(), vote);
      count();
    } else {
      LOG.debug(
          "not granted epoch={} by={} reason={}",
          reign.epoch(),
          vote.standing().node(),
          vote.reason());
      refused.add(vote.standing().node());
      boolean nobodyLeft =
          context().peers().all().stream()
              .filter(PeerSession::introduced)
              .allMatch(session -> refused.contains(session.node()) || granted(session));
      if (nobodyLeft || vote.standing().promisedEpoch() >= reign.epoch()) {
        giveUp(vote.standing().node() + ": " + vote.reason());
      }
    }
  }

  private boolean granted(PeerSession session) {
    Standing standing = session.standing();
    return standing != null && votes.containsKey(standing.store());
  }

  private void count() {
    membership = newestMembership();
    long led = context().state().incumbentEpoch();
    incumbent =
        led > 0 && votes.values().stream().allMatch(vote -> vote.standing().logEpoch() <= led);
    if (!quorum(votes::containsKey)) {
      return;
    }
    if (step instanceof Step.PreVote) {
      promise();
    } else if (step instanceof Step.Promising) {
      adopt();
    }
  }

  private boolean quorum(Predicate<UUID> store) {
    return incumbent ? membership.writeQuorum(store) : membership.takeoverQuorum(store);
  }

  /**
   * The newest configuration among this node's own and the grants'; known as committed if anybody
   * knows it so.
   */
  private Membership newestMembership() {
    Membership newest = context().state().membership();
    for (Vote vote : votes.values()) {
      Membership other = vote.standing().membership();
      int order = other.newest().compareTo(newest.newest());
      if (order > 0 || (order == 0 && other.proposed() == null)) {
        newest = other;
      }
    }
    return newest;
  }

  private void promise() {
    step = new Step.Promising();
    votes.clear();
    refused.clear();
    extend();
    context().copy().save(state -> state.withPromise(reign.epoch(), reign.store()));
    LOG.info("taking over node={} epoch={}", context().config().id(), reign.epoch());
    ask(false);
    count();
  }

  // ---- 3. the best log

  private void adopt() {
    extend();
    Adoption adoption = new Adoption(context(), reign, votes.values(), this);
    step = new Step.Adopting(adoption);
    adoption.begin();
  }

  @Override
  public void progressed() {
    extend();
  }

  @Override
  public void failed(String why) {
    giveUp(why);
  }

  @Override
  public void diverged(String why) {
    LOG.error(
        "cannot take over node={} epoch={} why={}", context().config().id(), reign.epoch(), why);
    giveUp(why);
  }

  /** The best log is this node's, to the last entry, and on its disk: it gets the new label. */
  @Override
  public void adopted() {
    context()
        .copy()
        .save(
            state -> {
              NodeState next =
                  state.withLogEpoch(reign.epoch(), reign.store()).withMembership(membership);
              return incumbent ? next.withIncumbentEpoch(reign.epoch()) : next;
            });
    sync();
  }

  // ---- 4. and 5. sync and activate

  private void sync() {
    step = new Step.Syncing();
    extend();
    for (PeerSession session : context().peers().all()) {
      Standing standing = session.standing();
      if (standing != null && session.introduced() && votes.containsKey(standing.store())) {
        Feed feed =
            new Feed(
                context().config(),
                context().loop(),
                context().copy(),
                session,
                reign,
                () -> membership,
                context().backoff(),
                this);
        feeds.put(session, feed);
        feed.begin(standing);
      }
    }
    activateWhenSynced();
  }

  @Override
  public void acknowledged(Feed feed, Acknowledge acknowledge) {
    if (votes.containsKey(acknowledge.store()) && synced.add(acknowledge.store())) {
      extend();
    }
    activateWhenSynced();
  }

  /** Nothing is appended before the takeover is done. */
  @Override
  public boolean awaitsStored() {
    return false;
  }

  @Override
  public void changed(Feed feed) {
    extend();
  }

  private void activateWhenSynced() {
    if (!(step instanceof Step.Syncing) || context().phase() != this) {
      return;
    }
    if (!quorum(synced::contains)) {
      return;
    }
    LocalCopy copy = context().copy();
    copy.save(state -> state.withIncumbentEpoch(reign.epoch()));
    copy.commit(copy.lastSequence());
    succeeded = true;
    context().become(new ActiveMaster(context(), reign, feeds.values()));
  }

  private void giveUp(String why) {
    if (context().phase() == this) {
      LOG.debug("gave up node={} epoch={} why={}", context().config().id(), reign.epoch(), why);
      context().become(new Standby(context()));
    }
  }

  private void extend() {
    boolean asking = step instanceof Step.PreVote || step instanceof Step.Promising;
    long patience =
        asking
            ? context().config().electionTimeout().toNanos()
            : 2 * context().config().requestTimeout().toNanos();
    deadlineNanos = context().loop().nanoTime() + patience;
  }
}
