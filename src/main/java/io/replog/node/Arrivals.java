package io.replog.node;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many appends have come and are not begun. This is the queue that grows when more comes than
 * the node can take, since all that follows is done for many at once. What finds it full is refused
 * at once, so the wait of the others stays short. Appends that wait for their copies have been
 * begun and count no longer.
 *
 * <p>Safe for use by any thread.
 */
final class Arrivals {
  /** Most appends that may be in the queue: those of 64 clients with 16 in flight each. */
  static final int LIMIT = 1024;

  private final AtomicInteger waiting = new AtomicInteger();

  /** Takes a place in the queue. Returns false, and takes none, if there is none left. */
  boolean enter() {
    if (waiting.incrementAndGet() <= LIMIT) {
      return true;
    }
    waiting.decrementAndGet();
    return false;
  }

  /** Whether there is no place left. */
  boolean isFull() {
    return waiting.get() >= LIMIT;
  }

  /** Gives a place back. */
  void leave() {
    waiting.decrementAndGet();
  }
}
