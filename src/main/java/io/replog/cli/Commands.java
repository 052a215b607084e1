package io.replog.cli;

import io.replog.config.NodeRunner;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;

/** Puts the command line together. */
public final class Commands {
  private Commands() {}

  /**
   * The commands below the top one. Standard output and error are UTF-8 whatever the locale says: a
   * message is printed as it was appended.
   *
   * @param runner runs a node for {@code master} and {@code secondary}
   */
  public static CommandLine commandLine(Object top, NodeRunner runner) {
    CommandLine line = new CommandLine(top);
    line.addSubcommand(new ClusterCommand());
    line.addSubcommand(new DemoCommand());
    line.addSubcommand(new ScenarioCommand());
    line.addSubcommand(new MasterCommand(runner));
    line.addSubcommand(new SecondaryCommand(runner));
    line.addSubcommand(new AppendCommand());
    line.addSubcommand(new ReadCommand());
    line.addSubcommand(new TailCommand());
    line.addSubcommand(new ClientCommand());
    line.addSubcommand(new StatusCommand());
    line.addSubcommand(new VerifyCommand());
    line.addSubcommand(new KeygenCommand());
    line.addSubcommand(new VerifyReceiptCommand());
    line.addSubcommand(new RecoverCommand());
    line.addSubcommand(new TrimCommand());
    line.addSubcommand(new ExportCommand());
    line.addSubcommand(new ImportCommand());
    line.addSubcommand(new BenchCommand());
    line.addSubcommand(new EchoServerCommand());
    line.addSubcommand(new EchoClientCommand());
    line.addSubcommand(new GenerateCompletion());
    line.setExpandAtFiles(false); // a message may begin with @
    line.setOut(utf8(FileDescriptor.out));
    line.setErr(utf8(FileDescriptor.err));
    line.setParameterExceptionHandler(Failure::reportUsage);
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> Failure.report(failure, command.getErr()));
    return line;
  }

  /**
   * Runs the command line of this process, unless an argument did not survive the locale: a message
   * is appended as it was typed or not at all.
   */
  public static int execute(CommandLine line, String... arguments) {
    Optional<String> mangled =
        mangled(List.of(arguments), System.getProperty("sun.jnu.encoding", ""));
    if (mangled.isPresent()) {
      line.getErr().println(mangled.get());
      return ExitCodes.USAGE;
    }
    return line.execute(arguments);
  }

  static Optional<String> mangled(List<String> arguments, String encoding) {
    boolean lost = arguments.stream().anyMatch(argument -> argument.indexOf('\ufffd') >= 0);
    return lost && !encoding.equals("UTF-8")
        ? Optional.of(
            "replog: an argument has characters that the locale's encoding (%s) lacks; set"
                    .formatted(encoding)
                + " LC_ALL=C.UTF-8, or append from the standard input with -")
        : Optional.empty();
  }

  private static PrintWriter utf8(FileDescriptor descriptor) {
    return new PrintWriter(
        new OutputStreamWriter(new FileOutputStream(descriptor), StandardCharsets.UTF_8), true);
  }
}
