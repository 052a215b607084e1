package io.replog.node;

import java.time.Duration;

/**
 * The node's thread: everything a node knows is read and changed on it alone. Two implementations:
 * a thread with a mailbox, and the simulator's virtual time.
 */
public interface NodeLoop {
  /** Nanoseconds on a clock that never goes back; only differences mean something. */
  long nanoTime();

  /** Milliseconds since 1970 UTC. Informative: no rule depends on it. */
  long currentTimeMillis();

  /**
   * Runs a task on the node's thread, after those handed in before. From any thread; never blocks.
   */
  void execute(Runnable task);

  /** Runs a task on the node's thread after a delay. On the node's thread only. */
  Timer schedule(Duration delay, Runnable task);

  /**
   * Runs a task once at the end of this turn, after every task that is waiting in the mailbox now:
   * what belongs together (one write, one send, one acknowledgement) is done together. On the
   * node's thread only.
   */
  void atEndOfTurn(Runnable task);

  /** A task that is to run later. */
  @FunctionalInterface
  interface Timer {
    /** The task will not run; too late is no error. */
    void cancel();
  }
}
