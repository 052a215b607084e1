package io.replog.cli.scenario;

import static java.util.stream.Collectors.joining;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A mapping of a script, read member by member. What nobody asked for is refused by name at the
 * end, and every complaint has its line.
 */
final class StrictMap {
  private static final Pattern LENGTH = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,3})?) ?(ms|s|m)");
  private static final int MOST_ITEMS = 1000;

  private final String source;
  private final String what;
  private final int line;
  private final Map<String, Node> members = new LinkedHashMap<>();
  private final Set<String> asked = new LinkedHashSet<>();

  StrictMap(String source, String what, Node node) throws BadScriptException {
    this.source = source;
    this.what = what;
    this.line = line(node);
    if (!(node instanceof MappingNode mapping)) {
      throw wrong(node, what + " must have members, such as 'name: value'");
    }
    for (NodeTuple tuple : mapping.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        throw wrong(tuple.getKeyNode(), "the name of a member must be a word");
      }
      if (members.putIfAbsent(key.getValue(), tuple.getValueNode()) != null) {
        throw wrong(key, "'" + key.getValue() + "' is there twice");
      }
    }
  }

  static int line(Node node) {
    return node.getStartMark().getLine() + 1;
  }

  int line() {
    return line;
  }

  Set<String> names() {
    return members.keySet();
  }

  BadScriptException wrong(String why) {
    return new BadScriptException(source, line, why);
  }

  private BadScriptException wrong(Node node, String why) {
    return new BadScriptException(source, line(node), why);
  }

  /** Null if it is not there. */
  private @Nullable Node node(String name) {
    asked.add(name);
    return members.get(name);
  }

  /** Whether it is there; it may be. */
  boolean has(String name) {
    return node(name) != null;
  }

  @Nullable StrictMap map(String name) throws BadScriptException {
    Node node = node(name);
    return node == null ? null : new StrictMap(source, "'" + name + "'", node);
  }

  @Nullable String text(String name) throws BadScriptException {
    Node node = node(name);
    return node == null ? null : scalar(name, node);
  }

  /** Text that has to be there. */
  String needed(String name) throws BadScriptException {
    String text = text(name);
    if (text == null) {
      throw wrong(what + " needs '" + name + "'");
    }
    return text;
  }

  private String scalar(String name, Node node) throws BadScriptException {
    if (node instanceof ScalarNode scalar) {
      return scalar.getValue();
    }
    throw wrong(node, "'" + name + "' must be one value");
  }

  /** One of these words. */
  @Nullable String word(String name, List<String> allowed) throws BadScriptException {
    return value(
        name,
        text -> allowed.contains(text) ? Optional.of(text) : Optional.empty(),
        "one of " + String.join(", ", allowed));
  }

  @Nullable Long number(String name, long least, long most) throws BadScriptException {
    return value(
        name,
        text ->
            Optional.of(text)
                .filter(digits -> digits.matches("\\d{1,15}"))
                .map(Long::valueOf)
                .filter(number -> number >= least && number <= most),
        "a whole number from " + least + " to " + most);
  }

  @Nullable Double share(String name) throws BadScriptException {
    return value(
        name,
        text ->
            Optional.of(text)
                .filter(digits -> digits.matches("0(\\.\\d{1,6})?|1(\\.0{1,6})?"))
                .map(Double::valueOf),
        "a share from 0 to 1");
  }

  @Nullable Boolean truth(String name) throws BadScriptException {
    return value(
        name,
        text ->
            switch (text) {
              case "true" -> Optional.of(true);
              case "false" -> Optional.of(false);
              default -> Optional.empty();
            },
        "true or false");
  }

  @Nullable Duration length(String name) throws BadScriptException {
    return value(name, StrictMap::asLength, "a length of time such as 500ms, 2s or 1.5s");
  }

  private static Optional<Duration> asLength(String text) {
    Matcher matcher = LENGTH.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    double unit =
        switch (matcher.group(2)) {
          case "ms" -> 1;
          case "s" -> 1000;
          default -> 60_000;
        };
    return Optional.of(Duration.ofMillis(Math.round(Double.parseDouble(matcher.group(1)) * unit)));
  }

  private <T> @Nullable T value(String name, Function<String, Optional<T>> form, String allowed)
      throws BadScriptException {
    Node node = node(name);
    if (node == null) {
      return null;
    }
    String text = scalar(name, node);
    Optional<T> value = form.apply(text);
    if (value.isEmpty()) {
      throw wrong(node, "'%s' is '%s'; it must be %s".formatted(name, text, allowed));
    }
    return value.get();
  }

  /** A list of texts, or one alone; null if it is not there. */
  @Nullable List<String> texts(String name) throws BadScriptException {
    Node node = node(name);
    if (node == null) {
      return null;
    }
    List<String> texts = new ArrayList<>();
    for (Node item : items(node)) {
      texts.add(scalar(name, item));
    }
    return List.copyOf(texts);
  }

  /** The mappings of a list that has to be there. */
  List<StrictMap> maps(String name, String each) throws BadScriptException {
    Node node = node(name);
    if (!(node instanceof SequenceNode)) {
      throw node == null
          ? wrong(what + " needs '" + name + "'")
          : wrong(node, "'" + name + "' must be a list");
    }
    List<StrictMap> maps = new ArrayList<>();
    for (Node item : items(node)) {
      maps.add(new StrictMap(source, each, item));
    }
    return maps;
  }

  /** A list of lengths of time; null if it is not there. */
  @Nullable List<Duration> lengths(String name) throws BadScriptException {
    List<String> texts = texts(name);
    if (texts == null) {
      return null;
    }
    List<Duration> lengths = new ArrayList<>();
    for (String text : texts) {
      Optional<Duration> length = text.equals("0") ? Optional.of(Duration.ZERO) : asLength(text);
      if (length.isEmpty()) {
        throw wrong(
            "'%s' has '%s'; it must have lengths of time such as 0, 500ms or 2s"
                .formatted(name, text));
      }
      lengths.add(length.get());
    }
    return List.copyOf(lengths);
  }

  private List<Node> items(Node node) throws BadScriptException {
    List<Node> items = node instanceof SequenceNode list ? list.getValue() : List.of(node);
    if (items.size() > MOST_ITEMS) {
      throw wrong(node, "a list has at most " + MOST_ITEMS + " items");
    }
    return items;
  }

  /** Refuses the members that nobody asked for. */
  void done() throws BadScriptException {
    for (Map.Entry<String, Node> member : members.entrySet()) {
      if (!asked.contains(member.getKey())) {
        throw wrong(
            member.getValue(),
            "%s has no '%s'; allowed are %s"
                .formatted(what, member.getKey(), asked.stream().sorted().collect(joining(", "))));
      }
    }
  }
}
