package io.replog.node;

import io.replog.core.AppendOutcome;
import io.replog.core.AppendOutcome.Appended;
import io.replog.core.AppendRequest;
import io.replog.core.CommitTracker;
import io.replog.core.DamagedFrameException;
import io.replog.core.Deduplicator;
import io.replog.core.Deduplicator.Earlier;
import io.replog.core.Entry;
import io.replog.core.Frame;
import io.replog.core.FrameCodec;
import io.replog.core.Hash;
import io.replog.core.HashChain;
import io.replog.core.Refusal;
import io.replog.core.SequenceTimes;
import io.replog.core.WriteConcern;
import io.replog.storage.DiskFullException;
import io.replog.storage.LogCursor;
import io.replog.storage.LogRead;
import io.replog.storage.StorageException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The appends of an active master, from the request to the answer: an identity that was seen before
 * is answered as before; the next sequence is given; the waiter is registered; and at the end of
 * the turn all frames of the turn are written at once, before anything of them is sent.
 *
 * <p>On the node's thread only.
 */
final class Appends {
  /** An append that is in the log, or on its way into it this turn. */
  static final class Pending {
    // not the request: it holds the messages, and may wait for long
    private final WriteConcern concern;
    private final boolean journal;
    private final Consumer<AppendOutcome> answer;
    private final long firstSequence;
    private final long lastSequence;
    private final long epoch;
    private final boolean replayed;
    private final boolean failsAfter;
    private NodeLoop.@Nullable Timer timeout;
    private CommitTracker.@Nullable Waiter<Pending> waiter;

    /** Whether nobody waits any more; read by whoever would cancel. */
    private volatile boolean over;

    private Pending(
        AppendRequest request,
        Consumer<AppendOutcome> answer,
        long firstSequence,
        long lastSequence,
        long epoch,
        boolean replayed,
        boolean failsAfter) {
      this.concern = request.concern();
      this.journal = request.journal();
      this.answer = answer;
      this.firstSequence = firstSequence;
      this.lastSequence = lastSequence;
      this.epoch = epoch;
      this.replayed = replayed;
      this.failsAfter = failsAfter;
    }
  }

  private static final int REMEMBERED_TIMES = 4096;
  private static final int REBUILD_BYTES = 1 << 20;

  /**
   * Bytes of frames at which the turn is not awaited: many long appends would be in memory at once,
   * and an entry without a text takes four times there what it takes on disk.
   */
  private static final int MOST_TOGETHER = 1 << 20;

  private final NodeConfig config;
  private final NodeLoop loop;
  private final LocalCopy copy;
  private final CommitTracker<Pending> tracker;
  private final LongFunction<List<AppendOutcome.Copy>> copies;
  private final Runnable stored;
  private final long epoch;
  private final Deduplicator deduplicator;
  private final HashChain chain = new HashChain();
  private final List<Frame> frames = new ArrayList<>();
  private int framesSize;
  private final List<Pending> turn = new ArrayList<>();
  private final SequenceTimes appendedTimes = new SequenceTimes(REMEMBERED_TIMES);
  private final SequenceTimes durableTimes = new SequenceTimes(REMEMBERED_TIMES);
  private final long rebuiltTo;
  private long lastSequence;
  private Hash lastHash;
  private long lastTimestamp;

  /**
   * @param copies who has a sequence, for the answer
   * @param stored called after the frames of a turn were written
   */
  Appends(
      NodeConfig config,
      NodeLoop loop,
      LocalCopy copy,
      long epoch,
      CommitTracker<Pending> tracker,
      LongFunction<List<AppendOutcome.Copy>> copies,
      Runnable stored) {
    this.config = config;
    this.loop = loop;
    this.copy = copy;
    this.epoch = epoch;
    this.tracker = tracker;
    this.copies = copies;
    this.stored = stored;
    this.deduplicator =
        new Deduplicator(config.deduplicationEntries(), config.deduplicationWindow().toMillis());
    this.lastSequence = copy.lastSequence();
    this.lastHash = copy.lastHash();
    this.lastTimestamp = copy.log().lastTimestamp();
    this.rebuiltTo = lastSequence;
    appendedTimes.beginAfter(rebuiltTo);
    durableTimes.beginAfter(rebuiltTo);
    deduplicator.committed(rebuiltTo);
    rebuild();
  }

