package io.replog.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.IStyle;
import picocli.CommandLine.Help.Ansi.Style;

/**
 * Rows in columns as wide as their longest cell; words that say how something is are coloured on a
 * terminal.
 */
final class Table {
  private static final Map<String, IStyle> COLOURS =
      Map.of(
          "HEALTHY", Style.fg_green,
          "READ_WRITE", Style.fg_green,
          "yes", Style.fg_green,
          "SUSPECTED", Style.fg_yellow,
          "READ_ONLY", Style.fg_yellow,
          "no answer", Style.fg_yellow,
          "UNHEALTHY", Style.fg_red,
          "DIVERGED", Style.fg_red,
          "no", Style.fg_red);
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();
  private final List<Boolean> right;

  /** Headings; one that ends in {@code >} has its column's cells at the right. */
  Table(String... headings) {
    right = List.of(headings).stream().map(heading -> heading.endsWith(">")).toList();
    rows.add(List.of(headings).stream().map(heading -> heading.replace(">", "")).toList());
  }

  void row(Object... cells) {
    List<String> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(cell.toString());
    }
    rows.add(row);
  }

  void print(PrintWriter out) {
    int[] widths = new int[right.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        String cell = row.get(i);
        String padding = " ".repeat(widths[i] - cell.length());
        boolean last = i == row.size() - 1;
        line.append(right.get(i) ? padding : "");
        line.append(coloured(cell));
        line.append(right.get(i) || last ? "" : padding).append(last ? "" : GAP);
      }
      out.println(line.toString().stripTrailing());
    }
  }

  /** The word in the colour it has, if this is a terminal. */
  static String coloured(String cell) {
    IStyle style = COLOURS.get(cell);
    return style == null || !Ansi.AUTO.enabled() ? cell : style.on() + cell + style.off();
  }
}
