package io.replog.cli;

import io.replog.client.ClientException;
import io.replog.client.Read;
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

/** {@code replog read}. */
@Command(
    name = "read",
    description = "Prints messages of a node, one a line.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class ReadCommand implements Callable<Integer> {
  /** Names as the API has them. */
  enum Concern {
    local,
    majority,
    linearizable
  }

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--from",
      paramLabel = "N",
      description = "The first sequence; default: the first there is.")
  private @Nullable Long from;

  @Option(names = "--limit", paramLabel = "N", description = "How many at most; default: all.")
  private @Nullable Long limit;

  @Option(
      names = "--concern",
      paramLabel = "local|majority|linearizable",
      description =
          "local (default): what this node has; majority: what is never rolled back; linearizable:"
              + " all that was answered as on a majority's disks before, of the master.")
  private @Nullable Concern concern;

  @Mixin private final NodeUrl node = new NodeUrl();

  @Option(
      names = "--output",
      paramLabel = "text|json",
      description = "text (default): the messages; json: the answer of GET /messages.")
  private OutputFormat output = OutputFormat.text;

  @Override
  public Integer call() throws ClientException {
    CommandSpec command = Objects.requireNonNull(spec);
    if ((from != null && from < 1) || (limit != null && limit < 1)) {
      throw new ParameterException(command.commandLine(), "--from and --limit start at 1");
    }
    PrintWriter out = command.commandLine().getOut();
    Read read = new Read(from == null ? 0 : from, limit, concern == null ? null : concern.name());
    try (ReplogClient client = node.client()) {
      if (output == OutputFormat.json) {
        client.copyTo(read, out);
        out.println();
      } else {
        client.read(
            read,
            record -> {
              out.write(record.message());
              out.write('\n');
            });
      }
    } finally {
      out.flush();
    }
    return ExitCodes.DONE;
  }
}