  SequenceTimes appendedTimes() {
    return appendedTimes;
  }

  SequenceTimes durableTimes() {
    return durableTimes;
  }

  int waiting() {
    return tracker.waiting();
  }

  /**
   * Reads the window of identities out of the log. It is complete before the master takes appends.
   */
  private void rebuild() {
    long from = Math.max(copy.log().firstSequence(), deduplicator.windowStart(lastSequence));
    if (from > lastSequence) {
      return;
    }
    LogCursor cursor = copy.log().cursor(from);
    while (cursor.next(REBUILD_BYTES, lastSequence) instanceof LogRead.Frames read) {
      for (Frame frame : decode(read.bytes())) {
        remember(frame);
      }
    }
  }

  private static List<Frame> decode(ByteBuffer bytes) {
    List<Frame> decoded = new ArrayList<>();
    try {
      while (bytes.hasRemaining()) {
        decoded.add(FrameCodec.decode(bytes));
      }
    } catch (DamagedFrameException e) {
      throw new IllegalStateException("the log handed out a damaged frame", e);
    }
    return decoded;
  }

  private void remember(Frame frame) {
    Entry first = frame.first();
    if (first.key() != null || config.deduplicateByContent()) {
      remember(frame, first);
    }
    deduplicator.advance(frame.last().sequence(), first.timestamp());
    deduplicator.committed(copy.committedSequence());
  }

  private void remember(Frame frame, Entry first) {
    Hash content = HashChain.ofContent(frame.entries().stream().map(Entry::payload).toList());
    Earlier earlier =
        new Earlier(first.sequence(), frame.last().sequence(), first.epoch(), content);
    if (first.key() != null) {
      deduplicator.remember(first.key(), earlier, first.timestamp());
    }
    if (config.deduplicateByContent()) {
      deduplicator.remember(earlier.content(), earlier, first.timestamp());
    }
  }

  /**
   * Looks for an earlier append with the same key or, where that counts, with the same content, and
   * answers in its place. A key goes first: with another message it is refused, even where that
   * message is in the log too.
   *
   * @return null if there is none: the append is new
   */
  Node.@Nullable Subscription replay(AppendRequest request, Consumer<AppendOutcome> answer) {
    String key = request.key();
    Earlier byKey = key == null ? null : deduplicator.find(key).orElse(null);
    Earlier earlier =
        byKey == null && config.deduplicateByContent()
            ? deduplicator.find(HashChain.ofContent(request.payloads())).orElse(null)
            : byKey;
    if (earlier == null) {
      return null;
    }
    flush();
    if (earlier.firstSequence() > copy.lastSequence()) {
      return null;
    }
    if (key != null && byKey != null && !byKey.says(request.payloads())) {
      answer.accept(new AppendOutcome.Refused(new Refusal.KeyReused(key, byKey.firstSequence())));
      return () -> {};
    }
    Pending pending =
        new Pending(
            request,
            answer,
            earlier.firstSequence(),
            earlier.lastSequence(),
            earlier.epoch(),
            true,
            false);
    await(pending, request.timeout());
    answerSatisfied();
    return () -> cancel(pending);
  }

  /**
   * Gives the append its sequence and registers its waiter; it is written at the end of the turn.
   */
  Node.Subscription append(
      AppendRequest request, Consumer<AppendOutcome> answer, boolean failsAfter) {
    long timestamp = Math.max(lastTimestamp, loop.currentTimeMillis());
    long first = lastSequence + 1;
    Frame frame =
        FrameCodec.encode(
            chain, lastHash, first, epoch, timestamp, request.key(), request.payloads());
    frames.add(frame);
    framesSize += frame.size();
    lastSequence = frame.last().sequence();
    lastHash = frame.last().hash();
    lastTimestamp = timestamp;
    remember(frame);
    Pending pending = new Pending(request, answer, first, lastSequence, epoch, false, failsAfter);
    turn.add(pending);
    await(pending, request.timeout());
    if (framesSize >= MOST_TOGETHER) {
      flush();
    } else if (turn.size() == 1) {
      loop.atEndOfTurn(this::flush);
    }
    return () -> cancel(pending);
  }

