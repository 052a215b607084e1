package io.replog.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jline.reader.Candidate;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReader.Option;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jspecify.annotations.Nullable;

/**
 * Lines that somebody types at a terminal, with editing, completion and the history of earlier
 * runs. Ctrl-C gives up the line that is being typed; while an answer is awaited it interrupts the
 * thread that this was made on.
 */
final class TerminalLines implements ClientLines {
  private static final String PROMPT = "replog> ";
  private static final int REMEMBERED = 1000;
  private static final List<String> COMMANDS = List.of("list", "status", "help", "quit", "exit");
  private static final List<String> CONCERNS = List.of("w=1", "w=2", "w=3", "w=majority", "w=all");
  private static final List<String> NODES = List.of("master", "sub1", "sub2");

  private final Terminal terminal;
  private final LineReader reader;

  /**
   * @param history where lines are kept, null to keep none
   */
  TerminalLines(Terminal terminal, @Nullable Path history) {
    this.terminal = terminal;
    LineReaderBuilder builder =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .parser(asTyped())
            .completer((reader, line, candidates) -> complete(line, candidates))
            // a message may have exclamation marks, backslashes and blanks anywhere
            .option(Option.DISABLE_EVENT_EXPANSION, true)
            .option(Option.HISTORY_IGNORE_SPACE, false)
            .option(Option.HISTORY_REDUCE_BLANKS, false)
            // each pasted line is a message of its own
            .option(Option.BRACKETED_PASTE, false)
            .variable(LineReader.HISTORY_SIZE, REMEMBERED)
            .variable(LineReader.HISTORY_FILE_SIZE, REMEMBERED);
    if (history != null) {
      builder.variable(LineReader.HISTORY_FILE, history);
    }
    this.reader = builder.build();
    Thread waiting = Thread.currentThread();
    terminal.handle(Terminal.Signal.INT, signal -> waiting.interrupt());
  }

  /** Quotes, backslashes and comments mean nothing in a message. */
  private static DefaultParser asTyped() {
    DefaultParser parser = new DefaultParser();
    parser.setEscapeChars(new char[0]);
    parser.setQuoteChars(new char[0]);
    return parser;
  }

  private static void complete(ParsedLine line, List<Candidate> candidates) {
    List<String> words =
        switch (line.wordIndex()) {
          case 0 -> Stream.of(COMMANDS, CONCERNS).flatMap(List::stream).toList();
          case 1 -> line.words().getFirst().equals("list") ? NODES : List.of();
          default -> List.of();
        };
    words.forEach(word -> candidates.add(new Candidate(word)));
  }

  /**
   * The file of the history in the home directory, for its owner alone; null if there can be none.
   */
  static @Nullable Path history() {
    String home =
        Objects.requireNonNullElse(System.getenv("HOME"), System.getProperty("user.home", "."));
    Path file = Path.of(home, ".replog_history");
    try {
      if (!Files.exists(file)) {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      }
      return Files.isWritable(file) ? file : null;
    } catch (IOException | UnsupportedOperationException e) {
      return null; // a home that cannot be written to: the client works without
    }
  }

  PrintWriter writer() {
    return terminal.writer();
  }

  @Override
  public @Nullable String next() {
    while (true) {
      try {
        return reader.readLine(PROMPT);
      } catch (UserInterruptException e) {
        // the line is given up, not the session
      } catch (EndOfFileException e) {
        return null;
      }
    }
  }

  @Override
  public boolean typed() {
    return true;
  }
}
