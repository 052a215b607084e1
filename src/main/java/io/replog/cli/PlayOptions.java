package io.replog.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Option;

/** How a scenario is to be played: what every command that plays one takes. */
final class PlayOptions {
  private static final double A_FIFTH = 0.2;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Of its own cluster's first node, the others' follow; default: free ones.")
  private int port;

  @Option(names = "--fast", description = "Its delays and waits a fifth as long.")
  private boolean fast;

  @Option(
      names = "--step",
      description = "Waits for the Enter key before each part: for whoever shows it to others.")
  private boolean step;

  @Option(
      names = {"-v", "--verbose"},
      description = "Show what the nodes of its own cluster log.")
  private boolean verbose;

  @Option(
      names = "--output",
      paramLabel = "text|json",
      description = "text (default): told as it goes; json: the verdict with its evidence.")
  private OutputFormat output = OutputFormat.text;

  /** By which delays are multiplied. */
  double pace() {
    return fast ? A_FIFTH : 1;
  }

  Performance performance(PrintWriter out) {
    return new Performance(port, step, verbose, output, out);
  }
}
