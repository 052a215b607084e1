package io.replog.sim;

import io.replog.node.NodeLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * A node's thread in virtual time: a mailbox whose tasks run in turns, each turn one event. It can
 * be paused, as a process that is stopped by a signal, and it ends for good when its node crashes:
 * a restarted node has a new one.
 */
final class SimLoop implements NodeLoop {
  /** Tasks of one turn, as in the real thread. */
  private static final int TURN = 1024;

  private static final long LONGEST_WAKE_NANOS = 200_000;

  private final SimClock clock;
  private final String node;
  private final RandomGenerator random;
  private final long skewMillis;
  private final Runnable afterTurn;
  private final Consumer<Throwable> fatal;
  private final ArrayDeque<Runnable> mailbox = new ArrayDeque<>();
  private final ArrayDeque<Runnable> endOfTurn = new ArrayDeque<>();
  private boolean turnPlanned;
  private boolean paused;
  private boolean ending;
  private boolean ended;

  /**
   * @param skewMillis how far this node's clock on the wall is off
   * @param afterTurn called after each turn
   * @param fatal told of what escapes a task; the loop has ended then
   */
  SimLoop(
      SimClock clock,
      String node,
      RandomGenerator random,
      long skewMillis,
      Runnable afterTurn,
      Consumer<Throwable> fatal) {
    this.clock = clock;
    this.node = node;
    this.random = random;
    this.skewMillis = skewMillis;
    this.afterTurn = afterTurn;
    this.fatal = fatal;
  }

  @Override
  public long nanoTime() {
    return clock.nowNanos();
  }

  @Override
  public long currentTimeMillis() {
    return clock.millis() + skewMillis;
  }

  @Override
  public void execute(Runnable task) {
    if (ended) {
      return;
    }
    mailbox.add(task);
    if (ending) {
      turn();
    } else {
      planTurn();
    }
  }

  /** The process stops: who waits for a turn of the node's thread gets it at once. */
  void untilTheEnd() {
    ending = true;
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    boolean[] cancelled = {false};
    clock.in(
        delay.toNanos(),
        node,
        "timer",
        null,
        () -> {
          if (!ended && !cancelled[0]) {
            mailbox.add(
                () -> {
                  if (!cancelled[0]) {
                    task.run();
                  }
                });
            planTurn();
          }
        });
    return () -> cancelled[0] = true;
  }

  @Override
  public void atEndOfTurn(Runnable task) {
    endOfTurn.add(task);
  }

  /** Runs something of this process on another of its threads, after a time. */
  void elsewhere(long delayNanos, String what, Runnable task) {
    clock.in(delayNanos, node, what, null, () -> elsewhereNow(what, task));
  }

  private void elsewhereNow(String what, Runnable task) {
    if (ended) {
      return;
    }
    if (paused) {
      elsewhere(10_000_000, what, task);
      return;
    }
    guarded(task);
  }

  void pause() {
    paused = true;
  }

  void resume() {
    paused = false;
    planTurn();
  }

  boolean paused() {
    return paused;
  }

  /** Nothing of this process runs any more. */
  void end() {
    ended = true;
    mailbox.clear();
    endOfTurn.clear();
  }

  private void planTurn() {
    if (!turnPlanned && !paused && !ended && !mailbox.isEmpty()) {
      turnPlanned = true;
      clock.in(random.nextLong(LONGEST_WAKE_NANOS), node, "turn", null, this::turn);
    }
  }

  private void turn() {
    turnPlanned = false;
    if (ended || paused) {
      return;
    }
    guarded(
        () -> {
          for (int i = 0; i < TURN && !mailbox.isEmpty(); i++) {
            mailbox.poll().run();
          }
          while (!endOfTurn.isEmpty()) {
            endOfTurn.poll().run();
          }
        });
    guarded(afterTurn);
    planTurn();
  }

  /** Runs something of this process, which may bring it down. */
  void guarded(Runnable task) {
    if (ended) {
      return;
    }
    try {
      task.run();
    } catch (Violation violation) {
      throw violation;
    } catch (Throwable escaped) {
      boolean wentDownInside = ended;
      end();
      if (!wentDownInside) {
        fatal.accept(escaped);
      }
    }
  }
}
