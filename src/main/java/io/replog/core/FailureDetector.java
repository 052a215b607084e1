package io.replog.core;

import java.time.Duration;

/**
 * Tells by the age of a node's last answer how it is. A refused connection is no answer, not a
 * shortcut: a status says how long nothing was heard, never why.
 *
 * <p>Not safe for use by several threads.
 */
public final class FailureDetector {
  private final long suspectedAfterNanos;
  private final long unhealthyAfterNanos;
  private long lastAnswerNanos;
  private boolean everAnswered;

  /**
   * @param nowNanos the present, on the clock of all later calls: a node that never answers is
   *     suspected this long after
   */
  public FailureDetector(Duration suspectedAfter, Duration unhealthyAfter, long nowNanos) {
    if (unhealthyAfter.compareTo(suspectedAfter) < 0) {
      throw new IllegalArgumentException(
          "unhealthy after " + unhealthyAfter + ", before suspected after " + suspectedAfter);
    }
    this.suspectedAfterNanos = suspectedAfter.toNanos();
    this.unhealthyAfterNanos = unhealthyAfter.toNanos();
    this.lastAnswerNanos = nowNanos;
  }

  public void answered(long nowNanos) {
    lastAnswerNanos = nowNanos;
    everAnswered = true;
  }

  /** A node that has never answered is {@link NodeStatus#UNHEALTHY}. */
  public NodeStatus status(long nowNanos) {
    long age = nowNanos - lastAnswerNanos;
    if (!everAnswered || age >= unhealthyAfterNanos) {
      return NodeStatus.UNHEALTHY;
    }
    return age >= suspectedAfterNanos ? NodeStatus.SUSPECTED : NodeStatus.HEALTHY;
  }

  /** Milliseconds since the last answer, -1 if there was none. */
  public long lastContactMillis(long nowNanos) {
    return everAnswered ? Math.max(0, (nowNanos - lastAnswerNanos) / 1_000_000) : -1;
  }
}
