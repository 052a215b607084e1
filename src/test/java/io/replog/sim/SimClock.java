package io.replog.sim;

import java.time.Duration;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time: the one queue of everything that is going to happen in a simulation, ordered by
 * time and, at one time, by the order in which it was planned. Everything that happened goes into
 * the history's hash, and into the trace where one is kept.
 */
final class SimClock {
  /** A whole number of seconds, so that times read well. */
  private static final long EPOCH_MILLIS = 1_800_000_000_000L;

  private static final class Event implements Comparable<Event> {
    private final long atNanos;
    private final long order;
    private final String node;
    private final String what;
    private final @Nullable Object detail;
    private final Runnable task;

    Event(
        long atNanos,
        long order,
        String node,
        String what,
        @Nullable Object detail,
        Runnable task) {
      this.atNanos = atNanos;
      this.order = order;
      this.node = node;
      this.what = what;
      this.detail = detail;
      this.task = task;
    }

    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(atNanos, other.atNanos);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private final PriorityQueue<Event> queue = new PriorityQueue<>();
  private final Trace trace;
  private long nowNanos;
  private long planned;
  private long events;
  private long hash = 1;

  SimClock(Trace trace) {
    this.trace = trace;
  }

  long nowNanos() {
    return nowNanos;
  }

  long millis() {
    return EPOCH_MILLIS + nowNanos / 1_000_000;
  }

  /** Events so far. */
  long events() {
    return events;
  }

  /** Stands for everything that happened so far. */
  long historyHash() {
    return hash;
  }

  /**
   * Plans an event.
   *
   * @param node whose event it is
   * @param what one word
   * @param detail shown in the trace, or null
   */
  void in(long delayNanos, String node, String what, @Nullable Object detail, Runnable task) {
    queue.add(new Event(nowNanos + Math.max(0, delayNanos), planned++, node, what, detail, task));
  }

  /** Lets the next event happen, unless it lies beyond a time. Returns whether one did. */
  boolean step(long untilNanos) {
    Event next = queue.peek();
    if (next == null || next.atNanos > untilNanos) {
      nowNanos = Math.max(nowNanos, untilNanos);
      return false;
    }
    queue.poll();
    nowNanos = next.atNanos;
    events++;
    note(next.atNanos);
    note(next.node.hashCode() * 31L + next.what.hashCode());
    trace.event(nowNanos, next.node, next.what, next.detail);
    next.task.run();
    return true;
  }

  /** Lets that much time pass. */
  void run(Duration time) {
    until(time, () -> false);
  }

  /** Lets time pass until something is so. Returns whether it came to be within that time. */
  boolean until(Duration atMost, BooleanSupplier so) {
    long end = nowNanos + atMost.toNanos();
    while (!so.getAsBoolean()) {
      if (!step(end)) {
        return so.getAsBoolean();
      }
    }
    return true;
  }

  /** Takes a number into the history's hash. */
  void note(long value) {
    long mixed = (hash ^ value) * 0x9E3779B97F4A7C15L;
    hash = mixed ^ (mixed >>> 29);
  }
}
