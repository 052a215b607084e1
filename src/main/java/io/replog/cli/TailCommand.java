package io.replog.cli;

import io.replog.client.ClientException;
import io.replog.client.ReplogClient;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code replog tail}. */
@Command(
    name = "tail",
    description =
        "Prints messages as they come, from the first on; goes on where it was when a node was"
            + " away. Ctrl-C ends it.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class TailCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--from",
      paramLabel = "N",
      description = "The first sequence; default: the first there is.")
  private @Nullable Long from;

  @Mixin private final NodeUrl node = new NodeUrl();

  @Option(
      names = "--output",
      paramLabel = "text|json",
      description = "text (default): the messages; json: one record a line.")
  private OutputFormat output = OutputFormat.text;

  @Override
  public Integer call() throws ClientException {
    CommandSpec command = Objects.requireNonNull(spec);
    if (from != null && from < 1) {
      throw new ParameterException(command.commandLine(), "--from starts at 1");
    }
    PrintWriter out = command.commandLine().getOut();
    try (ReplogClient client = node.client()) {
      client.tail(
          from == null ? 0 : from,
          record -> {
            out.println(output == OutputFormat.json ? record.json() : record.message());
            return !out.checkError(); // nobody reads any more
          },
          away -> {
            PrintWriter err = command.commandLine().getErr();
            err.println("replog: " + away.getMessage() + "; trying again");
          });
    }
    return ExitCodes.DONE;
  }
}
