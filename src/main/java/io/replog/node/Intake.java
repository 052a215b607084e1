package io.replog.node;

import io.replog.core.DamagedFrameException;
import io.replog.core.Frame;
import io.replog.core.FrameChecker;
import io.replog.core.FrameCodec;
import io.replog.core.Hash;
import io.replog.core.LogStart;
import io.replog.core.Membership;
import io.replog.core.NodeState;
import io.replog.core.ReorderWindow;
import io.replog.replication.PeerMessage.Diverged;
import io.replog.replication.PeerMessage.Failed;
import io.replog.replication.PeerMessage.FromSecondary;
import io.replog.replication.PeerMessage.Reign;
import io.replog.replication.PeerMessage.Replicate;
import io.replog.replication.PeerMessage.Report;
import io.replog.replication.PeerMessage.Sync;
import io.replog.storage.StorageException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a secondary takes in: entries in order, with a bounded window for those that come too early,
 * and the sync that brings its log to a new master's (protocol, <i>Normal operation</i> rule 2 and
 * step 4 of <i>Becoming master</i>).
 *
 * <p>On the node's thread only.
 */
final class Intake {
  private static final Logger LOG = LoggerFactory.getLogger(Intake.class);
  private static final int REORDER_BYTES = 8 << 20;
  private static final long REORDER_DISTANCE = 100_000;

  /** What the role does for its intake. */
  interface Answers {
    /** Whether this node obeys; if not, the sender has been told. */
    boolean obey(Peer peer, Reign reign);

    void answer(Peer peer, FromSecondary message);

    /** Has all that happened in this turn acknowledged at its end. */
    void acknowledge();

    /** Where this store stands. */
    Report report();
  }

  /**
   * A sync that is under way: the log is being brought to the master's, and counts for nothing
   * until it is.
   */
  private record Syncing(Reign reign, long endSequence, Hash endHash, Membership membership) {}

  private final NodeConfig config;
  private final NodeLoop loop;
  private final LocalCopy copy;
  private final FaultGate faults;
  private final HandFed handFed;
  private final Answers answers;
  private final ReorderWindow reorder = new ReorderWindow(REORDER_BYTES, REORDER_DISTANCE);
  private @Nullable Syncing syncing;
  private long received;

  Intake(
      NodeConfig config,
      NodeLoop loop,
      LocalCopy copy,
      FaultGate faults,
      HandFed handFed,
      Answers answers) {
    this.config = config;
    this.loop = loop;
    this.copy = copy;
    this.faults = faults;
    this.handFed = handFed;
    this.answers = answers;
    this.received = copy.lastSequence();
  }

  /** Highest contiguous sequence received, stored or still waiting for an artificial delay. */
  long received() {
    return received;
  }

  /** Whether entries are taken: the log is synced in the present epoch, or on the way there. */
  boolean open() {
    return copy.synced() || syncing != null;
  }

  /** Another link, or none: what it had sent and is not stored counts as lost. */
  void linkChanged() {
    reorder.clear();
    received = copy.lastSequence();
  }

  /** Another epoch, or another store id: a sync that was under way is void. */
  void reset() {
    linkChanged();
    syncing = null;
  }

