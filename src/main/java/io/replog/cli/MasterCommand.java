package io.replog.cli;

import io.replog.config.NodeKind;
import io.replog.config.NodeRunner;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code replog master}. */
@Command(
    name = "master",
    description = "Runs a master; a second one with the same secondaries and another id stands by.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class MasterCommand implements Callable<Integer> {
  private final NodeRunner runner;

  @Mixin private final NodeFlags flags = new NodeFlags();

  @Option(
      names = "--secondaries",
      paramLabel = "URL,URL",
      description = "The declared secondaries; without it they register themselves.")
  private @Nullable String secondaries;

  @Option(
      names = "--join",
      description = "Never begin a new log: for a master whose disk was replaced.")
  private boolean join;

  MasterCommand(NodeRunner runner) {
    this.runner = runner;
  }

  @Override
  public Integer call() {
    return runner.run(flags.options(NodeKind.MASTER, secondaries, join ? "true" : null, null));
  }
}
