package io.replog.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.IStyle;
import picocli.CommandLine.Help.Ansi.Style;

/**
 * Shows what a node wrote to its log file, each line with the node's id: what is below a warning
 * only if asked for. Nodes write to the file and not through a pipe, so that none of them ever
 * waits for whoever looks on.
 */
final class LogTail {
  private static final Pattern BELOW_WARNING =
      Pattern.compile(
          "^(?:\\d{4}-\\d\\d-\\d\\dT\\S+ (?:TRACE|DEBUG|INFO) "
              + "|\\{\"time\":\"[^\"]+\",\"level\":\"(?:TRACE|DEBUG|INFO)\").*");
  private static final int MOST_AT_ONCE = 1 << 18;
  private static final IStyle[] COLOURS = {
    Style.fg_cyan, Style.fg_magenta, Style.fg_blue, Style.fg_green, Style.fg_yellow
  };

  private final Path file;
  private final String prefix;
  private final boolean everything;
  private long position;

  /** Begins at this position of the file. */
  LogTail(Path file, long position, String id, int number, boolean everything) {
    this.file = file;
    this.position = position;
    this.everything = everything;
    IStyle colour = COLOURS[number % COLOURS.length];
    this.prefix = Ansi.AUTO.enabled() ? colour.on() + id + colour.off() + " | " : id + " | ";
  }

  /** Shows the whole lines that are new; returns whether there is more to come at once. */
  boolean show(PrintWriter out) throws IOException {
    byte[] bytes;
    try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
      log.seek(position);
      bytes = new byte[(int) Math.min(MOST_AT_ONCE, Math.max(0, log.length() - position))];
      log.readFully(bytes);
    }
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] != '\n') {
      end--;
    }
    if (end == 0 && bytes.length == MOST_AT_ONCE) {
      end = bytes.length; // a line as long as that is shown in parts
    }
    position += end;
    new String(bytes, 0, end, StandardCharsets.UTF_8)
        .lines()
        .filter(line -> everything || !BELOW_WARNING.matcher(line).matches())
        .forEach(line -> out.println(prefix + line));
    return bytes.length == MOST_AT_ONCE;
  }
}
