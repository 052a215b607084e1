package io.replog.node;

import io.replog.core.Backoff;
import io.replog.core.FeedState;
import io.replog.core.Hash;
import io.replog.core.LogStart;
import io.replog.core.Membership;
import io.replog.core.SecondaryProgress;
import io.replog.replication.PeerMessage.Acknowledge;
import io.replog.replication.PeerMessage.Diverged;
import io.replog.replication.PeerMessage.Failed;
import io.replog.replication.PeerMessage.FromSecondary;
import io.replog.replication.PeerMessage.HashAnswer;
import io.replog.replication.PeerMessage.HashQuery;
import io.replog.replication.PeerMessage.Heartbeat;
import io.replog.replication.PeerMessage.Reign;
import io.replog.replication.PeerMessage.Renounce;
import io.replog.replication.PeerMessage.Replicate;
import io.replog.replication.PeerMessage.Standing;
import io.replog.replication.PeerMessage.Sync;
import io.replog.storage.LogRead;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one secondary to the master's log and keeps it there, for one epoch: finds the common
 * prefix, syncs, then streams what comes. Feeds are independent of each other; a slow or dead
 * secondary costs a cursor and a window, no copy of the log.
 *
 * <p>On the node's thread only.
 */
final class Feed {
  private static final Logger LOG = LoggerFactory.getLogger(Feed.class);

  /** Batches that are read and sent in one turn. */
  private static final int BATCHES_A_TURN = 4;

  /** Entries behind at which a feed is shown as catching up. */
  private static final long CATCHING_UP_LAG = 1000;

  /** Told of what a feed learns. */
  interface Listener {
    /**
     * The secondary acknowledged something under this epoch, with a log that is wholly synced in
     * it.
     */
    void acknowledged(Feed feed, Acknowledge acknowledge);

    /** Whether an append waits for what is stored and not synced yet. */
    boolean awaitsStored();

    /** It was seen that the store disagrees or has lost something. */
    void changed(Feed feed);
  }

  private final NodeConfig config;
  private final NodeLoop loop;
  private final LocalCopy copy;
  private final PeerSession session;
  private final Reign reign;
  private final Supplier<Membership> membership;
  private final Backoff backoff;
  private Listener listener;
  private final Deliveries deliveries;
  private final FeedTimes times;
  private final InFlight inFlight = new InFlight();

  private FeedStage stage = new FeedStage.Down();
  private SecondaryProgress progress = new SecondaryProgress(0);
  private long toldCommitted;
  private boolean backingOff;
  private boolean goingOn;
  private NodeLoop.@Nullable Timer retryTimer;
  private final Acknowledged acknowledged = new Acknowledged();

  Feed(
      NodeConfig config,
      NodeLoop loop,
      LocalCopy copy,
      PeerSession session,
      Reign reign,
      Supplier<Membership> membership,
      Backoff backoff,
      Listener listener) {
    this.config = config;
    this.loop = loop;
    this.copy = copy;
    this.session = session;
    this.reign = reign;
    this.membership = membership;
    this.backoff = backoff;
    this.listener = listener;
    this.times = new FeedTimes(copy.lastSequence());
    this.deliveries = new Deliveries(copy, config.batchBytes());
  }

  /** Tells somebody else from now on: the takeover hands its feeds to the active master. */
  void listenTo(Listener other) {
    listener = other;
  }

  PeerSession session() {
    return session;
  }

  String node() {
    return session.node();
  }

  /** Bytes that were sent and are not known as stored. */
  long inFlightBytes() {
    return inFlight.bytes();
  }

  /** The store that was fed last, null before it reported. */
  @Nullable UUID store() {
    return acknowledged.store();
  }

  boolean streaming() {
    return stage instanceof FeedStage.Streaming;
  }

  SecondaryProgress progress() {
    return progress;
  }

  /**
   * Up to where the store is known to have the log on its disk, 0 while it is not synced: nothing
   * above is trimmed. One that is away has what it had.
   */
  long keeps() {
    boolean known = !(stage instanceof FeedStage.Aligning || stage instanceof FeedStage.Syncing);
    return known ? acknowledged.durable() : 0;
  }

  /** Newest round of a heartbeat that was answered with a synced log. */
  long acknowledgedRound() {
    return acknowledged.round();
  }

  /** Whether the store has a configuration on disk. */
  boolean hasConfiguration(long epoch, long version) {
    return acknowledged.hasConfiguration(epoch, version);
  }

  FeedState state() {
    boolean behind = copy.lastSequence() - progress.stored() > CATCHING_UP_LAG;
    return stage.shown(backingOff, behind);
  }

  /** When what happened to the entries that were sent. */
  FeedTimes times() {
    return times;
  }

