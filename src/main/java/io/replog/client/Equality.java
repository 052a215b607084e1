package io.replog.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether the nodes hold the same log.
 *
 * @param sequence up to which they were compared
 * @param json the answer as it came
 */
public record Equality(long sequence, boolean equal, List<NodeEquality> nodes, String json) {

  /**
   * One node against the master.
   *
   * @param equal null if it did not answer
   * @param firstDifference the first sequence at which it differs
   */
  public record NodeEquality(
      String node,
      @Nullable Boolean equal,
      @Nullable String hash,
      @Nullable Long firstDifference) {}

  /** Null if it is not such a document. */
  static @Nullable Equality of(Json answer, String json) {
    Long sequence = answer.number("sequence");
    if (sequence == null) {
      return null;
    }
    return new Equality(
        sequence,
        Boolean.TRUE.equals(answer.truth("equal")),
        answer.objects("nodes").stream().map(Equality::node).toList(),
        json);
  }

  private static NodeEquality node(Json node) {
    String name = node.text("node");
    return new NodeEquality(
        name == null ? "?" : name,
        node.truth("equal"),
        node.text("hash"),
        node.number("firstDifference"));
  }
}
