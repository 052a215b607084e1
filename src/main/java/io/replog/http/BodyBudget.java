package io.replog.http;

import io.replog.http.Problem.Kind;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that what has come of all long bodies may take together, so that many clients cannot
 * do what one may not. Short ones are not counted: they are bounded by the connections.
 */
final class BodyBudget {
  /** Bodies up to this length are not counted. */
  static final int SHORT = 16 << 10;

  private final long most;
  private final AtomicLong taken = new AtomicLong();

  /**
   * @param most bytes; a single body of the longest kind always fits
   */
  BodyBudget(long most) {
    this.most = Math.max(most, RequestBody.LONGEST);
  }

  /** An eighth of the heap: a body is there up to four times while it is read. */
  static BodyBudget ofThisProcess() {
    return new BodyBudget(Runtime.getRuntime().maxMemory() / 8);
  }

  /**
   * Takes a part until {@link #release}.
   *
   * @throws ProblemException 503, if there is not enough left
   */
  void take(long bytes) {
    if (taken.addAndGet(bytes) > most) {
      release(bytes);
      throw new ProblemException(
          new Problem(Kind.OVERLOADED, "too many long bodies at once, ask again"));
    }
  }

  void release(long bytes) {
    taken.addAndGet(-bytes);
  }
}
