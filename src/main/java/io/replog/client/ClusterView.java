package io.replog.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The cluster as one node sees it; null is what that node does not know.
 *
 * @param nodes the secondaries
 * @param json the answer as it came
 */
public record ClusterView(
    @Nullable String clusterId,
    String node,
    String role,
    @Nullable String mode,
    @Nullable String modeReason,
    @Nullable Long epoch,
    @Nullable Long firstSequence,
    @Nullable Long lastSequence,
    @Nullable Long committedSequence,
    @Nullable Active active,
    @Nullable Quorum quorum,
    List<NodeView> nodes,
    String json) {

  /** The active master. */
  public record Active(@Nullable String node, @Nullable String url) {}

  /** Copies that there should be, how many are a majority, how many are there. */
  public record Quorum(@Nullable Long copies, @Nullable Long majority, @Nullable Long available) {}

  /** A secondary. */
  public record NodeView(
      String node,
      @Nullable String role,
      @Nullable String url,
      @Nullable String status,
      @Nullable Boolean voting,
      @Nullable String state,
      @Nullable Long lastSequence,
      @Nullable Long lag,
      @Nullable Long lastContactMs) {}

  /** Null if it is not such a document. */
  static @Nullable ClusterView of(Json answer, String json) {
    String node = answer.text("node");
    String role = answer.text("role");
    if (node == null || role == null) {
      return null;
    }
    Json active = answer.object("active");
    Json quorum = answer.object("quorum");
    return new ClusterView(
        answer.text("clusterId"),
        node,
        role,
        answer.text("mode"),
        answer.text("modeReason"),
        answer.number("epoch"),
        answer.number("firstSequence"),
        answer.number("lastSequence"),
        answer.number("committedSequence"),
        active == null ? null : new Active(active.text("node"), active.text("url")),
        quorum == null
            ? null
            : new Quorum(
                quorum.number("copies"), quorum.number("majority"), quorum.number("available")),
        answer.objects("nodes").stream().map(ClusterView::nodeView).toList(),
        json);
  }

  private static NodeView nodeView(Json node) {
    String name = node.text("node");
    return new NodeView(
        name == null ? "?" : name,
        node.text("role"),
        node.text("url"),
        node.text("status"),
        node.truth("voting"),
        node.text("state"),
        node.number("lastSequence"),
        node.number("lag"),
        node.number("lastContactMs"));
  }
}