  /** The secondary said where it stands: begins, or begins again. */
  void begin(Standing standing) {
    if (stage instanceof FeedStage.Aligning(Alignment alignment)
        && loop.nanoTime() - alignment.askedAtNanos() < config.requestTimeout().toNanos()) {
      return;
    }
    if (stage instanceof FeedStage.Syncing syncing
        && syncing.isFor(standing)
        && loop.nanoTime() - syncing.sentAtNanos() < config.requestTimeout().toNanos()) {
      return;
    }
    acknowledged.by(standing.store());
    cancelRetry();
    if (lostSomething(standing)) {
      return;
    }
    if (standing.logEpoch() == reign.epoch() && reign.clusterId().equals(standing.clusterId())) {
      resume(standing);
    } else if (standing.clusterId() == null) {
      LogStart start = copy.start();
      sync(standing, start.before(), start.before() == 0 ? null : start);
    } else {
      align(Alignment.of(copy, reign.epoch(), standing, loop.nanoTime()));
    }
  }

  /** The link is gone. */
  void down() {
    acknowledged.linkLost();
    toldCommitted = 0;
    if (!(stage instanceof FeedStage.Diverging)) {
      stage = new FeedStage.Down();
    }
    inFlight.clear();
    cancelRetry();
  }

  void said(FromSecondary message) {
    switch (message) {
      case HashAnswer answer -> hashAnswered(answer);
      case Acknowledge acknowledge -> acknowledged(acknowledge);
      case Failed failed -> failed(failed);
      case Diverged diverged when diverged.epoch() == reign.epoch() -> diverge(diverged.detail());
      default -> {}
    }
  }

  /** Sends what there is to send, as far as the window goes. */
  void pump() {
    if (backingOff
        || !(stage instanceof FeedStage.Streaming || stage instanceof FeedStage.Syncing)) {
      return;
    }
    int sent = 0;
    while (!(stage instanceof FeedStage.Down)
        && progress.next() <= copy.lastSequence()
        && inFlight.hasRoom(config.inFlightBytes(), deliveries.behind(progress.next()))
        && session.queuedBytes() < config.inFlightBytes()) {
      if (sent++ == BATCHES_A_TURN) {
        goOnNextTurn();
        return;
      }
      sendBatch();
    }
  }

  /** Somebody else's catch-up must not keep the node's thread from the appends of others. */
  private void goOnNextTurn() {
    if (!goingOn) {
      goingOn = true;
      loop.schedule(
          Duration.ZERO,
          () -> {
            goingOn = false;
            pump();
          });
    }
  }

  /** A heartbeat, where the secondary can answer it with an acknowledgement. */
  void heartbeat(Heartbeat heartbeat) {
    if (stage instanceof FeedStage.Streaming || stage instanceof FeedStage.Syncing) {
      toldCommitted = heartbeat.committedSequence();
      session.send(heartbeat);
    }
  }

  /** Whether the secondary was told that this much is committed, or need not be now. */
  boolean knowsCommitted(long sequence) {
    return toldCommitted >= sequence || !streaming();
  }

  /** At every heartbeat: what got no answer in time is done again. */
  void tick() {
    long now = loop.nanoTime();
    long limit = config.requestTimeout().toNanos();
    switch (stage) {
      case FeedStage.Aligning(Alignment alignment) -> {
        if (now - alignment.askedAtNanos() >= limit) {
          session.introduce();
        }
      }
      case FeedStage.Syncing syncing -> {
        if (progress.overdue(now, limit)) {
          retry("no receipt in time");
        } else if (progress.stored() + 1 == progress.next()
            && now - syncing.sentAtNanos() >= limit) {
          stage = new FeedStage.Syncing(null, now);
          session.introduce();
        }
      }
      case FeedStage.Streaming streaming -> {
        if (progress.overdue(now, limit)) {
          retry("no receipt in time");
        }
      }
      case FeedStage.Down down -> {
        if (session.introduced()) {
          session.introduce();
        }
      }
      case FeedStage.Diverging diverging -> session.introduce();
    }
  }

  // ---- finding the common prefix

  private boolean lostSomething(Standing standing) {
    String why = acknowledged.lost(standing, reign.epoch());
    if (why != null) {
      LOG.warn("store lost data secondary={} store={} it has {}", node(), store(), why);
      stage = new FeedStage.Down();
      session.send(new Renounce(reign, standing.store(), why));
    }
    return why != null;
  }

  private void resume(Standing standing) {
    if (copy.beginsAfter(standing.lastSequence())) {
      // it was away, and no member: what it lacks has been trimmed
      sync(standing, copy.start().before(), copy.start());
      return;
    }
    if (!copy.has(standing.lastSequence(), standing.lastHash())) {
      diverge("another hash at sequence " + standing.lastSequence());
      return;
    }
    stage = new FeedStage.Streaming();
    feedAfter(standing.lastSequence());
  }

  private void align(Alignment alignment) {
    switch (alignment.result()) {
      case Alignment.Result.Common(long sequence) -> sync(alignment.standing(), sequence, null);
      case Alignment.Result.Beginning(LogStart start) ->
          sync(alignment.standing(), start.before(), start);
      case Alignment.Result.Ask(long sequence) -> {
        stage = new FeedStage.Aligning(alignment);
        session.send(new HashQuery(sequence));
      }
      case Alignment.Result.Contradiction(String why) -> {
        diverge(why);
        fence(alignment.standing());
      }
    }
  }

