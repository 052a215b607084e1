package io.replog.node;

import io.replog.core.Entry;
import io.replog.core.Frame;
import io.replog.core.Hash;
import io.replog.core.LogStart;
import io.replog.core.NodeState;
import io.replog.node.Node.Watermarks;
import io.replog.storage.DataDirectory;
import io.replog.storage.DiskFailedException;
import io.replog.storage.DiskFullException;
import io.replog.storage.GroupCommit;
import io.replog.storage.LogRead;
import io.replog.storage.RolledBack;
import io.replog.storage.SegmentedLog;
import io.replog.storage.StorageException;
import io.replog.storage.SyncResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's own copy: log, durable state and how far the log may be shown. On the node's thread
 * only, but for {@link #watermarks}, {@link #log} and subscriptions.
 */
final class LocalCopy {
  private static final Logger LOG = LoggerFactory.getLogger(LocalCopy.class);

  private static final Hash NO_HASH = Hash.of(new byte[Hash.BYTES]);

  /** Most that is kept of the last append, in bytes: one delivery. */
  private static final int NEWEST_BYTES = 256 << 10;

  private final DataDirectory directory;
  private final NodeLoop loop;
  private final GroupCommit groupCommit;
  private final List<Runnable> durableListeners = new ArrayList<>();
  private final CopyOnWriteArrayList<Runnable> subscribers = new CopyOnWriteArrayList<>();
  private List<Frame> newest = List.of();
  private LogRead.@Nullable Frames newestRun;
  private long committed;
  private boolean publishing;
  private boolean fullByRequest;
  private boolean noRoom;
  private @Nullable String failure;
  private final AtomicLong rolledBack = new AtomicLong();
  private volatile Watermarks watermarks;

  /**
   * @param directory open, recovered
   * @param syncThread where syncs run; one at a time
   */
  LocalCopy(DataDirectory directory, NodeLoop loop, Executor syncThread) {
    this.directory = directory;
    this.loop = loop;
    this.groupCommit =
        directory.groupCommit(syncThread, result -> loop.execute(() -> synced(result)));
    this.committed = Math.min(log().mark().committedSequence(), log().lastSequence());
    this.watermarks = new Watermarks(log().lastSequence(), committed);
  }

  SegmentedLog log() {
    return directory.log();
  }

  NodeState state() {
    return directory.state();
  }

  /** Whether the log is wholly synced in the epoch that this node has promised. */
  boolean synced() {
    return state().logEpoch() > 0 && state().logEpoch() == state().promisedEpoch();
  }

  /** Changes the durable state; it is on disk when this returns. */
  void save(UnaryOperator<NodeState> change) {
    directory.saveState(change.apply(state()));
  }

  Watermarks watermarks() {
    return watermarks;
  }

  /** Called on the node's thread after the durable sequence grew. */
  void onDurable(Runnable listener) {
    durableListeners.add(listener);
  }

  Node.Subscription subscribe(Runnable changed) {
    subscribers.add(changed);
    return () -> subscribers.remove(changed);
  }

  long lastSequence() {
    return log().lastSequence();
  }

  /** Hash of the last entry; zeros while there is no cluster and so no origin. */
  Hash lastHash() {
    return state().clusterId() == null ? NO_HASH : log().lastHash();
  }

  long durableSequence() {
    return Math.min(log().mark().durableSequence(), lastSequence());
  }

  long committedSequence() {
    return committed;
  }

  /** Where the log begins: all before is committed, and trimmed. */
  LogStart start() {
    return log().start();
  }

  /** Hash at a sequence that the log has, the one before its first included. */
  Hash hashAt(long sequence) {
    if (sequence == lastSequence()) {
      return lastHash();
    }
    return log()
        .hashAt(sequence)
        .orElseThrow(() -> new IllegalArgumentException("no hash of entry " + sequence));
  }

  /** Whether the log has this very entry; a sequence beyond its end or trimmed is not there. */
  boolean has(long sequence, Hash hash) {
    return !beginsAfter(sequence) && sequence <= lastSequence() && hashAt(sequence).equals(hash);
  }

  /** Whether even the hash at a sequence is gone, with the entries that were trimmed. */
  boolean beginsAfter(long sequence) {
    return sequence < log().firstSequence() - 1;
  }

  /**
   * Stores frames that continue the log, and asks for a sync.
   *
   * @throws StorageException if they could not be stored; nothing of them is in the log then
   */
  void append(List<Frame> frames) {
    if (fullByRequest) {
      throw new DiskFullException("data directory", new IOException("full by request"));
    }
    try {
      log().append(frames);
    } catch (DiskFullException e) {
      if (!noRoom) {
        LOG.warn("disk full node={} lastSequence={}", state().node(), lastSequence());
      }
      noRoom = true;
      throw e;
    }
    newest = frames;
    newestRun = null;
    groupCommit.request();
    publish();
  }

  /**
   * What the last append stored, as it lies in the log, for whoever sends it on at once: without
   * reading it again, and one array for all.
   *
   * @param from the sequence to begin with
   * @return null if the last append did not begin with it, was too large to be kept, or is no
   *     longer the log's end: it is to be read from the log
   */
  LogRead.@Nullable Frames newest(long from) {
    if (newest.isEmpty()
        || newest.getFirst().first().sequence() != from
        || !newest.getLast().last().hash().equals(lastHash())) {
      return null;
    }
    LogRead.Frames run = newestRun;
    if (run == null) {
      run = run(newest);
      newest = run == null ? List.of() : newest;
      newestRun = run;
    }
    return run;
  }

  private static LogRead.@Nullable Frames run(List<Frame> frames) {
    long size = 0;
    for (Frame frame : frames) {
      size += frame.size();
    }
    if (size > NEWEST_BYTES) {
      return null;
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) size);
    for (Frame frame : frames) {
      bytes.put(frame.bytes().duplicate());
    }
    Entry last = frames.getLast().last();
    return new LogRead.Frames(
        bytes.flip().asReadOnlyBuffer(),
        frames.getFirst().first().sequence(),
        last.sequence(),
        last.hash());
  }

  /** Looks, at every heartbeat, whether a disk that was full has room again. */
  void lookForRoom() {
    if (noRoom && directory.hasRoom()) {
      noRoom = false;
      LOG.info("room again node={} lastSequence={}", state().node(), lastSequence());
    }
  }

  /** Asks for a sync of all that is stored. */
  void sync() {
    groupCommit.request();
  }

  /**
   * Takes over that a majority has everything up to here; never beyond the end of this log, never
   * back.
   */
  void commit(long sequence) {
    long upTo = Math.min(sequence, lastSequence());
    if (upTo > committed) {
      committed = upTo;
      publish();
    }
  }

  /** Whether the log can be cut there: no append lies on both sides. Reads the log. */
  boolean mayCutAfter(long sequence) {
    return sequence >= lastSequence()
        || sequence == log().firstSequence() - 1
        || log().frameAt(sequence).filter(frame -> frame.last().sequence() == sequence).isPresent();
  }

  /**
   * Cuts a suffix. What is cut is first written to a {@code rolled-back-*.ndjson} file.
   *
   * @throws IllegalStateException if it would cut what is committed: an invariant
   */
  void cutAfter(long sequence, String why) {
    if (sequence < committed) {
      throw new IllegalStateException(
          "cut after " + sequence + ", below the committed sequence " + committed);
    }
    long last = lastSequence();
    if (sequence >= last) {
      return;
    }
    String file = RolledBack.write(directory, sequence + 1, loop.currentTimeMillis());
    LOG.warn(
        "rolled back node={} from={} to={} file={} why={}",
        state().node(),
        sequence + 1,
        last,
        file,
        why);
    log().truncateAfter(sequence);
    rolledBack.addAndGet(last - sequence);
    publish();
  }

  /**
   * Drops whole segments below a sequence, as far as they are committed here and durable. A segment
   * that cannot be read stays, and one where the disk fails.
   *
   * @return the first sequence from now on
   */
  long trimBefore(long sequence) {
    if (log().failure() == null) {
      try {
        return log().trimBefore(Math.min(sequence, committed + 1));
      } catch (StorageException e) {
        LOG.warn("not trimmed node={} why={}", state().node(), e.getMessage());
      }
    }
    return log().firstSequence();
  }

  /**
   * Throws this log away for a later beginning: all before it is committed and has been trimmed
   * elsewhere. What this copy does not know as committed is first written to a {@code
   * rolled-back-*.ndjson} file, since nobody can tell whether it was.
   *
   * @param prefix whether this log is known to be the beginning of what has been trimmed: nothing
   *     is rolled back then
   * @throws IllegalStateException if it would lose what is committed: an invariant
   */
  void beginAt(LogStart start, boolean prefix, String why) {
    if (start.before() <= committed) {
      throw new IllegalStateException(
          "a log begun at " + start.sequence() + ", below the committed sequence " + committed);
    }
    long last = lastSequence();
    if (last > committed && !prefix) {
      String file = RolledBack.write(directory, committed + 1, loop.currentTimeMillis());
      LOG.warn(
          "rolled back node={} from={} to={} file={} why={}",
          state().node(),
          committed + 1,
          last,
          file,
          why);
      rolledBack.addAndGet(last - committed);
    }
    LOG.info(
        "beginning anew node={} firstSequence={} was={} to {} why={}",
        state().node(),
        start.sequence(),
        log().firstSequence(),
        last,
        why);
    log().restartAt(start);
    committed = start.before();
    publish();
  }

  /** Begins the log of a cluster: hash(0) is known from now on. */
  void begin(UUID clusterId) {
    begin(state -> state.withCluster(clusterId));
  }

  /** Begins the log of a cluster together with what else is true from then on. */
  void begin(UnaryOperator<NodeState> withCluster) {
    save(withCluster);
    publish();
  }

  /**
   * Has the next sync write the committed sequence down: the lower bound that a restart begins
   * with.
   */
  void rememberCommitted() {
    if (committed > 0) {
      groupCommit.noteCommitted(committed, hashAt(committed));
    }
  }

  /**
   * What this copy counts, together with what its owner counts. From any thread.
   *
   * @param inFlightBytes by node id
   */
  NodeNumbers numbers(
      int appendsWaiting, Map<String, Long> inFlightBytes, long takeovers, long badSignatures) {
    return new NodeNumbers(
        durableSequence(),
        appendsWaiting,
        inFlightBytes,
        takeovers,
        rolledBack.get(),
        groupCommit.rounds(),
        groupCommit.roundNanos(),
        badSignatures);
  }

  /** Whether the disk refuses to grow. */
  boolean full() {
    return fullByRequest || noRoom;
  }

  /** Lets the disk refuse to grow, as a fault that was asked for. */
  void setFull(boolean now) {
    fullByRequest = now;
  }

  /** Why nothing can be made durable any more, null while the disk works. */
  @Nullable String failure() {
    DiskFailedException failed = log().failure();
    return failure == null && failed != null ? failed.getMessage() : failure;
  }

  /** Closes log and directory, once the sync that runs has ended. After the node's thread. */
  void close(Duration grace) {
    try {
      if (!groupCommit.awaitIdle(grace)) {
        LOG.warn("a sync did not end in time node={}", state().node());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    directory.close();
  }

  private void synced(SyncResult result) {
    switch (result) {
      case SyncResult.Durable durable -> durableListeners.forEach(Runnable::run);
      case SyncResult.SyncFailed failed -> {
        failure = String.valueOf(failed.cause().getMessage());
        LOG.error(
            "sync failed node={} lastSequence={} durableSequence={}: nothing is acknowledged as"
                + " durable any more; restart the node so that it reads its log again",
            state().node(),
            lastSequence(),
            durableSequence(),
            failed.cause());
        durableListeners.forEach(Runnable::run);
      }
    }
  }

  private void publish() {
    watermarks = new Watermarks(lastSequence(), committed);
    if (!publishing) {
      publishing = true;
      loop.atEndOfTurn(
          () -> {
            publishing = false;
            subscribers.forEach(Runnable::run);
          });
    }
  }
}
