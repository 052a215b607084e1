package io.replog.cli;

import io.replog.client.ReplogClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code replog client}. */
@Command(
    name = "client",
    description =
        "Talks to a node line by line: a line is a message, the end of the input ends it. Works at"
            + " a terminal, with history and completion, and with lines from a file or a pipe.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "A line is:",
      "  TEXT                 a message",
      "  w=N TEXT             a message that waits for N copies; also w=majority, w=all",
      "  w= TEXT              a message whatever it says, such as 'w= list'",
      "  list, list master, list1 or list sub1, list2 or list sub2, ..., list NAME",
      "                       prints the messages of a node",
      "  status, help, quit or exit",
      "",
      "With lines from a file or a pipe the exit code is that of the worst line: 0 done, 1 failed,"
          + " 3 in the log but w not met in time."
    })
final class ClientCommand implements Callable<Integer> {
  private final InputStream in;
  private final BooleanSupplier typed;

  @Spec private @Nullable CommandSpec spec;

  @Mixin private final NodeUrl node = new NodeUrl();

  @Option(
      names = "--timeout",
      paramLabel = "MS",
      description = "How long an append may wait for its copies; without it, as long as it takes.")
  private @Nullable Long timeoutMs;

  @Option(
      names = "--output",
      paramLabel = "text|json",
      description =
          "text (default); json: what the node answered to each line, one document a line.")
  private OutputFormat output = OutputFormat.text;

  ClientCommand() {
    this(System.in, Screen::isATerminal);
  }

  /**
   * @param typed whether the lines come from a terminal, rather than from {@code in}
   */
  ClientCommand(InputStream in, BooleanSupplier typed) {
    this.in = in;
    this.typed = typed;
  }

  @Override
  public Integer call() throws IOException {
    CommandSpec command = Objects.requireNonNull(spec);
    if (timeoutMs != null && timeoutMs < 0) {
      throw new ParameterException(
          command.commandLine(),
          "--timeout is " + timeoutMs + "; it must be whole milliseconds, 0 or more");
    }
    Duration timeout = timeoutMs == null ? null : Duration.ofMillis(timeoutMs);
    try (ReplogClient client = node.client()) {
      if (typed.getAsBoolean()) {
        try (Terminal terminal = TerminalBuilder.builder().dumb(true).build()) {
          TerminalLines lines = new TerminalLines(terminal, TerminalLines.history());
          PrintWriter screen = lines.writer();
          return new ClientSession(client, node.url(), timeout, output, screen, screen).run(lines);
        }
      }
      return new ClientSession(
              client,
              node.url(),
              timeout,
              output,
              command.commandLine().getOut(),
              command.commandLine().getErr())
          .run(new PipedLines(in));
    }
  }
}