  /**
   * A store that is not synced is told of this reign all the same: it must not go on under an
   * earlier one, whose master it may hear as well.
   */
  private void fence(Standing standing) {
    if (standing.promisedEpoch() < reign.epoch()) {
      session.send(new Heartbeat(reign, config.id(), config.url(), copy.committedSequence(), 0, 0));
    }
  }

  private void hashAnswered(HashAnswer answer) {
    if (stage instanceof FeedStage.Aligning && answer.trimmed()) {
      overtaken();
    } else if (stage instanceof FeedStage.Aligning(Alignment alignment)) {
      Alignment next = alignment.after(answer, loop.nanoTime());
      if (next != null) {
        align(next);
      }
    }
  }

  private void sync(Standing standing, long common, @Nullable LogStart begin) {
    if (begin != null && begin.before() > copy.committedSequence()) {
      throw new IllegalStateException("what is not committed was trimmed: " + begin);
    }
    stage = new FeedStage.Syncing(standing, loop.nanoTime());
    session.send(
        new Sync(
            reign,
            standing.lastSequence(),
            standing.lastHash(),
            common,
            copy.hashAt(common),
            copy.lastSequence(),
            copy.lastHash(),
            membership.get(),
            begin));
    feedAfter(common);
  }

  // ---- streaming

  private void feedAfter(long sequence) {
    progress = new SecondaryProgress(sequence);
    times.begin(sequence);
    deliverAfter(sequence);
    listener.changed(this);
    pump();
  }

  private void deliverAfter(long sequence) {
    inFlight.clear();
    if (!deliveries.beginAfter(sequence)) {
      overtaken();
    }
  }

  /** What it is to get next was trimmed meanwhile: it is fed anew, from where the log begins. */
  private void overtaken() {
    stage = new FeedStage.Down();
    inFlight.clear();
    cancelRetry();
    session.introduce();
  }

  private void sendBatch() {
    Hash before = deliveries.hashBefore();
    LogRead.Frames run = deliveries.next(progress.next());
    if (run == null) {
      overtaken();
      return;
    }
    ByteBuffer bytes = run.bytes();
    int size = bytes.remaining();
    long previous = run.firstSequence() - 1;
    boolean stored = listener.awaitsStored();
    toldCommitted = copy.committedSequence();
    session.send(new Replicate(reign, previous, before, toldCommitted, stored, bytes));
    long now = loop.nanoTime();
    progress.sent(run.lastSequence(), now);
    times.sent().passed(run.lastSequence(), now);
    inFlight.sent(run.lastSequence(), size);
  }

  private void acknowledged(Acknowledge acknowledge) {
    if (acknowledge.epoch() != reign.epoch() || !acknowledge.store().equals(store())) {
      return;
    }
    boolean synced = acknowledge.logEpoch() == reign.epoch();
    long now = loop.nanoTime();
    if (stage instanceof FeedStage.Syncing syncing
        && acknowledge.storedSequence() < progress.stored()) {
      // of before the sync; or, if that goes on, the sync did not arrive
      if (now - syncing.sentAtNanos() >= config.requestTimeout().toNanos()) {
        stage = new FeedStage.Syncing(null, now);
        session.introduce();
      }
      return;
    }
    if (stage instanceof FeedStage.Syncing && synced) {
      stage = new FeedStage.Streaming();
    }
    if (!(stage instanceof FeedStage.Syncing || stage instanceof FeedStage.Streaming)) {
      return;
    }
    boolean news =
        progress.acknowledged(
            acknowledge.receivedSequence(),
            acknowledge.storedSequence(),
            acknowledge.durableSequence(),
            now);
    if (news) {
      backoff.reset();
    }
    inFlight.acknowledged(acknowledge.receivedSequence(), acknowledge.storedSequence());
    if (synced) {
      times.stored().passed(acknowledge.storedSequence(), now);
      times.durable().passed(acknowledge.durableSequence(), now);
      acknowledged.take(acknowledge);
      listener.acknowledged(this, acknowledge);
    }
    pump();
  }

  private void failed(Failed failed) {
    if (failed.epoch() == reign.epoch()) {
      retry(failed.why());
    }
  }

  private void retry(String why) {
    if (backingOff) {
      return;
    }
    backingOff = true;
    Duration wait = backoff.next();
    LOG.debug(
        "delivery failed secondary={} from={} why={} retryInMs={}",
        node(),
        progress.stored() + 1,
        why,
        wait.toMillis());
    retryTimer = loop.schedule(wait, this::repeat);
  }

  private void repeat() {
    backingOff = false;
    times.retried(progress.stored() + 1, progress.next() - 1, loop.nanoTime());
    progress.rewind();
    deliverAfter(progress.next() - 1);
    pump();
  }

  private void cancelRetry() {
    backingOff = false;
    if (retryTimer != null) {
      retryTimer.cancel();
      retryTimer = null;
    }
  }

  /** This secondary's log contradicts the master's: it is fed no more, and counts for nothing. */
  void diverge(String why) {
    if (!(stage instanceof FeedStage.Diverging)) {
      LOG.error("secondary diverged secondary={} epoch={} why={}", node(), reign.epoch(), why);
    }
    stage = new FeedStage.Diverging(why);
    listener.changed(this);
  }
}
