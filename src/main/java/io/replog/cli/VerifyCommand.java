package io.replog.cli;

import io.replog.client.ClientException;
import io.replog.client.Equality;
import io.replog.client.ReplogClient;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code replog verify}. */
@Command(
    name = "verify",
    description =
        "Checks a data directory while no node runs on it, or with --url the running nodes against"
            + " each other.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class VerifyCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "DIR",
      description = "A node's data directory.")
  private @Nullable Path directory;

  @Mixin private final NodeUrl node = new NodeUrl();

  @Option(
      names = "--output",
      paramLabel = "text|json",
      description =
          "text (default): a table; json: the findings, with --url the answer of GET"
              + " /cluster/verify.")
  private OutputFormat output = OutputFormat.text;

  @Override
  public Integer call() throws ClientException {
    CommandSpec command = Objects.requireNonNull(spec);
    if ((directory == null) != node.isGiven()) {
      throw new ParameterException(
          command.commandLine(), "verify takes a data directory, or --url for the running nodes");
    }
    PrintWriter out = command.commandLine().getOut();
    return directory == null
        ? verifyNodes(out)
        : DirectoryCheck.run(directory, output, out, command.commandLine().getErr());
  }

  private int verifyNodes(PrintWriter out) throws ClientException {
    try (ReplogClient client = node.client()) {
      Equality equality = client.verify();
      if (output == OutputFormat.json) {
        out.println(equality.json().strip());
      } else {
        print(equality, out);
      }
      return equality.equal() ? ExitCodes.DONE : ExitCodes.FAILED;
    }
  }

  private static void print(Equality equality, PrintWriter out) {
    Table table = new Table("NODE", "EQUAL", "FIRST DIFFERENCE>", "HASH");
    for (Equality.NodeEquality one : equality.nodes()) {
      Boolean equal = one.equal();
      Long difference = one.firstDifference();
      table.row(
          one.node(),
          equal == null ? "no answer" : equal ? "yes" : "no",
          difference == null ? "-" : difference,
          one.hash() == null ? "-" : one.hash());
    }
    table.print(out);
    out.printf(
        "%s up to sequence %d%n",
        equality.equal() ? "All nodes are equal" : "Not all nodes are known to be equal",
        equality.sequence());
  }
}
