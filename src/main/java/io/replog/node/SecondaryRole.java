package io.replog.node;

import io.replog.core.DamagedFrameException;
import io.replog.core.Frame;
import io.replog.core.FrameChecker;
import io.replog.core.FrameCodec;
import io.replog.core.Hash;
import io.replog.core.Membership;
import io.replog.core.NodeRole;
import io.replog.core.NodeState;
import io.replog.core.ReorderWindow;
import io.replog.replication.PeerLink;
import io.replog.replication.PeerMessage;
import io.replog.replication.PeerMessage.Acknowledge;
import io.replog.replication.PeerMessage.Configure;
import io.replog.replication.PeerMessage.Diverged;
import io.replog.replication.PeerMessage.Failed;
import io.replog.replication.PeerMessage.Fenced;
import io.replog.replication.PeerMessage.Fetch;
import io.replog.replication.PeerMessage.Fetched;
import io.replog.replication.PeerMessage.Foreign;
import io.replog.replication.PeerMessage.FromSecondary;
import io.replog.replication.PeerMessage.HashAnswer;
import io.replog.replication.PeerMessage.HashQuery;
import io.replog.replication.PeerMessage.Heartbeat;
import io.replog.replication.PeerMessage.Introduce;
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
import io.replog.storage.LogRead;
import io.replog.storage.StorageException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
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
final class SecondaryRole {
  private static final Logger LOG = LoggerFactory.getLogger(SecondaryRole.class);
  private static final int REORDER_BYTES = 8 << 20;
  private static final long REORDER_DISTANCE = 100_000;

  /** The other end of a link: a master-capable node. */
  static final class Peer {
    private final PeerLink link;
    private @Nullable String node;

    Peer(PeerLink link) {
      this.link = link;
    }
  }

  /**
   * A sync that is under way: the log is being brought to the master's, and counts for nothing
   * until it is.
   */
  private record Syncing(Reign reign, long endSequence, Hash endHash, Membership membership) {}

  /** A promise whose answer waits until the log is on disk. */
  private record PendingVote(Peer peer, long epoch, long lastSequence) {}

  private final NodeConfig config;
  private final NodeLoop loop;
  private final LocalCopy copy;
  private final FaultGate faults;
  private final HandFed handFed;
  private final RandomGenerator random;
  private final ReorderWindow reorder = new ReorderWindow(REORDER_BYTES, REORDER_DISTANCE);
  private final boolean newStore;

  private final Set<Peer> peers = new HashSet<>();
  private @Nullable Peer master;
  private ClusterView.@Nullable Active active;
  private @Nullable Syncing syncing;
  private @Nullable PendingVote pendingVote;
  private long received;
  private long round;
  private boolean acknowledgeDue;
  private boolean ready;
  private boolean seatedOnce;
  private long quietSinceNanos;
  private Duration electionTimeout;

  SecondaryRole(
      NodeConfig config,
      NodeLoop loop,
      LocalCopy copy,
      FaultGate faults,
      HandFed handFed,
      RandomGenerator random) {
    this.config = config;
    this.loop = loop;
    this.copy = copy;
    this.faults = faults;
    this.handFed = handFed;
    this.random = random;
    this.received = copy.lastSequence();
    this.newStore = copy.state().logEpoch() == 0;
    this.electionTimeout = config.electionTimeout();
    heardMaster();
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
    return ready;
  }

  /**
   * Whether it has to make itself known to a master: none was heard for long, and it was not taken
   * out of the configuration while it ran.
   */
  boolean wantsRegistration() {
    NodeState state = copy.state();
    boolean seated = state.membership().newest().seat(config.id()).isPresent();
    seatedOnce |= seated;
    boolean heard =
        active != null && loop.nanoTime() - quietSinceNanos < config.unhealthyAfter().toNanos();
    return !heard && (seated || !seatedOnce);
  }

  ClusterView view() {
    NodeState state = copy.state();
    return new ClusterView(
        state.clusterId(),
        config.id(),
        NodeRole.SECONDARY,
        false,
        ClusterView.ReadOnlyReason.NOT_ACTIVE,
        state.promisedEpoch(),
        copy.lastSequence(),
        copy.committedSequence(),
        active,
        null,
        null,
        null,
        state.membership(),
        List.of(),
        config.deduplicationEntries(),
        config.deduplicationWindow().toMillis());
  }

