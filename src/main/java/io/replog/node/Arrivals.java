package io.replog.node;

import io.replog.core.AppendRequest;
import io.replog.core.Refusal;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How many appends have come and are not begun, and how much memory the long ones take. This is the
 * queue that grows when more comes than the node can take, since all that follows is done for many
 * at once. What finds it full is refused at once, so the wait of the others stays short. Appends
 * that wait for their copies have been begun and count no longer.
 *
 * <p>Safe for use by any thread.
 */
final class Arrivals {
  /** Most appends that may be in the queue: those of 64 clients with 16 in flight each. */
  static final int LIMIT = 1024;

  /** Appends up to this size are only counted: {@link #LIMIT} of them are few bytes. */
  private static final int SHORT = 16 << 10;

  /** What a message takes beside its text: the array, its place in the list. */
  private static final int BYTES_A_MESSAGE = 32;

  /** The longest append that there is always fits: 8 MiB of text, or 100,000 messages. */
  private static final long LEAST_BYTES = 12L << 20;

  private static final Refusal.Overloaded TOO_MANY = new Refusal.Overloaded(LIMIT);

  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  private final Refusal.TooMuchAtOnce tooMuch;
  private final long mostBytes;

  /**
   * @param mostBytes that long appends may take together, 12 MiB at least
   */
  Arrivals(long mostBytes) {
    this.mostBytes = Math.max(mostBytes, LEAST_BYTES);
    this.tooMuch = new Refusal.TooMuchAtOnce(this.mostBytes);
  }

  /** An eighth of the heap for long appends. */
  static Arrivals ofThisProcess() {
    return new Arrivals(Runtime.getRuntime().maxMemory() / 8);
  }

  /** Takes a place in the queue. Returns why there is none, or null: then {@link #leave} is due. */
  @Nullable Refusal enter(AppendRequest request) {
    if (waiting.incrementAndGet() > LIMIT) {
      waiting.decrementAndGet();
      return TOO_MANY;
    }
    long weight = weight(request);
    if (weight > 0 && bytes.addAndGet(weight) > mostBytes) {
      leave(request);
      return tooMuch;
    }
    return null;
  }

  /** How an append is refused whatever it says, null while there is a place left. */
  Refusal.@Nullable Overloaded full() {
    return waiting.get() >= LIMIT ? TOO_MANY : null;
  }

  /** Gives a place back. */
  void leave(AppendRequest request) {
    waiting.decrementAndGet();
    long weight = weight(request);
    if (weight > 0) {
      bytes.addAndGet(-weight);
    }
  }

  private static long weight(AppendRequest request) {
    long weight = request.size() + (long) BYTES_A_MESSAGE * request.payloads().size();
    return weight <= SHORT ? 0 : weight;
  }
}
