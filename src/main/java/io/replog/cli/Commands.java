package io.replog.cli;

import io.replog.config.NodeRunner;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
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
    line.addSubcommand(new MasterCommand(runner));
    line.addSubcommand(new SecondaryCommand(runner));
    line.addSubcommand(new AppendCommand());
    line.addSubcommand(new ReadCommand());
    line.addSubcommand(new TailCommand());
    line.addSubcommand(new StatusCommand());
    line.addSubcommand(new VerifyCommand());
    line.addSubcommand(new EchoServerCommand());
    line.addSubcommand(new EchoClientCommand());
    line.setExpandAtFiles(false); // a message may begin with @
    line.setOut(utf8(FileDescriptor.out));
    line.setErr(utf8(FileDescriptor.err));
    line.setParameterExceptionHandler(Failure::reportUsage);
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> Failure.report(failure, command.getErr()));
    return line;
  }

  private static PrintWriter utf8(FileDescriptor descriptor) {
    return new PrintWriter(
        new OutputStreamWriter(new FileOutputStream(descriptor), StandardCharsets.UTF_8), true);
  }
}