  void received(Peer peer, PeerMessage message) {
    if (!(message instanceof ToSecondary said)) {
      LOG.warn(
          "closing a link node={} reason=a secondary's message came to a secondary", config.id());
      peer.link.close();
      return;
    }
    if (said instanceof Introduce introduce) {
      peer.node = introduce.node();
      peers.add(peer);
    }
    if (faults.swallows(peer.node)) {
      return;
    }
    switch (said) {
      case Introduce introduce -> introduced(peer, introduce);
      case Promise promise -> promise(peer, promise);
      case Sync sync -> sync(peer, sync);
      case Replicate replicate -> replicate(peer, replicate);
      case Heartbeat heartbeat -> heartbeat(peer, heartbeat);
      case Configure configure -> configure(peer, configure);
      case HashQuery query ->
          answer(peer, new HashAnswer(query.sequence(), hashOrNull(query.sequence())));
      case Fetch fetch -> fetch(peer, fetch);
      case Release release -> release(peer, release);
      case Renounce renounce -> renounce(peer, renounce);
    }
  }

  void closed(Peer peer) {
    peers.remove(peer);
    if (master == peer) {
      master = null;
      reorder.clear();
      received = copy.lastSequence();
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

  // ---- promises

  private void promise(Peer peer, Promise promise) {
    Reign reign = promise.reign();
    String refusal = refusal(reign);
    if (refusal != null) {
      answer(peer, new Vote(reign.epoch(), promise.preVote(), false, refusal, standing()));
    } else if (promise.preVote()) {
      answer(peer, new Vote(reign.epoch(), true, true, "", standing()));
    } else {
      promiseTo(reign);
      heardMaster();
      LOG.info("promised node={} epoch={} to={}", config.id(), reign.epoch(), peer.node);
      pendingVote = new PendingVote(peer, reign.epoch(), copy.lastSequence());
      copy.sync();
      voteWhenDurable();
    }
  }

  private @Nullable String refusal(Reign reign) {
    NodeState state = copy.state();
    if (state.clusterId() == null) {
      return "this store belongs to no cluster yet";
    }
    if (!state.clusterId().equals(reign.clusterId())) {
      return "this store belongs to cluster " + state.clusterId() + ", not " + reign.clusterId();
    }
    if (reign.epoch() <= state.promisedEpoch()) {
      return "epoch " + state.promisedEpoch() + " is promised already";
    }
    boolean incumbent = reign.store().equals(state.logEpochStore());
    if (!incumbent && !quiet()) {
      return "the present master was heard";
    }
    if (copy.failure() != null) {
      return "the disk failed: " + copy.failure();
    }
    return null;
  }

  private void voteWhenDurable() {
    PendingVote vote = pendingVote;
    if (vote != null
        && vote.epoch() == copy.state().promisedEpoch()
        && copy.durableSequence() >= vote.lastSequence()
        && copy.failure() == null) {
      pendingVote = null;
      answer(vote.peer(), new Vote(vote.epoch(), false, true, "", standing()));
    }
  }

  private void release(Peer peer, Release release) {
    if (obey(peer, release.reign())) {
      quietSinceNanos = loop.nanoTime() - 3 * config.electionTimeout().toNanos();
      for (Peer other : peers) {
        if (other != peer) {
          answer(other, new Report(standing()));
        }
      }
    }
  }

  // ---- the master's word

  /** Whether this node obeys; if not, the sender has been told. */
  private boolean obey(Peer peer, Reign reign) {
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
      received = copy.lastSequence();
    }
    heardMaster();
    return true;
  }

  private void promiseTo(Reign reign) {
    copy.save(state -> state.withPromise(reign.epoch(), reign.store()));
    reorder.clear();
    received = copy.lastSequence();
    syncing = null;
    pendingVote = null;
    master = null;
    round = 0;
  }

  private boolean synced() {
    NodeState state = copy.state();
    return state.logEpoch() > 0 && state.logEpoch() == state.promisedEpoch();
  }

  private void heartbeat(Peer peer, Heartbeat heartbeat) {
    if (!obey(peer, heartbeat.reign())) {
      return;
    }
    active = new ClusterView.Active(heartbeat.node(), heartbeat.url());
    round = Math.max(round, heartbeat.round());
    if (!synced() && syncing == null) {
      answer(peer, new Report(standing()));
      return;
    }
    if (synced()) {
      copy.commit(heartbeat.committedSequence());
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
    if (!synced()) {
      return;
    }
    if (!configure.membership().equals(copy.state().membership())) {
      copy.save(state -> state.withMembership(configure.membership()));
    }
    acknowledge();
  }

  private void renounce(Peer peer, Renounce renounce) {
    if (obey(peer, renounce.reign()) && renounce.discredited().equals(copy.state().store())) {
      LOG.warn("taking a new store id node={} why={}", config.id(), renounce.why());
      UUID next = new UUID(random.nextLong(), random.nextLong());
      copy.save(state -> state.asNewStore(next));
      syncing = null;
      answer(peer, new Report(standing()));
    }
  }

  // ---- sync and entries

  private void sync(Peer peer, Sync sync) {
    boolean unborn = copy.state().clusterId() == null;
    if (unborn) {
      copy.begin(sync.reign().clusterId());
      handFed.clear();
      LOG.info("joined node={} cluster={}", config.id(), sync.reign().clusterId());
    }
    if (!obey(peer, sync.reign())) {
      return;
    }
    if (synced()) {
      acknowledge();
      return;
    }
    boolean asBelieved =
        copy.lastSequence() == sync.basedOnSequence()
            && (sync.basedOnSequence() == 0 || copy.lastHash().equals(sync.basedOnHash()));
    if (!asBelieved || !copy.has(sync.commonSequence(), sync.commonHash())) {
      answer(peer, new Report(standing()));
      return;
    }
    if (sync.commonSequence() < copy.committedSequence()) {
      answer(
          peer,
          new Diverged(
              sync.reign().epoch(),
              copy.committedSequence(),
              "asked to cut after "
                  + sync.commonSequence()
                  + ", but "
                  + copy.committedSequence()
                  + " is committed here"));
      return;
    }
    try {
      copy.cutAfter(sync.commonSequence(), "sync with epoch " + sync.reign().epoch());
    } catch (StorageException e) {
      failed(peer, sync.reign(), e);
      return;
    }
    reorder.clear();
    received = copy.lastSequence();
    syncing = new Syncing(sync.reign(), sync.endSequence(), sync.endHash(), sync.membership());
    copy.sync();
    finishSync();
    acknowledge();
  }

  /**
   * The label of the new epoch only when the whole adopted log is here, durable, with nothing that
   * differs.
   */
  private void finishSync() {
    Syncing target = syncing;
    if (target == null
        || copy.lastSequence() < target.endSequence()
        || copy.durableSequence() < target.endSequence()
        || copy.failure() != null) {
      return;
    }
    if (!copy.has(target.endSequence(), target.endHash())) {
      throw new IllegalStateException("synced to another log at " + target.endSequence());
    }
    syncing = null;
    copy.save(
        state ->
            state
                .withLogEpoch(target.reign().epoch(), target.reign().store())
                .withMembership(target.membership()));
    LOG.info(
        "synced node={} epoch={} lastSequence={}",
        config.id(),
        target.reign().epoch(),
        copy.lastSequence());
  }

  private void replicate(Peer peer, Replicate replicate) {
    if (!obey(peer, replicate.reign())) {
      return;
    }
    if (!synced() && syncing == null) {
      answer(peer, new Report(standing()));
      return;
    }
    boolean fails = faults.fails();
    if (fails && !faults.faults().errorAfter()) {
      answer(peer, new Failed(replicate.reign().epoch(), "injected before the append"));
      return;
    }
    List<Frame> frames;
    try {
      frames = decode(replicate.frames());
    } catch (DamagedFrameException e) {
      LOG.warn("closing a link node={} peer={} reason={}", config.id(), peer.node, e.getMessage());
      peer.link.close();
      return;
    }
    if (replicate.previousSequence() <= received) {
      received = Math.max(received, frames.getLast().last().sequence());
    }
    Duration delay = faults.faults().delay();
    if (delay.isZero()) {
      store(peer, replicate, frames, fails);
    } else {
      loop.schedule(delay, () -> storeLater(peer, replicate, frames, fails));
      acknowledge();
    }
  }

  private void storeLater(Peer peer, Replicate replicate, List<Frame> frames, boolean fails) {
    Reign reign = replicate.reign();
    NodeState state = copy.state();
    boolean stillObeyed =
        reign.epoch() == state.promisedEpoch() && reign.store().equals(state.promisedTo());
    if (stillObeyed && (synced() || syncing != null)) {
      store(peer, replicate, frames, fails);
    }
  }

  private void store(Peer peer, Replicate replicate, List<Frame> frames, boolean fails) {
    long last = copy.lastSequence();
    long previous = replicate.previousSequence();
    if (previous <= last && !copy.has(previous, replicate.previousHash())) {
      contradicted(peer, replicate, previous);
      return;
    }
    List<Frame> ready = new ArrayList<>(frames.size());
    FrameChecker checker = new FrameChecker(last, copy.lastHash());
    try {
      for (Frame frame : frames) {
        if (frame.last().sequence() <= last) {
          if (!copy.has(frame.last().sequence(), frame.last().hash())) {
            contradicted(peer, replicate, frame.last().sequence());
            return;
          }
        } else if (frame.first().sequence() == checker.sequence() + 1) {
          checker.check(frame);
          ready.add(frame);
        } else {
          reorder.hold(frame, checker.sequence());
        }
      }
      for (Frame frame : reorder.release(checker.sequence())) {
        checker.check(frame);
        ready.add(frame);
      }
    } catch (DamagedFrameException e) {
      LOG.warn("refused entries node={} peer={} reason={}", config.id(), peer.node, e.getMessage());
      reorder.clear();
      contradicted(peer, replicate, checker.sequence() + 1);
      return;
    }
    try {
      if (!ready.isEmpty()) {
        copy.append(ready);
      }
    } catch (StorageException e) {
      failed(peer, replicate.reign(), e);
      return;
    }
    received = Math.max(received, copy.lastSequence());
    if (synced()) {
      copy.commit(replicate.committedSequence());
    }
    if (fails) {
      answer(peer, new Failed(replicate.reign().epoch(), "injected after the append"));
    } else {
      acknowledge();
    }
  }

  private void contradicted(Peer peer, Replicate replicate, long sequence) {
    if (synced()) {
      answer(
          peer,
          new Diverged(
              replicate.reign().epoch(), sequence, "another hash at sequence " + sequence));
    } else {
      syncing = null;
      answer(peer, new Report(standing()));
    }
  }

  private void failed(Peer peer, Reign reign, StorageException cause) {
    received = copy.lastSequence();
    LOG.warn("cannot store node={} reason={}", config.id(), cause.getMessage());
    answer(peer, new Failed(reign.epoch(), String.valueOf(cause.getMessage())));
  }

  private void fetch(Peer peer, Fetch fetch) {
    ByteBuffer frames = ByteBuffer.allocate(0);
    boolean there = fetch.fromSequence() >= copy.log().firstSequence();
    if (there
        && copy.log().cursor(fetch.fromSequence()).next(config.batchBytes(), copy.lastSequence())
            instanceof LogRead.Frames read) {
      frames = read.bytes();
    }
    answer(peer, new Fetched(fetch.fromSequence(), frames, standing()));
  }

  // ---- answers

  private void durableGrew() {
    finishSync();
    voteWhenDurable();
    if (synced() || syncing != null) {
      acknowledge();
    }
  }

  /** One acknowledgement a turn, of all that happened in it. */
  private void acknowledge() {
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
            received,
            copy.lastSequence(),
            copy.lastHash(),
            copy.durableSequence(),
            newest.epoch(),
            newest.version(),
            round));
  }

