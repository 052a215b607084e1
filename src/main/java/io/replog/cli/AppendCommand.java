package io.replog.cli;

import io.replog.client.Append;
import io.replog.client.Appended;
import io.replog.client.ClientException;
import io.replog.client.LineReader;
import io.replog.client.ReplogClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code replog append}. A node that is not the master is not gone round: it is named, with the one
 * that is, so that a wrong {@code --url} is seen and put right.
 */
@Command(
    name = "append",
    description = "Appends a message, or each line of the standard input.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 in the log but w not met in time."
    })
final class AppendCommand implements Callable<Integer> {
  private static final int MAX_LINE = 1 << 20;
  private static final int MAX_KEY = 200;

  private final InputStream in;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "TEXT",
      description =
          "The message; - appends each line of the standard input, in order, and stops at the first"
              + " that fails. After --, a TEXT may begin with a dash.")
  private String text = "";

  @Option(
      names = "-w",
      paramLabel = "N|majority|all|certified",
      description =
          "Copies to wait for; default: as the cluster is set, which is all unless changed.")
  private @Nullable String w;

  @Option(
      names = {"-j", "--journal"},
      paramLabel = "true|false",
      arity = "1",
      description = "Whether copies count once they are on disk; default: as the cluster is set.")
  private @Nullable Boolean journal;

  @Option(
      names = "--timeout",
      paramLabel = "MS",
      description = "How long to wait for the copies; without it, as long as it takes.")
  private @Nullable Long timeoutMs;

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description =
          "The same key again appends nothing; lines of the standard input get KEY-1, KEY-2, ….")
  private @Nullable String key;

  @Mixin private final NodeUrl node = new NodeUrl();

  @Option(names = "--output", paramLabel = "text|json", description = "Default: text.")
  private OutputFormat output = OutputFormat.text;

  AppendCommand() {
    this(System.in);
  }

  AppendCommand(InputStream in) {
    this.in = in;
  }

  @Override
  public Integer call() throws ClientException {
    check();
    try (ReplogClient client = node.client()) {
      return text.equals("-") ? appendLines(client) : append(client, text, key);
    }
  }

  private void check() {
    if (w != null) {
      w = w.toLowerCase(Locale.ROOT);
      if (!w.matches("majority|all|certified|[1-9]\\d{0,2}|1000")) {
        throw usage(
            "-w is '" + w + "'; it must be a number from 1 to 1000, majority, all or certified");
      }
    }
    if (timeoutMs != null && timeoutMs < 0) {
      throw usage("--timeout is " + timeoutMs + "; it must be whole milliseconds, 0 or more");
    }
    if (key != null && (key.isEmpty() || key.length() > MAX_KEY)) {
      throw usage("--key must have 1 to " + MAX_KEY + " characters");
    }
  }

  private int appendLines(ReplogClient client) throws ClientException {
    LineReader lines = new LineReader(in, MAX_LINE);
    int worst = ExitCodes.DONE;
    long number = 0;
    while (true) {
      number++;
      String line;
      try {
        line = lines.next();
      } catch (CharacterCodingException e) {
        throw new CommandFailedException(
            "line " + number + " is not UTF-8; it and what follows was not appended");
      } catch (IOException e) {
        throw new CommandFailedException("line " + number + ": " + e.getMessage());
      }
      if (line == null) {
        return worst;
      }
      try {
        worst = Math.max(worst, append(client, line, key == null ? null : key + "-" + number));
      } catch (ClientException e) {
        command().commandLine().getErr().println("replog: stopped at line " + number);
        throw e;
      }
    }
  }

  private int append(ReplogClient client, String message, @Nullable String itsKey)
      throws ClientException {
    Appended appended =
        client.append(
            new Append(
                List.of(message),
                w,
                journal,
                timeoutMs == null ? null : Duration.ofMillis(timeoutMs),
                itsKey));
    PrintWriter out = command().commandLine().getOut();
    out.println(
        output == OutputFormat.json ? appended.json().strip() : AppendedText.line(appended));
    if (appended.satisfied()) {
      return ExitCodes.DONE;
    }
    command().commandLine().getErr().println("replog: " + AppendedText.notInTime(appended));
    return ExitCodes.NOT_IN_TIME;
  }

  private ParameterException usage(String message) {
    return new ParameterException(command().commandLine(), message);
  }

  private CommandSpec command() {
    return java.util.Objects.requireNonNull(spec);
  }
}
