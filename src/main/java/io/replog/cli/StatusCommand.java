package io.replog.cli;

import io.replog.client.ClientException;
import io.replog.client.ClusterView;
import io.replog.client.ReplogClient;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code replog status}. */
@Command(
    name = "status",
    description = "Shows the cluster as a node sees it; the active master sees all of it.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class StatusCommand implements Callable<Integer> {
  private static final long INTERVAL_MS = 1000;
  private static final String CLEAR = "\033[H\033[2J\033[3J";

  @Spec private @Nullable CommandSpec spec;

  @Mixin private final NodeUrl node = new NodeUrl();

  @Option(names = "--watch", description = "Show it again every second, until Ctrl-C.")
  private boolean watch;

  @Option(
      names = "--output",
      paramLabel = "text|json",
      description = "text (default): a table; json: the answer of GET /cluster.")
  private OutputFormat output = OutputFormat.text;

  @Override
  public Integer call() throws ClientException, InterruptedException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    try (ReplogClient client = node.client()) {
      if (!watch) {
        print(client.cluster(), out);
        return ExitCodes.DONE;
      }
      while (!out.checkError()) {
        show(client, out);
        Thread.sleep(INTERVAL_MS);
      }
      return ExitCodes.DONE;
    }
  }

  private void show(ReplogClient client, PrintWriter out) {
    ClusterView view;
    try {
      view = client.cluster();
    } catch (ClientException e) {
      view = null;
      out.println(Failure.text(e));
    }
    if (view != null) {
      boolean redraw = output == OutputFormat.text && Screen.isATerminal();
      out.print(redraw ? CLEAR : "");
      print(view, out);
      if (output == OutputFormat.text && !redraw) {
        out.println();
      }
    }
    out.flush();
  }

  private void print(ClusterView view, PrintWriter out) {
    if (output == OutputFormat.json) {
      out.println(view.json().strip());
      return;
    }
    StatusTable.print(view, node.url(), out);
  }
}
