package io.replog.cli;

import io.replog.evidence.BadKeyException;
import io.replog.evidence.KeyRing;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code replog keygen}. */
@Command(
    name = "keygen",
    description =
        "Makes the keys by which nodes sign what they say: NODE.key for each node alone, and"
            + " ring/NODE.pub for all of them and for whoever checks a receipt.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class KeygenCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Where to write them; what is there already is never overwritten.")
  private @Nullable Path out;

  @Parameters(arity = "1..*", paramLabel = "NODE", description = "The ids of the nodes.")
  private List<String> nodes = new ArrayList<>();

  @Override
  public Integer call() {
    CommandSpec command = Objects.requireNonNull(spec);
    Path directory = Objects.requireNonNull(out);
    if (new LinkedHashSet<>(nodes).size() < nodes.size()) {
      throw new ParameterException(command.commandLine(), "a NODE is named twice");
    }
    KeyFiles files = new KeyFiles(directory);
    PrintWriter text = command.commandLine().getOut();
    try {
      files.generate(nodes);
      KeyRing ring = KeyRing.read(files.ring());
      nodes.forEach(node -> text.println(files.key(node) + " for " + node + " alone"));
      text.printf("%s for all nodes, and for whoever checks a receipt%n", files.ring());
      text.printf("ring %s%n%s%n", ring.digest(), meaning(ring));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new CommandFailedException("cannot write the keys: " + e);
    } catch (BadKeyException e) {
      throw new CommandFailedException(String.valueOf(e.getMessage()));
    }
    return ExitCodes.DONE;
  }

  private static String meaning(KeyRing ring) {
    return ring.certifies()
        ? "Of %d nodes %d may lie; a receipt takes the attestations of %d"
            .formatted(ring.size(), ring.liars(), ring.quorum())
        : "%d nodes give no receipts; it takes %d or more".formatted(ring.size(), KeyRing.FEWEST);
  }
}
