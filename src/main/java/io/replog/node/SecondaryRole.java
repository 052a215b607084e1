package io.replog.node;

import io.replog.core.Membership;
import io.replog.core.NodeState;
import io.replog.evidence.Attestation;
import io.replog.evidence.Signed;
import io.replog.replication.PeerMessage;
import io.replog.replication.PeerMessage.Acknowledge;
import io.replog.replication.PeerMessage.Attest;
import io.replog.replication.PeerMessage.Certify;
import io.replog.replication.PeerMessage.Configure;
import io.replog.replication.PeerMessage.Evidence;
import io.replog.replication.PeerMessage.Fenced;
import io.replog.replication.PeerMessage.Fetch;
import io.replog.replication.PeerMessage.Foreign;
import io.replog.replication.PeerMessage.FromSecondary;
import io.replog.replication.PeerMessage.HashQuery;
import io.replog.replication.PeerMessage.Heartbeat;
import io.replog.replication.PeerMessage.Introduce;
import io.replog.replication.PeerMessage.Leave;
import io.replog.replication.PeerMessage.LeaveAnswer;
import io.replog.replication.PeerMessage.Promise;
import io.replog.replication.PeerMessage.Reign;
import io.replog.replication.PeerMessage.Release;
import io.replog.replication.PeerMessage.Renounce;
import io.replog.replication.PeerMessage.Replicate;
import io.replog.replication.PeerMessage.Report;
import io.replog.replication.PeerMessage.Standing;
import io.replog.replication.PeerMessage.Sync;
import io.replog.replication.PeerMessage.ToSecondary;
import io.replog.replication.PeerMessage.Vote;
import io.replog.storage.DiskFailedException;
import io.replog.storage.DiskFullException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rules of a node that copies the log (protocol, <i>Normal operation</i> rule 2, and the
 * granting side of <i>Becoming master</i>). It obeys the highest epoch it has promised, and in that
 * epoch one store alone.
 *
 * <p>On the node's thread only.
 */
final class SecondaryRole implements Intake.Answers {
  private static final Logger LOG = LoggerFactory.getLogger(SecondaryRole.class);

  private final NodeConfig config;
  private final NodeLoop loop;
  private final LocalCopy copy;
  private final FaultGate faults;
  private final HandFed handFed;
  private final RandomGenerator random;
  private final Granting granting;
  private final Intake intake;
  private final Departure departure;
  private final CopyReport said;
  private final Witness witness;
  private final Attesting attesting;
  private final boolean newStore;

  private final Set<Peer> peers = new LinkedHashSet<>();
  private @Nullable Peer master;
  private ClusterView.@Nullable Active active;
  private long round;
  private boolean acknowledgeDue;
  private boolean ready;
  private boolean seatedOnce;
  private boolean out;

  SecondaryRole(
      NodeConfig config,
      NodeLoop loop,
      LocalCopy copy,
      FaultGate faults,
      HandFed handFed,
      RandomGenerator random,
      EvidenceKeys keys,
      Witness witness) {
    this.config = config;
    this.loop = loop;
    this.copy = copy;
    this.faults = faults;
    this.handFed = handFed;
    this.random = random;
    this.newStore = copy.state().logEpoch() == 0;
    this.granting = new Granting(config, loop, copy, random);
    this.departure = new Departure(config, loop);
    this.intake = new Intake(config, loop, copy, faults, handFed, this);
    this.said = new CopyReport(config, copy);
    this.witness = witness;
    this.attesting = new Attesting(copy, keys.signer(), witness, this::attest);
    copy.onDurable(this::durableGrew);
  }

  /**
   * Whether it has caught up since its start; a store that was not in the cluster before: whether
   * it votes.
   */
  boolean ready() {
    NodeState state = copy.state();
    if (!ready && newStore) {
      ready = state.logEpoch() > 0 && state.membership().votes(state.store());
    }
    return ready && !out;
  }

  boolean isOut() {
    return out;
  }

  /** Out of all quorums: every link is closed and none is taken, as if this node had stopped. */
  void goOut() {
    if (out) {
      return;
    }
    out = true;
    for (Peer peer : Set.copyOf(peers)) {
      peer.close();
      closed(peer);
    }
    master = null;
    active = null;
    intake.reset();
    granting.reset();
    attesting.reset();
    LOG.warn("out of all quorums node={}", config.id());
  }

  /** Takes part again, as after a start. */
  void comeBack() {
    if (out) {
      out = false;
      granting.heardMaster();
      LOG.info("takes part again node={} lastSequence={}", config.id(), copy.lastSequence());
    }
  }

