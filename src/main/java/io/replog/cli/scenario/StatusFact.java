package io.replog.cli.scenario;

import io.replog.client.ClusterView;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a script may expect of a node's {@code GET /cluster}, by the names it has there. */
enum StatusFact {
  ROLE("role"),
  MODE("mode"),
  MODE_REASON("modeReason"),
  ACTIVE("active"),
  EPOCH("epoch"),
  AVAILABLE("available"),
  VOTING("voting");

  final String word;

  StatusFact(String word) {
    this.word = word;
  }

  /** What the view says, in words; nothing is said as {@code -}. */
  String of(ClusterView view) {
    Object value = read(view);
    return value == null ? "-" : value.toString();
  }

  private @Nullable Object read(ClusterView view) {
    ClusterView.Active active = view.active();
    ClusterView.Quorum quorum = view.quorum();
    return switch (this) {
      case ROLE -> view.role();
      case MODE -> view.mode();
      case MODE_REASON -> view.modeReason();
      case ACTIVE -> active == null ? null : active.node();
      case EPOCH -> view.epoch();
      case AVAILABLE -> quorum == null ? null : quorum.available();
      case VOTING -> view.nodes().stream().filter(StatusFact::isWhole).count();
    };
  }

  static Optional<StatusFact> named(String word) {
    return Arrays.stream(values()).filter(fact -> fact.word.equals(word)).findFirst();
  }

  static List<String> words() {
    return Arrays.stream(values()).map(fact -> fact.word).toList();
  }

  private static boolean isWhole(ClusterView.NodeView node) {
    return Boolean.TRUE.equals(node.voting()) && "HEALTHY".equals(node.status());
  }
}
