package io.replog.cli;

import io.replog.cli.scenario.BadScriptException;
import io.replog.cli.scenario.Scenario;
import io.replog.cli.scenario.ScenarioReader;
import io.replog.cli.scenario.Scripts;
import io.replog.client.ClientException;
import io.replog.config.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.List;
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

/** {@code replog scenario}. */
@Command(
    name = "scenario",
    description =
        "Plays a fault script on a cluster and says, with what was seen, whether each step held."
            + " Without --url the cluster is its own: real processes in a temporary directory.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "docs/scenarios.md says how a script is written. Exit codes: 0 each step held, 1 one did not,"
          + " 2 wrong usage or a script that cannot be read. Ctrl-C ends it; nothing is left behind"
          + " either way."
    })
final class ScenarioCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "NAME|FILE",
      description = "A script that comes with the program, or a YAML file.")
  private @Nullable String name;

  @Option(names = "--list", description = "Names the scripts that come with the program.")
  private boolean list;

  @Option(names = "--show", description = "Prints the script in place of playing it.")
  private boolean show;

  @Option(
      names = "--url",
      paramLabel = "URL[,URL]",
      split = ",",
      description = "A cluster that runs: each of its masters, or any node if it has one master.")
  private List<String> urls = List.of();

  @Mixin private final PlayOptions options = new PlayOptions();

  @Override
  public Integer call() throws IOException, InterruptedException, ClientException {
    CommandSpec command = Objects.requireNonNull(spec);
    PrintWriter out = command.commandLine().getOut();
    try {
      if (list) {
        list(out);
        return ExitCodes.DONE;
      }
      if (name == null) {
        throw new ParameterException(
            command.commandLine(), "scenario takes a NAME or a FILE; --list shows the names");
      }
      String text = Scripts.text(name);
      if (show) {
        out.print(text);
        out.flush();
        return ExitCodes.DONE;
      }
      Performance performance = options.performance(out);
      Scenario scenario = ScenarioReader.read(name, text, options.pace());
      performance.checkPort(command, scenario);
      List<URI> given = urls.stream().map(url -> Settings.url(url)).toList();
      return given.isEmpty() ? performance.onItsOwn(scenario) : performance.on(given, scenario);
    } catch (BadScriptException e) {
      command.commandLine().getErr().println("replog: " + e.getMessage());
      return ExitCodes.USAGE;
    }
  }

  private static void list(PrintWriter out) throws BadScriptException {
    Table table = new Table("NAME", "SHOWS");
    for (String one : Scripts.NAMES) {
      table.row(one, ScenarioReader.read(one, Scripts.text(one), 1).title());
    }
    table.print(out);
  }
}
