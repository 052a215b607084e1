package io.replog.cli;

import io.replog.config.Form;
import io.replog.config.Property;
import io.replog.core.Era;
import io.replog.core.ForcedConfiguration;
import io.replog.core.NodeRole;
import io.replog.core.NodeState;
import io.replog.core.Seat;
import io.replog.storage.DataDirectory;
import io.replog.storage.FileDisk;
import io.replog.storage.LogOptions;
import io.replog.storage.StorageException;
import io.replog.storage.StoredCopy;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code replog recover}. */
@Command(
    name = "recover",
    description = {
      "For a cluster that has lost a majority of its disks for good: makes the one copy in DIR a"
          + " master's that goes on alone.",
      "Says first what the copy holds and what may be lost. Without --accept-data-loss nothing is"
          + " changed."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class RecoverCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      paramLabel = "DIR",
      description = "The data directory of a stopped node, a master's or a secondary's.")
  private @Nullable Path directory;

  @Option(
      names = "--accept-data-loss",
      description = "Do it. What the other copies had beyond this one is given up.")
  private boolean accepted;

  @Option(
      names = "--url",
      split = ",",
      paramLabel = "URL,URL",
      description =
          "Running nodes to compare with. Those of the copy's own configuration are asked anyway.")
  private List<String> urls = List.of();

  @Option(
      names = "--even-if-behind",
      description = "Go on though another copy may have more, or a node of --url did not answer.")
  private boolean evenIfBehind;

  @Option(
      names = "--id",
      paramLabel = "ID",
      description =
          "The master's node id from now on; default: the directory's own, master-0 where it was a"
              + " secondary's.")
  private @Nullable String id;

  @Option(
      names = "--output",
      paramLabel = "text|json",
      description = "text (default), or one JSON object.")
  private OutputFormat output = OutputFormat.text;

  @Override
  public Integer call() {
    CommandSpec command = Objects.requireNonNull(spec);
    Path data = Objects.requireNonNull(directory);
    Set<URI> asked = new LinkedHashSet<>();
    urls.forEach(url -> asked.add(checked("--url", url, Property.URL.form())));
    if (id != null) {
      var _ = checked("--id", id, Property.ID.form());
    }
    StoredCopy copy = read(data);
    RecoverReport report = new RecoverReport(data, copy, others(copy, asked), asked, evenIfBehind);
    PrintWriter out = command.commandLine().getOut();
    PrintWriter err = command.commandLine().getErr();
    if (output == OutputFormat.text) {
      report.print(out);
    }
    boolean goesOn = accepted && report.refusals().isEmpty();
    NodeState forced = goesOn ? force(data, copy, report.knownEpoch()) : null;
    if (output == OutputFormat.json) {
      out.println(report.json(accepted, forced));
    }
    if (forced == null) {
      report.refusals().forEach(why -> err.println("replog: " + why));
      err.println(
          accepted
              ? "replog: refused; nothing was changed"
              : "replog: nothing was changed; --accept-data-loss goes on with this copy alone");
      return ExitCodes.FAILED;
    }
    if (output == OutputFormat.text) {
      report.printDone(out, forced);
    }
    return ExitCodes.DONE;
  }

  private static <T> T checked(String option, String text, Form<T> form) {
    return form.read(text)
        .orElseThrow(
            () ->
                new io.replog.config.BadSettingException(
                    "%s is '%s'; it must be %s".formatted(option, text, form.allowed())));
  }

  private static StoredCopy read(Path data) {
    if (!Files.isDirectory(data)) {
      throw new CommandFailedException(data + " is not a directory");
    }
    StoredCopy copy;
    try {
      copy = StoredCopy.read(new FileDisk(data));
    } catch (StorageException e) {
      throw new CommandFailedException(e.getMessage() + "; nothing was changed");
    }
    if (copy.state().clusterId() == null) {
      throw new CommandFailedException(
          data + " belongs to no cluster: it holds nothing that a cluster could go on with");
    }
    return copy;
  }

  /** The nodes of the copy's own configuration that may still run, and those that were named. */
  private static List<OtherCopy> others(StoredCopy copy, Set<URI> asked) {
    Set<URI> all = new LinkedHashSet<>(asked);
    copy.state().membership().inForce().stream()
        .flatMap(configuration -> configuration.seats().stream())
        .filter(seat -> !copy.state().store().equals(seat.store()))
        .map(Seat::url)
        .forEach(url -> Property.URL.form().read(url).ifPresent(all::add));
    List<OtherCopy> others = new ArrayList<>();
    all.forEach(url -> others.add(OtherCopy.ask(url, copy)));
    return others;
  }

  private NodeState force(Path data, StoredCopy shown, long knownEpoch) {
    SecureRandom random = new SecureRandom();
    String own = shown.role() == NodeRole.MASTER ? shown.state().node() : "master-0";
    try (DataDirectory opened =
        DataDirectory.open(new FileDisk(data), null, UUID::randomUUID, LogOptions.DEFAULT)) {
      boolean same =
          opened.log().lastSequence() == shown.lastSequence()
              && opened.state().promisedEpoch() == shown.state().promisedEpoch()
              && opened.state().membership().equals(shown.state().membership());
      if (!same) {
        throw new CommandFailedException(
            data + " was changed while it was looked at: a node ran on it; look again");
      }
      NodeState forced =
          ForcedConfiguration.of(
              shown.state(),
              id == null ? own : id,
              UUID.randomUUID(),
              knownEpoch,
              random.nextInt(Era.MOST_SKIPPED));
      opened.force(forced);
      return forced;
    } catch (StorageException e) {
      throw new CommandFailedException(String.valueOf(e.getMessage()));
    }
  }
}