  /**
   * Whether it has to make itself known to a master: none was heard for long, and it was not taken
   * out of the configuration while it ran.
   */
  boolean wantsRegistration() {
    NodeState state = copy.state();
    boolean seated = state.membership().newest().seat(config.id()).isPresent();
    seatedOnce |= seated;
    boolean heard = active != null && granting.silence().compareTo(config.unhealthyAfter()) < 0;
    return !heard && (seated || !seatedOnce);
  }

  ClusterView view() {
    return said.view(active, handFed.lastSequence(), out);
  }

  void received(Peer peer, PeerMessage message) {
    if (out) {
      peer.close();
      return;
    }
    if (!(message instanceof ToSecondary heard)) {
      LOG.warn(
          "closing a link node={} reason=a secondary's message came to a secondary", config.id());
      peer.close();
      return;
    }
    if (heard instanceof Introduce introduce) {
      peer.introduced(introduce.node());
      peers.add(peer);
    }
    if (faults.swallows(peer.node())) {
      return;
    }
    boolean harmless = heard instanceof Introduce || heard instanceof Evidence;
    if (!harmless && witness.distrusts(peer.node())) {
      // to one that was caught lying it is as if this node had gone silent
      return;
    }
    try {
      heed(peer, heard);
    } catch (DiskFullException | DiskFailedException e) {
      // nothing of it has happened, here or in what was answered: as if it had not come
      LOG.warn("cannot heed a message node={} reason={}", config.id(), e.getMessage());
    }
  }

  private void heed(Peer peer, ToSecondary heard) {
    switch (heard) {
      case Introduce introduce -> introduced(peer, introduce);
      case Promise promise -> promise(peer, promise);
      case Sync sync -> intake.sync(peer, sync);
      case Replicate replicate -> intake.replicate(peer, replicate);
      case Heartbeat heartbeat -> heartbeat(peer, heartbeat);
      case Configure configure -> configure(peer, configure);
      case HashQuery query -> answer(peer, said.hash(query));
      case Fetch fetch -> answer(peer, said.frames(fetch, standing()));
      case Release release -> release(peer, release);
      case Renounce renounce -> renounce(peer, renounce);
      case LeaveAnswer answer -> leaveAnswered(peer, answer);
      case Certify certify -> certify(peer, certify);
      case Evidence evidence -> witness.heard(peer.node(), evidence);
    }
  }

  void closed(Peer peer) {
    peers.remove(peer);
    if (master == peer) {
      master = null;
      intake.linkChanged();
    }
  }

  private void introduced(Peer peer, Introduce introduce) {
    UUID cluster = copy.state().clusterId();
    if (cluster != null
        && introduce.clusterId() != null
        && !cluster.equals(introduce.clusterId())) {
      answer(peer, new Foreign(cluster));
    } else {
      answer(peer, new Report(standing()));
    }
  }

  private void release(Peer peer, Release release) {
    if (obey(peer, release.reign())) {
      granting.released();
      for (Peer other : peers) {
        if (other != peer) {
          answer(other, new Report(standing()));
        }
      }
    }
  }

  private void promise(Peer peer, Promise promise) {
    Reign reign = promise.reign();
    String refusal = granting.refusal(reign);
    if (refusal != null) {
      answer(peer, new Vote(reign.epoch(), promise.preVote(), false, refusal, standing()));
    } else if (promise.preVote()) {
      answer(peer, new Vote(reign.epoch(), true, true, "", standing()));
    } else {
      promiseTo(reign);
      LOG.info("promised node={} epoch={} to={}", config.id(), reign.epoch(), peer.node());
      granting.promised(peer, reign.epoch());
      voteWhenDurable();
    }
  }

  private void voteWhenDurable() {
    Granting.PendingVote vote = granting.due();
    if (vote != null) {
      answer(vote.peer(), new Vote(vote.epoch(), false, true, "", standing()));
    }
  }

  // ---- the master's word

  /** Whether this node obeys; if not, the sender has been told. */
  @Override
  public boolean obey(Peer peer, Reign reign) {
    NodeState state = copy.state();
    if (state.clusterId() == null) {
      answer(peer, new Report(standing()));
      return false;
    }
    if (!state.clusterId().equals(reign.clusterId())) {
      answer(peer, new Foreign(state.clusterId()));
      return false;
    }
    boolean toAnother =
        reign.epoch() == state.promisedEpoch() && !reign.store().equals(state.promisedTo());
    if (reign.epoch() < state.promisedEpoch() || toAnother) {
      answer(peer, new Fenced(state.promisedEpoch(), state.promisedTo()));
      return false;
    }
    if (reign.epoch() > state.promisedEpoch()) {
      promiseTo(reign);
    }
    if (master != peer) {
      master = peer;
      intake.linkChanged();
    }
    granting.heardMaster();
    return true;
  }

