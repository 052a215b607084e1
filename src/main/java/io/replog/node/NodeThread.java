package io.replog.node;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The mailbox, whose turns run on one thread that others may use too. A turn takes every task that
 * is due, then runs what was put off to its end.
 *
 * <p>On an event loop that means: all that the loop has read before is dealt with in one turn, and
 * all that the turn sends leaves before the loop reads again.
 *
 * <p>The mailbox itself has no limit: what clients put into it is bounded by the number of appends
 * that may wait, and what peers put into it by what may be in flight.
 */
public final class NodeThread implements NodeLoop, AutoCloseable {
  /** Tasks of one turn, so that no flood keeps the end of the turn, or the thread's owner, away. */
  private static final int TURN = 1024;

  /** Time after which no further task is begun in a turn: some tasks are appends of megabytes. */
  private static final long LONG_NANOS = 20_000_000;

  /** What is to run later, on its way to the mailbox. */
  private static final class Timed implements Timer, Runnable {
    private final Runnable task;
    private @Nullable Future<?> clock;
    private boolean cancelled;

    Timed(Runnable task) {
      this.task = task;
    }

    @Override
    public void cancel() {
      cancelled = true;
      if (clock != null) {
        clock.cancel(false);
      }
    }

    @Override
    public void run() {
      if (!cancelled) {
        task.run();
      }
    }
  }

  private final ConcurrentLinkedQueue<Runnable> mailbox = new ConcurrentLinkedQueue<>();
  private final ArrayDeque<Runnable> endOfTurn = new ArrayDeque<>();
  private final ScheduledExecutorService thread;
  private final Consumer<Throwable> fatal;

  /** Whether a turn is on its way or runs; so it is said until the start. */
  private final AtomicBoolean turnIsDue = new AtomicBoolean(true);

  private volatile boolean stopped;
  private volatile long turnBeganNanos;

  /** The thread itself, while it is in a turn. */
  private volatile @Nullable Thread inTurn;

  /**
   * @param thread one thread, that runs what it is given in order and never interrupts it; it stays
   *     its owner's, and runs longer than this
   * @param fatal told of an error that escaped a task: a broken invariant, after which this node
   *     does nothing any more
   */
  public NodeThread(ScheduledExecutorService thread, Consumer<Throwable> fatal) {
    this.thread = thread;
    this.fatal = fatal;
  }

  /** Begins with what was handed in before. Once. */
  public void start() {
    thread.execute(this::turn);
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public long currentTimeMillis() {
    return System.currentTimeMillis();
  }

  @Override
  public void execute(Runnable task) {
    mailbox.add(task);
    wantTurn();
  }

  private void wantTurn() {
    if (!stopped && turnIsDue.compareAndSet(false, true)) {
      try {
        thread.execute(this::turn);
      } catch (RejectedExecutionException e) {
        if (!stopped) {
          throw e;
        }
      }
    }
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    Timed timed = new Timed(task);
    timed.clock = thread.schedule(() -> execute(timed), delay.toNanos(), TimeUnit.NANOSECONDS);
    return timed;
  }

  @Override
  public void atEndOfTurn(Runnable task) {
    endOfTurn.add(task);
  }

  /** Whether this still runs, and no turn has lasted longer than {@code limit}. From any thread. */
  public boolean alive(Duration limit) {
    return !stopped && (inTurn == null || nanoTime() - turnBeganNanos < limit.toNanos());
  }

  /**
   * Runs nothing more, but the present turn to its end; waits for that, unless it is the caller.
   */
  @Override
  public void close() {
    stopped = true;
    Thread in = inTurn;
    if (in == null || in.equals(Thread.currentThread())) {
      return;
    }
    Future<?> after = thread.submit(() -> {});
    boolean interrupted = false;
    while (!after.isDone()) {
      try {
        after.get();
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (ExecutionException e) {
        throw new IllegalStateException("nothing failed", e);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void turn() {
    if (stopped) {
      return;
    }
    turnBeganNanos = nanoTime();
    inTurn = Thread.currentThread();
    try {
      for (int i = 0; i < TURN && !stopped && nanoTime() - turnBeganNanos < LONG_NANOS; i++) {
        Runnable task = mailbox.poll();
        if (task == null) {
          break;
        }
        task.run();
      }
      for (Runnable task = endOfTurn.poll(); task != null; task = endOfTurn.poll()) {
        task.run();
      }
    } catch (Throwable broken) {
      stopped = true;
      fatal.accept(broken);
    }
    inTurn = null;
    goOn();
  }

  /**
   * What is left waits behind what else is due on the thread. As a timer: an event loop runs what
   * it is only given until nothing is left, and neither reads nor looks at its clock before that.
   */
  private void goOn() {
    if (mailbox.isEmpty()) {
      turnIsDue.set(false);
      if (mailbox.isEmpty() || !turnIsDue.compareAndSet(false, true)) {
        return;
      }
    }
    if (!stopped) {
      var _ = thread.schedule(this::turn, 0, TimeUnit.NANOSECONDS);
    }
  }
}