  /** Whether the present master was not heard (nor this node started) for an election timeout. */
  private boolean quiet() {
    return loop.nanoTime() - quietSinceNanos >= electionTimeout.toNanos();
  }

  private Standing standing() {
    NodeState state = copy.state();
    long committed = copy.committedSequence();
    return new Standing(
        config.id(),
        state.store(),
        state.clusterId(),
        state.promisedEpoch(),
        state.promisedTo(),
        state.logEpoch(),
        state.logEpochStore(),
        copy.lastSequence(),
        copy.lastHash(),
        copy.durableSequence(),
        committed,
        copy.hashAt(committed),
        state.membership(),
        active == null || quiet() ? null : active.node(),
        active == null || quiet() ? null : active.url());
  }

  private @Nullable Hash hashOrNull(long sequence) {
    return sequence <= copy.lastSequence() && copy.state().clusterId() != null
        ? copy.hashAt(sequence)
        : null;
  }

  private void answer(Peer peer, FromSecondary message) {
    faults.send(peer.link, peer.node, message);
  }

  private void heardMaster() {
    quietSinceNanos = loop.nanoTime();
    electionTimeout =
        config.electionTimeout().plusNanos(random.nextLong(config.electionTimeout().toNanos() + 1));
  }

  private static List<Frame> decode(ByteBuffer bytes) throws DamagedFrameException {
    ByteBuffer in = bytes.duplicate();
    List<Frame> frames = new ArrayList<>();
    while (in.hasRemaining()) {
      frames.add(FrameCodec.decode(in));
    }
    if (frames.isEmpty()) {
      throw new DamagedFrameException("a delivery without entries");
    }
    return frames;
  }
}
