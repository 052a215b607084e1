package io.replog.client;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Faults of a node, for trials; null is what the node was started with. {@code docs/http.md} says
 * what each does.
 *
 * @param delay before what was sent is stored
 * @param errorRate the share of deliveries that fail, 0 to 1
 * @param errorAfter whether they fail when they are stored already
 * @param drop the share of messages between nodes that are swallowed, 0 to 1
 * @param partitionedFrom ids of nodes that it neither hears nor speaks to
 * @param diskFull whether the disk takes no more
 */
public record Faults(
    @Nullable Duration delay,
    @Nullable Double errorRate,
    @Nullable Boolean errorAfter,
    @Nullable Double drop,
    @Nullable Set<String> partitionedFrom,
    @Nullable Boolean diskFull) {
  /** As the node was started. */
  public static final Faults NONE = new Faults(null, null, null, null, null, null);

  public Faults {
    partitionedFrom = partitionedFrom == null ? null : Set.copyOf(partitionedFrom);
  }

  /** The same with this latency. */
  public Faults withDelay(Duration length) {
    return new Faults(length, errorRate, errorAfter, drop, partitionedFrom, diskFull);
  }

  /** The same with this share of errors, after what was sent is stored or before. */
  public Faults withErrors(double share, boolean after) {
    return new Faults(delay, share, after, drop, partitionedFrom, diskFull);
  }

  /** The same with this share of messages lost. */
  public Faults withDrop(double share) {
    return new Faults(delay, errorRate, errorAfter, share, partitionedFrom, diskFull);
  }

  /** The same, cut off from these nodes. */
  public Faults withPartitionedFrom(Set<String> nodes) {
    return new Faults(delay, errorRate, errorAfter, drop, nodes, diskFull);
  }

  /** The same with a disk that is full or not. */
  public Faults withDiskFull(boolean isFull) {
    return new Faults(delay, errorRate, errorAfter, drop, partitionedFrom, isFull);
  }

  String json() {
    return Json.write(
        out -> {
          if (delay != null) {
            out.writeNumberField("delayMs", delay.toMillis());
          }
          if (errorRate != null) {
            out.writeNumberField("errorRate", errorRate.doubleValue());
          }
          if (errorAfter != null) {
            out.writeStringField("errorPhase", errorAfter ? "after" : "before");
          }
          if (drop != null) {
            out.writeNumberField("drop", drop.doubleValue());
          }
          if (partitionedFrom != null) {
            out.writeArrayFieldStart("partitionedFrom");
            for (String node : new TreeSet<>(partitionedFrom)) {
              out.writeString(node);
            }
            out.writeEndArray();
          }
          if (diskFull != null) {
            out.writeBooleanField("diskFull", diskFull);
          }
        });
  }
}
