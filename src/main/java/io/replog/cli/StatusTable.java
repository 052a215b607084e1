package io.replog.cli;

import io.replog.client.ClusterView;
import java.io.PrintWriter;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** The cluster as a node sees it, for people. */
final class StatusTable {
  private StatusTable() {}

  /**
   * @param asked where the view is from: a node does not always know its own URL
   */
  static void print(ClusterView view, URI asked, PrintWriter out) {
    ClusterView.Quorum quorum = view.quorum();
    out.printf(
        "cluster %s  %s  committed %s%s%n",
        or(view.clusterId()),
        Table.coloured(or(view.mode()))
            + (view.modeReason() == null ? "" : " (" + view.modeReason() + ")"),
        or(view.committedSequence()),
        quorum == null
            ? ""
            : "  copies %s of %s, majority %s"
                .formatted(or(quorum.available()), or(quorum.copies()), or(quorum.majority())));
    Table table = new Table("NODE", "ROLE", "STATUS", "LAST>", "LAG>", "EPOCH>", "STATE", "URL");
    ClusterView.Active active = view.active();
    boolean self = active != null && view.node().equals(active.node());
    table.row(
        view.node(),
        view.role(),
        "HEALTHY",
        or(view.lastSequence()),
        view.role().equals("MASTER") ? "0" : "-",
        or(view.epoch()),
        "-",
        self && active != null ? or(active.url()) : asked);
    if (active != null && !self) {
      table.row(or(active.node()), "MASTER", "-", "-", "-", "-", "-", or(active.url()));
    }
    for (ClusterView.NodeView other : view.nodes()) {
      if (!other.node().equals(view.node())) {
        table.row(
            other.node(),
            or(other.role()) + (Boolean.FALSE.equals(other.voting()) ? " (not voting)" : ""),
            or(other.status()),
            or(other.lastSequence()),
            or(other.lag()),
            // what streams has the master's epoch: it is synced to it before
            "STREAMING".equals(other.state()) ? or(view.epoch()) : "-",
            or(other.state()),
            or(other.url()));
      }
    }
    table.print(out);
    view.nodes().forEach(node -> printCatchUp(node, view.lastSequence(), out));
  }

  /** How far a secondary is that is far behind. */
  private static void printCatchUp(
      ClusterView.NodeView node, @Nullable Long last, PrintWriter out) {
    Long its = node.lastSequence();
    if ("CATCHING_UP".equals(node.state()) && its != null && last != null && last > 0) {
      out.printf(
          "%s catches up  %s  %d of %d%n",
          node.node(), ProgressBar.of((double) its / last), its, last);
    }
  }

  private static String or(@Nullable Object value) {
    return value == null ? "-" : value.toString();
  }
}
