package io.replog.cli;

import io.replog.client.ClientException;
import io.replog.client.ReplogClient;
import io.replog.client.Trimmed;
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

/** {@code replog trim}. */
@Command(
    name = "trim",
    description =
        "Drops the messages below a sequence, for good, on all nodes: whole log files that every"
            + " secondary has.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class TrimCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--before",
      paramLabel = "N",
      required = true,
      description = "The first sequence to keep.")
  private long before;

  @Mixin private final NodeUrl node = new NodeUrl();

  @Option(
      names = "--output",
      paramLabel = "text|json",
      description = "text (default): a sentence; json: the answer of POST /trim.")
  private OutputFormat output = OutputFormat.text;

  @Override
  public Integer call() throws ClientException {
    CommandSpec command = Objects.requireNonNull(spec);
    if (before < 1) {
      throw new ParameterException(command.commandLine(), "--before starts at 1");
    }
    PrintWriter out = command.commandLine().getOut();
    try (ReplogClient client = node.client()) {
      Trimmed trimmed = client.trim(before);
      if (output == OutputFormat.json) {
        out.println(trimmed.json().strip());
      } else {
        String why = trimmed.heldBy() == null ? "" : ": " + trimmed.heldBy();
        out.println("the log begins with entry " + trimmed.firstSequence() + why);
      }
    }
    return ExitCodes.DONE;
  }
}
