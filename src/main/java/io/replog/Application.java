package io.replog;

import io.replog.cli.Commands;
import io.replog.config.NodeOptions;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The top of the command line. Nothing here touches Micronaut, so that a command which only talks
 * to a cluster pays for no server; a command that runs a node starts its own context.
 *
 * <p>Exit codes: 0 done, 1 failed, 2 wrong usage, 3 in the log but its write concern not met in
 * time.
 */
@Command(
    name = "replog",
    description = "A replicated log: one master, its secondaries, every message in one order.",
    mixinStandardHelpOptions = true,
    versionProvider = Application.Version.class)
public final class Application implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  public static void main(String[] args) {
    System.exit(Commands.execute(commandLine(), args));
  }

  /** The whole command line, ready to execute; tests give it their own writers. */
  static CommandLine commandLine() {
    return Commands.commandLine(new Application(), Application::runNode);
  }

  @Override
  public Integer call() {
    throw new ParameterException(
        java.util.Objects.requireNonNull(spec).commandLine(), "Missing command");
  }

  /** Where the node's runner is connected. */
  private static int runNode(NodeOptions options) {
    return NodeServer.run(options);
  }

  /** The version the jar was built as; classes outside a jar carry none. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Application.class.getPackage().getImplementationVersion();
      return new String[] {"replog " + (version == null ? "(not packaged)" : version)};
    }
  }
}
