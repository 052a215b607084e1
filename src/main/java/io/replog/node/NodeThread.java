package io.replog.node;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * The mailbox and its thread. A turn takes every task that is due, then runs what was put off to
 * its end.
 *
 * <p>The mailbox itself has no limit: what clients put into it is bounded by the number of appends
 * that may wait, and what peers put into it by what may be in flight.
 */
public final class NodeThread implements NodeLoop, AutoCloseable {
  /** Tasks of one turn, so that no flood keeps the end of the turn away. */
  private static final int TURN = 1024;

  private static final class Timed implements Comparable<Timed> {
    private final long atNanos;
    private final long order;
    private final Runnable task;
    private boolean cancelled;

    Timed(long atNanos, long order, Runnable task) {
      this.atNanos = atNanos;
      this.order = order;
      this.task = task;
    }

    @Override
    public int compareTo(Timed other) {
      int byTime = Long.signum(atNanos - other.atNanos);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private final ConcurrentLinkedQueue<Runnable> mailbox = new ConcurrentLinkedQueue<>();
  private final PriorityQueue<Timed> timers = new PriorityQueue<>();
  private final ArrayDeque<Runnable> endOfTurn = new ArrayDeque<>();
  private final Thread thread;
  private final Consumer<Throwable> fatal;
  private long timersMade;
  private volatile boolean parked;
  private volatile boolean stopped;
  private volatile long turnBeganNanos;
  private volatile boolean inTurn;

  /**
   * @param fatal told of an error that escaped a task: a broken invariant, after which this node
   *     does nothing any more
   */
  public NodeThread(String name, Consumer<Throwable> fatal) {
    this.fatal = fatal;
    this.thread = Thread.ofPlatform().name("node-" + name).daemon(true).unstarted(this::run);
  }

  public void start() {
    thread.start();
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
    if (parked) {
      LockSupport.unpark(thread);
    }
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    Timed timed = new Timed(nanoTime() + delay.toNanos(), timersMade++, task);
    timers.add(timed);
    return () -> timed.cancelled = true;
  }

  @Override
  public void atEndOfTurn(Runnable task) {
    endOfTurn.add(task);
  }

  /** Whether the thread runs and no turn has lasted longer than {@code limit}. From any thread. */
  public boolean alive(Duration limit) {
    return thread.isAlive() && (!inTurn || nanoTime() - turnBeganNanos < limit.toNanos());
  }

  /**
   * Lets the present turn end and stops. Waits for the thread; never interrupts it, since it owns
   * file channels.
   */
  @Override
  public void close() {
    stopped = true;
    LockSupport.unpark(thread);
    if (!Thread.currentThread().equals(thread)) {
      boolean interrupted = false;
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run() {
    try {
      while (!stopped) {
        turn();
        await();
      }
    } catch (Throwable broken) {
      stopped = true;
      fatal.accept(broken);
    }
  }

  private void turn() {
    turnBeganNanos = nanoTime();
    inTurn = true;
    long now = turnBeganNanos;
    while (!timers.isEmpty() && timers.peek().atNanos - now <= 0) {
      Timed due = timers.poll();
      if (!due.cancelled) {
        due.task.run();
      }
    }
    for (int i = 0; i < TURN; i++) {
      Runnable task = mailbox.poll();
      if (task == null) {
        break;
      }
      task.run();
    }
    for (Runnable task = endOfTurn.poll(); task != null; task = endOfTurn.poll()) {
      task.run();
    }
    inTurn = false;
  }

  /**
   * Waits for the next task or timer. Before it parks it yields, once: on a busy machine others run
   * meanwhile and bring more for the next turn, and nobody has to wake this thread; on an idle one
   * that costs a microsecond. Nothing relies on it.
   */
  @SuppressWarnings("ThreadPriorityCheck")
  private void await() {
    if (mailbox.isEmpty()) {
      Thread.yield();
    }
    while (!timers.isEmpty() && timers.peek().cancelled) {
      timers.poll();
    }
    parked = true;
    if (mailbox.isEmpty() && !stopped) {
      if (timers.isEmpty()) {
        LockSupport.park(this);
      } else {
        long nanos = timers.peek().atNanos - nanoTime();
        if (nanos > 0) {
          LockSupport.parkNanos(this, Math.min(nanos, TimeUnit.HOURS.toNanos(1)));
        }
      }
    }
    parked = false;
  }
}
