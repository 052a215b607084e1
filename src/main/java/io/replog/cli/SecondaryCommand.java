package io.replog.cli;

import io.replog.config.NodeKind;
import io.replog.config.NodeRunner;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code replog secondary}. */
@Command(
    name = "secondary",
    description = "Runs a secondary, which copies the master's log.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class SecondaryCommand implements Callable<Integer> {
  private final NodeRunner runner;

  @Mixin private final NodeFlags flags = new NodeFlags();

  @Option(
      names = "--master",
      paramLabel = "URL",
      description = "Register at this master, and go on trying until it is done.")
  private @Nullable String master;

  SecondaryCommand(NodeRunner runner) {
    this.runner = runner;
  }

  @Override
  public Integer call() {
    return runner.run(flags.options(NodeKind.SECONDARY, null, null, master));
  }
}
