package io.replog.client;

import java.time.Duration;

/**
 * How long a {@link ReplogClient} waits, and how often it tries.
 *
 * @param connect for a connection, above 0
 * @param answer for the answer to a question that the node answers at once, above 0
 * @param beyondTimeout for the answer to an append, beyond the timeout that the append names; one
 *     that names none is waited for as long as it takes
 * @param attempts how often what may be repeated is sent: questions, reads where they were, and
 *     appends with a key; at least 1
 */
public record Limits(Duration connect, Duration answer, Duration beyondTimeout, int attempts) {
  public static final Limits DEFAULT =
      new Limits(Duration.ofSeconds(3), Duration.ofSeconds(10), Duration.ofSeconds(30), 4);

  public Limits {
    if (!connect.isPositive() || !answer.isPositive() || beyondTimeout.isNegative()) {
      throw new IllegalArgumentException("waits are longer than nothing");
    }
    if (attempts < 1) {
      throw new IllegalArgumentException("there is at least one attempt, not " + attempts);
    }
  }
}
