package io.replog.chart;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/** The table of a chart's README, made of the {@code # --} comments of its values. */
final class ValuesTable {
  private static final String BEGIN = "<!-- made from values.yaml: begin -->\n";
  private static final String END = "<!-- end -->\n";
  private static final Pattern COMMENT = Pattern.compile(" *# -- (.*)");
  private static final Pattern KEY = Pattern.compile("( *)([A-Za-z]+):.*");

  private ValuesTable() {}

  /** The document with the table in its place. */
  static String into(String document, String values) {
    int begin = document.indexOf(BEGIN);
    int end = document.indexOf(END, begin);
    if (begin < 0 || end < 0) {
      throw new AssertionError("no place for the table: " + BEGIN + END);
    }
    return document.substring(0, begin + BEGIN.length()) + table(values) + document.substring(end);
  }

  private static String table(String values) {
    Map<String, Object> defaults = new Yaml().load(values);
    return "| value | default | what for |\n| --- | --- | --- |\n"
        + rows(values, new Manifest(defaults)).stream().collect(Collectors.joining());
  }

  /** One for each key under a comment. What is deeper than such a key belongs to its default. */
  private static List<String> rows(String values, Manifest defaults) {
    List<String> rows = new ArrayList<>();
    Deque<String> path = new ArrayDeque<>();
    String comment = null;
    for (String line : values.lines().toList()) {
      Matcher commented = COMMENT.matcher(line);
      Matcher key = KEY.matcher(line);
      if (commented.matches()) {
        comment = commented.group(1);
      } else if (key.matches()) {
        int depth = key.group(1).length() / 2;
        while (path.size() > depth) {
          path.removeLast();
        }
        path.addLast(key.group(2));
        if (comment != null) {
          String name = String.join(".", path);
          rows.add("| `%s` | `%s` | %s |\n".formatted(name, shown(defaults.at(name)), comment));
        }
        comment = null;
      }
    }
    return rows;
  }

  /** As it may be typed into a values file, on one line. */
  private static String shown(@Nullable Object value) {
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.FLOW);
    options.setWidth(Integer.MAX_VALUE);
    String text = new Yaml(options).dump(value).strip();
    return text.isEmpty() || text.equals("''") ? "\"\"" : text;
  }
}
