package io.replog.storage;

import io.replog.core.Hash;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes what was appended durable, all that came together by one round: force the segments, then
 * write and force the mark, then report. At most one round runs; requests during it lead to one
 * more.
 *
 * <p>A force that fails is never tried again: the system may have dropped the pages and call the
 * second try a success. The log refuses changes from then on, and no further round runs.
 *
 * <p>Safe for use by any thread. A round runs on the executor, and so does the listener, outside
 * any lock.
 */
public final class GroupCommit {
  private enum State {
    IDLE,
    RUNNING,
    RUNNING_AND_WANTED,
    FAILED
  }

  private final SegmentedLog log;
  private final Executor syncThread;
  private final Consumer<SyncResult> listener;
  private State state = State.IDLE;
  private @Nullable Committed committed;
  private final AtomicLong rounds = new AtomicLong();
  private final AtomicLong roundNanos = new AtomicLong();

  private record Committed(long sequence, Hash hash) {}

  GroupCommit(SegmentedLog log, Executor syncThread, Consumer<SyncResult> listener) {
    this.log = log;
    this.syncThread = syncThread;
    this.listener = listener;
  }

  /** Wants what the log has now to become durable. The listener hears of it. */
  public void request() {
    synchronized (this) {
      if (state == State.RUNNING) {
        state = State.RUNNING_AND_WANTED;
      }
      if (state != State.IDLE) {
        return;
      }
      state = State.RUNNING;
    }
    syncThread.execute(this::round);
  }

  /** Notes what is known as committed; the next round that writes takes it along. */
  public synchronized void noteCommitted(long sequence, Hash hash) {
    if (committed == null || sequence > committed.sequence) {
      committed = new Committed(sequence, hash);
    }
  }

  /**
   * Waits until no round runs and none is wanted, or time is up; to be called when nobody requests
   * one any more.
   *
   * @return whether it is so
   */
  public synchronized boolean awaitIdle(Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (state == State.RUNNING || state == State.RUNNING_AND_WANTED) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }

  /** How many rounds forced something to disk. From any thread. */
  public long rounds() {
    return rounds.get();
  }

  /** How many nanoseconds those took together. From any thread. */
  public long roundNanos() {
    return roundNanos.get();
  }

  private void round() {
    SyncResult result;
    try {
      result = sync();
    } catch (IOException e) {
      synchronized (this) {
        state = State.FAILED;
        notifyAll();
      }
      listener.accept(new SyncResult.SyncFailed(log.fail(e)));
      return;
    }
    boolean again;
    synchronized (this) {
      again = state == State.RUNNING_AND_WANTED;
      state = again ? State.RUNNING : State.IDLE;
      notifyAll();
    }
    if (result != null) {
      listener.accept(result);
    }
    if (again) {
      syncThread.execute(this::round);
    }
  }

  /** One round, on the caller's thread; null if there is nothing to report. */
  @Nullable SyncResult sync() throws IOException {
    DiskFailedException failed = log.failure();
    if (failed != null) {
      throw new IOException("the disk failed before: " + failed.getMessage(), failed);
    }
    Committed noted;
    synchronized (this) {
      noted = committed;
    }
    LogView synced = log.view();
    Mark mark = log.mark();
    boolean news =
        synced.last() != mark.durableSequence()
            || (noted != null && noted.sequence > mark.committedSequence());
    if (news) {
      long before = System.nanoTime();
      synced = log.sync();
      write(synced, noted);
      count(System.nanoTime() - before);
    }
    Hash hash = synced.lastHash();
    return hash == null ? null : new SyncResult.Durable(synced.last(), hash, synced.generation());
  }

  private void count(long nanos) {
    roundNanos.addAndGet(nanos);
    rounds.incrementAndGet();
  }

  private void write(LogView synced, @Nullable Committed noted) throws IOException {
    Hash hash = synced.lastHash();
    if (hash == null) {
      return;
    }
    log.durableMark()
        .update(
            () -> log.generation() == synced.generation(),
            mark -> {
              Mark next = mark;
              if (synced.last() > mark.durableSequence()) {
                next = next.withDurable(synced.last(), hash);
              }
              if (noted != null && noted.sequence > mark.committedSequence()) {
                next = next.withCommitted(noted.sequence, noted.hash);
              }
              return next;
            });
  }
}
