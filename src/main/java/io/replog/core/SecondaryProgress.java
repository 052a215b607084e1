package io.replog.core;

/**
 * The master's knowledge of how far one secondary is on one link. Invariant: {@code durable <=
 * stored <= received < next}; what lies from {@code received + 1} to {@code next - 1} is in flight.
 *
 * <p>A delivery that got no answer for a request's time is taken as lost, and sending goes on after
 * what was acknowledged. What the secondary has received but holds back for an artificial delay is
 * not lost: no timeout counts the delay.
 *
 * <p>Not safe for use by several threads.
 */
public final class SecondaryProgress {
  private long next;
  private long received;
  private long stored;
  private long durable;
  private long waitingSinceNanos;

  /**
   * @param lastSequence what the secondary has already, the same as the master has there
   */
  public SecondaryProgress(long lastSequence) {
    next = lastSequence + 1;
    received = lastSequence;
    stored = lastSequence;
  }

  /** The first sequence that is not sent yet. */
  public long next() {
    return next;
  }

  public long received() {
    return received;
  }

  public long stored() {
    return stored;
  }

  public long durable() {
    return durable;
  }

  /** Notes that everything up to {@code lastSequence} is on its way. */
  public void sent(long lastSequence, long nowNanos) {
    if (lastSequence < next) {
      throw new IllegalArgumentException("sent up to " + lastSequence + ", next was " + next);
    }
    if (next == received + 1) {
      waitingSinceNanos = nowNanos;
    }
    next = lastSequence + 1;
  }

  /**
   * Notes an answer. Numbers never go back, whatever order answers come in.
   *
   * @return whether anything is new
   */
  public boolean acknowledged(
      long receivedSequence, long storedSequence, long durableSequence, long nowNanos) {
    boolean news =
        receivedSequence > received || storedSequence > stored || durableSequence > durable;
    if (receivedSequence > received) {
      waitingSinceNanos = nowNanos;
    }
    stored = Math.max(stored, storedSequence);
    durable = Math.max(durable, durableSequence);
    received = Math.max(received, Math.max(receivedSequence, stored));
    next = Math.max(next, received + 1);
    return news;
  }

  /**
   * Whether something was sent whose receipt was not confirmed for longer than a request may take.
   */
  public boolean overdue(long nowNanos, long requestTimeoutNanos) {
    return next > received + 1 && nowNanos - waitingSinceNanos >= requestTimeoutNanos;
  }

  /** A delivery failed: sending goes on after what the secondary has stored. */
  public void rewind() {
    received = stored;
    next = stored + 1;
  }
}
