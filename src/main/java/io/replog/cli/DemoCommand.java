package io.replog.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code replog demo}. */
@Command(
    name = "demo",
    description =
        "Shows what a write concern is: starts a cluster of its own, of which one secondary is"
            + " down, appends with w=1, 2 and 3, starts that secondary, and says whether each step"
            + " held.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Exit codes: 0 each step held, 1 one did not, 2 wrong usage. Ctrl-C ends it; nothing is left"
          + " behind either way."
    })
final class DemoCommand implements Callable<Integer> {
  private static final List<Duration> DELAYS =
      List.of(Duration.ofSeconds(1), Duration.ofSeconds(2));
  private static final List<Duration> FAST =
      List.of(Duration.ofMillis(200), Duration.ofMillis(400));
  private static final int HIGHEST_PORT = 65535;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "The master's port, the secondaries' follow; default: free ones.")
  private int port;

  @Option(names = "--fast", description = "Shorter delays: 0.2 and 0.4 s in place of 1 and 2 s.")
  private boolean fast;

  @Option(
      names = {"-v", "--verbose"},
      description = "Show what the nodes log.")
  private boolean verbose;

  @Override
  public Integer call() throws IOException, InterruptedException {
    CommandSpec command = Objects.requireNonNull(spec);
    List<Duration> delays = fast ? FAST : DELAYS;
    if (port < 0 || port > HIGHEST_PORT - delays.size()) {
      throw new ParameterException(
          command.commandLine(),
          "--port is %d; it must be 1 to %d, or 0 for free ones"
              .formatted(port, HIGHEST_PORT - delays.size()));
    }
    PrintWriter out = command.commandLine().getOut();
    try (DemoCluster cluster = new DemoCluster(port, delays, verbose, out)) {
      Runtime.getRuntime().addShutdownHook(new Thread(cluster::close, "stop"));
      return new Demo(cluster, delays, out).play();
    }
  }
}
