package io.replog.cli.scenario;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Style;

/**
 * Tells a play as it goes, each sentence with the time since its beginning, in 80 columns; keeps
 * the evidence.
 */
public final class Teller {
  private static final int WIDTH = 80;
  private static final String MARGIN = " ".repeat(11);

  private final @Nullable PrintWriter out;
  private final Runnable beforeHeadline;
  private final long began = System.nanoTime();
  private final List<Evidence> evidence = new ArrayList<>();

  /**
   * @param out null to keep the evidence and tell nothing
   * @param beforeHeadline is run before each headline
   */
  public Teller(@Nullable PrintWriter out, Runnable beforeHeadline) {
    this.out = out;
    this.beforeHeadline = beforeHeadline;
  }

  List<Evidence> evidence() {
    return List.copyOf(evidence);
  }

  long elapsedMs() {
    return (System.nanoTime() - began) / 1_000_000;
  }

  void headline(String headline, String text) {
    beforeHeadline.run();
    print("");
    wrapped(headline, WIDTH).forEach(line -> print(coloured(line, Style.bold)));
    paragraphs(text);
  }

  /** Text of its own; an empty line ends a paragraph. */
  void paragraphs(String text) {
    boolean first = true;
    for (String paragraph : text.split("\n\n", -1)) {
      if (!first) {
        print("");
      }
      first = false;
      wrapped(paragraph.strip().replaceAll("\\s+", " "), WIDTH).forEach(this::print);
    }
  }

  /** A sentence with its time. */
  void say(String text) {
    say("", null, text);
  }

  private void say(String mark, @Nullable Style style, String text) {
    List<String> lines = wrapped(mark + text, WIDTH - MARGIN.length());
    String first = lines.isEmpty() ? "" : lines.getFirst();
    if (style != null) {
      first = coloured(mark, style) + first.substring(Math.min(mark.length(), first.length()));
    }
    print(String.format(Locale.ROOT, "%7.3f s  %s", elapsedMs() / 1e3, first));
    lines.stream().skip(1).forEach(line -> print(MARGIN + " ".repeat(mark.length()) + line));
  }

  /** A step that was done; nothing was expected of it. */
  void done(Step step, String what, long beganMs) {
    say(what);
    add(step, what, false, true, null, what, beganMs);
  }

  /** A step that held, and what that means. */
  void held(int line, String what, String expected, String seen, @Nullable String so, long began) {
    say("ok  ", Style.fg_green, seen);
    if (so != null) {
      wrapped(so, WIDTH - MARGIN.length() - 4).forEach(text -> print(MARGIN + "    " + text));
    }
    evidence.add(
        new Evidence(line, what, true, true, expected, seen, elapsedMs(), elapsedMs() - began));
  }

  void failed(int line, String what, NotHeldException why, long beganMs) {
    say("FAILED  ", Style.fg_red, "line " + line + ": expected " + why.expected());
    say("        ", null, "seen: " + why.seen());
    evidence.add(
        new Evidence(
            line,
            what,
            true,
            false,
            why.expected(),
            why.seen(),
            elapsedMs(),
            elapsedMs() - beganMs));
  }

  void verdict(Verdict verdict) {
    print("");
    print(
        verdict.held()
            ? coloured("VERDICT: PASSED", Style.fg_green)
                + "  Each of the "
                + verdict.count()
                + " steps held."
            : coloured("VERDICT: FAILED", Style.fg_red)
                + "  "
                + verdict.count()
                + " steps held, and then one did not.");
  }

  private void add(
      Step step,
      String what,
      boolean checked,
      boolean held,
      @Nullable String expected,
      String seen,
      long beganMs) {
    evidence.add(
        new Evidence(
            step.line(), what, checked, held, expected, seen, elapsedMs(), elapsedMs() - beganMs));
  }

  private void print(String line) {
    if (out != null) {
      out.println(line.stripTrailing());
      out.flush();
    }
  }

  /** Lines of at most that many characters, broken at blanks; a longer word is left whole. */
  static List<String> wrapped(String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      } else if (!line.isEmpty()) {
        line.append(' ');
      }
      line.append(word);
    }
    if (!line.isEmpty()) {
      lines.add(line.toString());
    }
    return lines;
  }

  static String seconds(Duration length) {
    return String.format(Locale.ROOT, "%.3f s", length.toNanos() / 1e9);
  }

  private static String coloured(String text, Style style) {
    return Ansi.AUTO.enabled() ? style.on() + text + style.off() : text;
  }
}
