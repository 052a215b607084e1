package io.replog.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code replog echo-server}. */
@Command(
    name = "echo-server",
    description = "Sends every line of TCP text back with the time it came.",
    mixinStandardHelpOptions = true)
final class EchoServerCommand implements Callable<Integer> {
  private static final int HIGHEST_PORT = 65535;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "PORT",
      description = "Default 7007; 0 is any free one.")
  private int port = 7007;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "The address to bind to; default 127.0.0.1.")
  private String host = "127.0.0.1";

  @Override
  public Integer call() {
    CommandSpec command = Objects.requireNonNull(spec);
    if (port < 0 || port > HIGHEST_PORT) {
      throw new ParameterException(
          command.commandLine(), "PORT is " + port + "; it must be 0 to " + HIGHEST_PORT);
    }
    PrintWriter out = command.commandLine().getOut();
    try (EchoServer server = new EchoServer(new InetSocketAddress(host, port), out)) {
      out.println("listening on " + host + ":" + server.port());
      server.run();
      return ExitCodes.DONE;
    } catch (IOException e) {
      throw new CommandFailedException(
          "cannot listen on " + host + ":" + port + ": " + e.getMessage());
    }
  }
}
