package io.replog.cli;

import io.replog.client.LineReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code replog echo-client}. */
@Command(
    name = "echo-client",
    description = "Sends lines to an echo server and prints what comes back.",
    mixinStandardHelpOptions = true)
final class EchoClientCommand implements Callable<Integer> {
  private static final int CONNECT_TIMEOUT_MS = 5000;
  private static final int ANSWER_TIMEOUT_MS = 10_000;

  /** What the server puts before a line. */
  private static final int STAMP = 64;

  private final InputStream in;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(index = "0", paramLabel = "HOST")
  private String host = "";

  @Parameters(index = "1", paramLabel = "PORT")
  private int port;

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "TEXT",
      description = "One line; without it, each line of the standard input.")
  private @Nullable String text;

  EchoClientCommand() {
    this(System.in);
  }

  EchoClientCommand(InputStream in) {
    this.in = in;
  }

  @Override
  public Integer call() {
    CommandSpec command = Objects.requireNonNull(spec);
    if (port < 1 || port > 65535) {
      throw new ParameterException(
          command.commandLine(), "PORT is " + port + "; it must be 1 to 65535");
    }
    PrintWriter out = command.commandLine().getOut();
    try (Socket server = new Socket()) {
      server.connect(new InetSocketAddress(host, port), CONNECT_TIMEOUT_MS);
      server.setTcpNoDelay(true);
      server.setSoTimeout(ANSWER_TIMEOUT_MS);
      Writer to =
          new BufferedWriter(
              new OutputStreamWriter(server.getOutputStream(), StandardCharsets.UTF_8));
      LineReader from = new LineReader(server.getInputStream(), EchoServer.MAX_LINE + STAMP);
      String one = text;
      if (one != null) {
        exchange(one, to, from, out);
        return ExitCodes.DONE;
      }
      LineReader lines = new LineReader(in, EchoServer.MAX_LINE);
      for (String line = lines.next(); line != null; line = lines.next()) {
        exchange(line, to, from, out);
      }
      return ExitCodes.DONE;
    } catch (SocketTimeoutException e) {
      throw new CommandFailedException(host + ":" + port + " did not answer in time");
    } catch (UnknownHostException e) {
      throw new CommandFailedException("no such host: " + host);
    } catch (IOException e) {
      throw new CommandFailedException(host + ":" + port + ": " + e.getMessage());
    }
  }

  /** Text of several lines has an answer for each. */
  private static void exchange(String text, Writer to, LineReader from, PrintWriter out)
      throws IOException {
    for (String line : text.split("\n", -1)) {
      to.append(line).append('\n').flush();
      String answer = from.next();
      if (answer == null) {
        throw new IOException("the server closed the connection");
      }
      out.println(answer);
    }
  }
}