  /**
   * The oldest sequence whose identity is remembered, the next one's if none is: as of the
   * committed sequence, since another master's log may end there. Nothing is known of that while
   * what this one began with is not committed.
   */
  long oldestKey() {
    if (copy.committedSequence() < rebuiltTo) {
      return copy.log().firstSequence();
    }
    deduplicator.committed(copy.committedSequence());
    return deduplicator.oldest(nextSequence());
  }

  /** The sequence that the next append will get. */
  long nextSequence() {
    return lastSequence + 1;
  }

  /** Answers what has been met. */
  void answerSatisfied() {
    for (CommitTracker.Waiter<Pending> waiter : tracker.satisfied()) {
      answer(waiter.subject(), true);
    }
  }

  /**
   * The master lost its role: what waits is answered as unknown, never as refused. What this turn
   * has sequenced and not written is not written any more.
   */
  void abandon() {
    turn.clear();
    clearFrames();
    for (CommitTracker.Waiter<Pending> waiter : tracker.drain()) {
      Pending pending = waiter.subject();
      stopTimer(pending);
      tell(pending, new AppendOutcome.Unknown(pending.firstSequence, pending.epoch));
    }
  }

  private void await(Pending pending, @Nullable Duration timeout) {
    pending.waiter =
        tracker.register(pending.lastSequence, pending.concern, pending.journal, pending);
    if (timeout != null) {
      pending.timeout = loop.schedule(timeout, () -> timedOut(pending));
    }
  }

  /** Writes what this turn has sequenced, all at once. */
  private void flush() {
    if (frames.isEmpty()) {
      return;
    }
    List<Pending> written = List.copyOf(turn);
    List<Frame> batch = List.copyOf(frames);
    turn.clear();
    clearFrames();
    try {
      copy.append(batch);
    } catch (StorageException e) {
      undo(written, e);
      return;
    }
    appendedTimes.passed(lastSequence, loop.nanoTime());
    stored.run();
    for (Pending pending : written) {
      if (pending.failsAfter && pending.waiter != null) {
        tracker.remove(pending.waiter);
        stopTimer(pending);
        tell(pending, new AppendOutcome.Injected(true));
      }
    }
  }

  private void clearFrames() {
    frames.clear();
    framesSize = 0;
  }

  /** Nothing of the turn is in the log: the sequences are given again, and nobody waits. */
  private void undo(List<Pending> refused, StorageException cause) {
    lastSequence = copy.lastSequence();
    lastHash = copy.lastHash();
    lastTimestamp = copy.log().lastTimestamp();
    deduplicator.cutAfter(lastSequence);
    Refusal refusal =
        cause instanceof DiskFullException
            ? new Refusal.DiskFull(String.valueOf(cause.getMessage()))
            : new Refusal.DiskFailed(String.valueOf(cause.getMessage()));
    for (Pending pending : refused) {
      if (pending.waiter != null) {
        tracker.remove(pending.waiter);
      }
      stopTimer(pending);
      tell(pending, new AppendOutcome.Refused(refusal));
    }
  }

  private void timedOut(Pending pending) {
    if (pending.waiter != null) {
      tracker.remove(pending.waiter);
    }
    pending.timeout = null;
    answer(pending, false);
  }

  /**
   * The client went away. Its message stays. From any thread; an append that was answered costs
   * nothing here.
   */
  private void cancel(Pending pending) {
    if (pending.over) {
      return;
    }
    loop.execute(
        () -> {
          if (pending.waiter != null) {
            tracker.remove(pending.waiter);
          }
          stopTimer(pending);
        });
  }

  private void answer(Pending pending, boolean satisfied) {
    stopTimer(pending);
    tell(
        pending,
        new Appended(
            pending.firstSequence,
            pending.lastSequence,
            pending.epoch,
            pending.concern,
            pending.journal,
            satisfied,
            copy.committedSequence() >= pending.lastSequence,
            pending.replayed,
            copies.apply(pending.lastSequence)));
  }

  private static void tell(Pending pending, AppendOutcome outcome) {
    pending.over = true;
    pending.answer.accept(outcome);
  }

  private static void stopTimer(Pending pending) {
    if (pending.timeout != null) {
      pending.timeout.cancel();
      pending.timeout = null;
    }
  }
}
