package io.replog.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One line of the interactive client, understood. */
sealed interface ClientLine {
  /** The most copies that an append may ask for. */
  int MOST_COPIES = 1000;

  /**
   * A message to append.
   *
   * @param w 1 to 1000, {@code majority} or {@code all}; null leaves it to the node
   */
  record Message(@Nullable String w, String text) implements ClientLine {}

  /**
   * A node's messages are to be printed.
   *
   * @param node {@code master}, the place of a secondary from 1, or a node id; null is the node
   *     that the client talks to
   */
  record Messages(@Nullable String node) implements ClientLine {}

  /** The cluster is to be shown. */
  record Status() implements ClientLine {}

  /** What can be typed is to be shown. */
  record Help() implements ClientLine {}

  /** The end. */
  record Quit() implements ClientLine {}

  /** An empty line. */
  record Nothing() implements ClientLine {}

  /** Neither a message nor a command, and why. */
  record Wrong(String why) implements ClientLine {}

  /**
   * Understands a line. Everything is a message, but what is a command word for word; what follows
   * {@code w=} and a blank is a message whatever it says.
   */
  static ClientLine parse(String line) {
    if (line.isBlank()) {
      return new Nothing();
    }
    if (line.startsWith("w=")) {
      return message(line);
    }
    Matcher list = Forms.LIST.matcher(line);
    if (list.matches()) {
      String place = list.group("place");
      return new Messages(place == null ? list.group("node") : place);
    }
    return switch (line.strip()) {
      case "status" -> new Status();
      case "help", "?" -> new Help();
      case "quit", "exit" -> new Quit();
      default -> new Message(null, line);
    };
  }

  private static ClientLine message(String line) {
    int blank = line.indexOf(' ');
    if (blank < 0) {
      return new Wrong(
          "there is no message behind '%s'; '%s ' with a blank appends the empty one"
              .formatted(line, line));
    }
    String text = line.substring(blank + 1);
    String w = line.substring(2, blank).toLowerCase(Locale.ROOT);
    if (w.isEmpty()) {
      return new Message(null, text);
    }
    if (w.equals("majority") || w.equals("all")) {
      return new Message(w, text);
    }
    if (!Forms.NUMBER.matcher(w).matches()) {
      return new Wrong(
          "w is '%s'; it must be a number, majority or all. 'w= %s' sends the line as it is"
              .formatted(w, line));
    }
    // any number of digits: below 1 is 1, and no cluster has as many copies as the greatest
    boolean negative = w.startsWith("-");
    String digits = w.replaceFirst("^[-+]?0*", "");
    if (negative || digits.isEmpty()) {
      return new Message("1", text);
    }
    boolean above = digits.length() > 4 || Integer.parseInt(digits) > MOST_COPIES;
    return new Message(above ? "all" : digits, text);
  }

  /** The forms of a line; an interface has no private constants. */
  final class Forms {
    private static final Pattern NUMBER = Pattern.compile("[-+]?\\d+");
    private static final Pattern LIST =
        Pattern.compile(
            "list(?:\\s*(?:sub|secondary)?\\s*(?<place>[1-9]\\d{0,3})|\\s+(?<node>\\S+))?\\s*");

    private Forms() {}
  }
}