  void sync(Peer peer, Sync sync) {
    boolean unborn = copy.state().clusterId() == null;
    if (unborn) {
      copy.begin(sync.reign().clusterId());
      handFed.clear();
      LOG.info("joined node={} cluster={}", config.id(), sync.reign().clusterId());
    }
    if (!answers.obey(peer, sync.reign())) {
      return;
    }
    LogStart begin = sync.begin();
    boolean beyond = begin != null && copy.lastSequence() < begin.before();
    if (copy.synced() && !beyond) {
      answers.acknowledge();
      return;
    }
    boolean asBelieved =
        copy.lastSequence() == sync.basedOnSequence()
            && (sync.basedOnSequence() == 0 || copy.lastHash().equals(sync.basedOnHash()));
    if (begin != null) {
      beginAnew(peer, sync, begin, asBelieved);
      return;
    }
    if (!asBelieved || !copy.has(sync.commonSequence(), sync.commonHash())) {
      answers.answer(peer, answers.report());
      return;
    }
    if (sync.commonSequence() < copy.committedSequence()) {
      answers.answer(
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
      if (!copy.mayCutAfter(sync.commonSequence())) {
        LOG.warn(
            "closing a link node={} peer={} reason=asked to cut an append in two after {}",
            config.id(),
            peer.node(),
            sync.commonSequence());
        peer.close();
        return;
      }
      copy.cutAfter(sync.commonSequence(), "sync with epoch " + sync.reign().epoch());
    } catch (StorageException e) {
      failed(peer, sync.reign(), e);
      return;
    }
    take(sync);
  }

  /** From here on it is brought to the master's log. */
  private void take(Sync sync) {
    reorder.clear();
    received = copy.lastSequence();
    if (!copy.synced()) {
      syncing = new Syncing(sync.reign(), sync.endSequence(), sync.endHash(), sync.membership());
    }
    copy.sync();
    finishSync();
    answers.acknowledge();
  }

  /**
   * The master's log begins where this one has ended already, or has not what this one has. What is
   * before is committed, so nothing is lost that a majority has relied on: what this log has of it
   * is in what the master's first hash stands for, and what differs was never committed. A log that
   * is synced already is the beginning of the master's.
   */
  private void beginAnew(Peer peer, Sync sync, LogStart begin, boolean asBelieved) {
    long committed = copy.committedSequence();
    if (!asBelieved
        || copy.has(begin.before(), begin.hashBefore())
        || committed >= begin.before()) {
      answers.answer(peer, answers.report());
      return;
    }
    Reign reign = sync.reign();
    if (!begin.mayReplace(copy.state().logEpoch(), committed, reign.epoch())) {
      answers.answer(
          peer,
          new Diverged(
              reign.epoch(),
              committed,
              "asked to begin anew at %d, but %d was committed here before a configuration was forced"
                  .formatted(begin.sequence(), committed)));
      return;
    }
    try {
      copy.beginAt(begin, copy.synced(), "sync with epoch " + reign.epoch());
    } catch (StorageException e) {
      failed(peer, reign, e);
      return;
    }
    take(sync);
  }

  /**
   * The label of the new epoch only when the whole adopted log is here, durable, with nothing that
   * differs.
   */
  void finishSync() {
    Syncing target = syncing;
    if (target == null
        || copy.lastSequence() < target.endSequence()
        || copy.durableSequence() < target.endSequence()
        || copy.failure() != null) {
      return;
    }
    syncing = null;
    if (!copy.has(target.endSequence(), target.endHash())) {
      // its entries and its word differ: not synced, and it hears so when it sends more
      LOG.warn(
          "not synced node={} epoch={} reason=another hash at {} than the master has said",
          config.id(),
          target.reign().epoch(),
          target.endSequence());
      return;
    }
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

  void replicate(Peer peer, Replicate replicate) {
    if (!answers.obey(peer, replicate.reign())) {
      return;
    }
    if (!copy.synced() && syncing == null) {
      answers.answer(peer, answers.report());
      return;
    }
    boolean fails = faults.fails();
    if (fails && !faults.faults().errorAfter()) {
      answers.answer(peer, new Failed(replicate.reign().epoch(), "injected before the append"));
      return;
    }
    List<Frame> frames;
    try {
      frames = decode(replicate.frames());
    } catch (DamagedFrameException e) {
      LOG.warn(
          "closing a link node={} peer={} reason={}", config.id(), peer.node(), e.getMessage());
      peer.close();
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
      answers.acknowledge();
    }
  }

  private void storeLater(Peer peer, Replicate replicate, List<Frame> frames, boolean fails) {
    Reign reign = replicate.reign();
    NodeState state = copy.state();
    boolean stillObeyed =
        reign.epoch() == state.promisedEpoch() && reign.store().equals(state.promisedTo());
    if (stillObeyed && (copy.synced() || syncing != null)) {
      store(peer, replicate, frames, fails);
    }
  }

  private void store(Peer peer, Replicate replicate, List<Frame> frames, boolean fails) {
    long last = copy.lastSequence();
    long previous = replicate.previousSequence();
    if (previous <= last
        && !copy.beginsAfter(previous)
        && !copy.has(previous, replicate.previousHash())) {
      contradicted(peer, replicate, previous);
      return;
    }
    List<Frame> ready = new ArrayList<>(frames.size());
    FrameChecker checker = new FrameChecker(last, copy.lastHash());
    try {
      for (Frame frame : frames) {
        if (frame.last().sequence() <= last) {
          if (!copy.beginsAfter(frame.last().sequence())
              && !copy.has(frame.last().sequence(), frame.last().hash())) {
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
      LOG.warn(
          "refused entries node={} peer={} reason={}", config.id(), peer.node(), e.getMessage());
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
    if (copy.synced()) {
      copy.commit(replicate.committedSequence());
    }
    if (fails) {
      answers.answer(peer, new Failed(replicate.reign().epoch(), "injected after the append"));
    } else if (replicate.storedAwaited() || copy.durableSequence() == copy.lastSequence()) {
      answers.acknowledge();
    } // else the sync that is under way will be acknowledged, and this with it
  }

  private void contradicted(Peer peer, Replicate replicate, long sequence) {
    if (copy.synced()) {
      answers.answer(
          peer,
          new Diverged(
              replicate.reign().epoch(), sequence, "another hash at sequence " + sequence));
    } else {
      syncing = null;
      answers.answer(peer, answers.report());
    }
  }

  private void failed(Peer peer, Reign reign, StorageException cause) {
    received = copy.lastSequence();
    LOG.warn("cannot store node={} reason={}", config.id(), cause.getMessage());
    answers.answer(peer, new Failed(reign.epoch(), String.valueOf(cause.getMessage())));
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