  private void promiseTo(Reign reign) {
    copy.save(state -> state.withPromise(reign.epoch(), reign.store()));
    intake.reset();
    granting.reset();
    attesting.reset();
    master = null;
    round = 0;
  }

  private void heartbeat(Peer peer, Heartbeat heartbeat) {
    if (!obey(peer, heartbeat.reign())) {
      return;
    }
    active = new ClusterView.Active(heartbeat.node(), heartbeat.url());
    round = Math.max(round, heartbeat.round());
    if (!intake.open()) {
      answer(peer, new Report(standing()));
      return;
    }
    if (copy.synced()) {
      copy.commit(heartbeat.committedSequence());
      copy.trimBefore(heartbeat.keepFrom());
      if (!newStore && copy.lastSequence() >= heartbeat.committedSequence()) {
        ready = true;
      }
    }
    acknowledge();
  }

  private void configure(Peer peer, Configure configure) {
    if (!obey(peer, configure.reign())) {
      return;
    }
    if (!copy.synced()) {
      return;
    }
    if (newer(configure.membership(), copy.state().membership())) {
      copy.save(state -> state.withMembership(configure.membership()));
    }
    acknowledge();
  }

  /** A late or doubled message must not take a configuration back that was acknowledged. */
  private static boolean newer(Membership told, Membership known) {
    int order = told.newest().compareTo(known.newest());
    return order > 0 || (order == 0 && told.proposed() == null && known.proposed() != null);
  }

  private void renounce(Peer peer, Renounce renounce) {
    if (obey(peer, renounce.reign()) && renounce.discredited().equals(copy.state().store())) {
      LOG.warn("taking a new store id node={} why={}", config.id(), renounce.why());
      UUID next = new UUID(random.nextLong(), random.nextLong());
      copy.save(state -> state.asNewStore(next));
      intake.reset();
      answer(peer, new Report(standing()));
    }
  }

  // ---- evidence

  private void certify(Peer peer, Certify certify) {
    if (obey(peer, certify.reign())) {
      attesting.asked(peer.node(), certify);
    }
  }

  /** The master counts it; standbys compare it with what this node said before. */
  private void attest(Signed<Attestation> signed) {
    peers.forEach(peer -> answer(peer, new Attest(signed)));
  }

  void passOn(Evidence evidence) {
    peers.forEach(peer -> answer(peer, evidence));
  }

  /** The master that this node obeys was caught lying: to others it has none, and need not wait. */
  void proven(String liar) {
    if (active != null && active.node().equals(liar)) {
      active = null;
      master = null;
      intake.linkChanged();
      attesting.reset();
      granting.released();
    }
  }

  // ---- leaving

  Departure departure() {
    return departure;
  }

  /** At every heartbeat while this node is told to terminate: asks every master that it knows. */
  void leave() {
    if (departure.goesOn(copy.state().membership())) {
      for (Peer peer : peers) {
        answer(peer, new Leave(config.id(), copy.state().store()));
      }
    }
  }

  private void leaveAnswered(Peer peer, LeaveAnswer answer) {
    if (obey(peer, answer.reign())) {
      departure.answered(answer.mayStop(), answer.why());
    }
  }

  // ---- answers

  private void durableGrew() {
    try {
      intake.finishSync();
    } catch (DiskFullException | DiskFailedException e) {
      LOG.warn("cannot finish a sync node={} reason={}", config.id(), e.getMessage());
    }
    voteWhenDurable();
    attesting.look();
    if (intake.open()) {
      acknowledge();
    }
  }

  /** One acknowledgement a turn, of all that happened in it. */
  @Override
  public void acknowledge() {
    if (!acknowledgeDue) {
      acknowledgeDue = true;
      loop.atEndOfTurn(this::acknowledgeNow);
    }
  }

  private void acknowledgeNow() {
    acknowledgeDue = false;
    Peer to = master;
    if (to == null) {
      return;
    }
    NodeState state = copy.state();
    var newest = state.membership().newest();
    answer(
        to,
        new Acknowledge(
            state.promisedEpoch(),
            state.store(),
            state.logEpoch(),
            intake.received(),
            copy.lastSequence(),
            copy.lastHash(),
            copy.durableSequence(),
            newest.epoch(),
            newest.version(),
            round));
  }

  private Standing standing() {
    return said.standing(granting.quiet() ? null : active);
  }

  @Override
  public Report report() {
    return new Report(standing());
  }

  @Override
  public void answer(Peer peer, FromSecondary message) {
    faults.send(peer.link(), peer.node(), message);
  }
}
