package io.replog.node;

import java.time.Duration;
import java.util.Set;

/**
 * Delays and faults that were asked for.
 *
 * @param delay latency before a node stores what it was sent (on a master: before an append gets
 *     its sequence)
 * @param errorRate share of deliveries (on a master: of appends) that are answered as a server's
 *     failure, 0 to 1
 * @param errorAfter whether the failure comes after the entries were stored, not before
 * @param drop share of messages between nodes that are swallowed, 0 to 1
 * @param partitionedFrom ids of the nodes with which nothing is exchanged, either way
 * @param diskFull whether the disk refuses to grow
 */
public record Faults(
    Duration delay,
    double errorRate,
    boolean errorAfter,
    double drop,
    Set<String> partitionedFrom,
    boolean diskFull) {
  public static final Faults NONE = new Faults(Duration.ZERO, 0, false, 0, Set.of(), false);

  /** Only a delay. */
  public static Faults delayed(Duration delay) {
    return new Faults(delay, 0, false, 0, Set.of(), false);
  }
}
