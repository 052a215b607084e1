package io.replog.cli;

import io.replog.cli.scenario.BadScriptException;
import io.replog.cli.scenario.Scenario;
import io.replog.cli.scenario.ScenarioReader;
import io.replog.cli.scenario.Scripts;
import io.replog.client.ClientException;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code replog demo}: the scenario {@code acceptance}, by the name that is looked for first. */
@Command(
    name = "demo",
    description =
        "Shows what a write concern is: starts a cluster of its own, of which one secondary is"
            + " down, appends with w=1, 2 and 3, starts that secondary, and says whether each step"
            + " held. The same as 'scenario acceptance'.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Exit codes: 0 each step held, 1 one did not, 2 wrong usage. Ctrl-C ends it; nothing is left"
          + " behind either way."
    })
final class DemoCommand implements Callable<Integer> {
  private static final String NAME = "acceptance";

  @Spec private @Nullable CommandSpec spec;

  @Mixin private final PlayOptions options = new PlayOptions();

  @Override
  public Integer call()
      throws IOException, InterruptedException, BadScriptException, ClientException {
    CommandSpec command = Objects.requireNonNull(spec);
    Scenario scenario = ScenarioReader.read(NAME, Scripts.text(NAME), options.pace());
    Performance performance = options.performance(command.commandLine().getOut());
    performance.checkPort(command, scenario);
    return performance.onItsOwn(scenario);
  }
}
