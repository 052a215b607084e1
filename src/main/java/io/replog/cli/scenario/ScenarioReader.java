package io.replog.cli.scenario;

import io.replog.client.Append;
import java.io.StringReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;

/**
 * Reads a script. Strict: a member that is not known, a value of another form, a node that the
 * cluster does not have or an answer that nobody waits for is refused with its line and what is
 * allowed, before anything is played.
 */
public final class ScenarioReader {
  private static final List<String> ACTIONS =
      List.of(
          "say",
          "start",
          "stop",
          "kill",
          "pause",
          "resume",
          "delay",
          "errors",
          "drop",
          "diskFull",
          "partition",
          "heal",
          "wait",
          "append",
          "waits",
          "answered",
          "read",
          "status",
          "equal",
          "logged",
          "write",
          "written");
  private static final int MAX_MASTERS = 5;
  private static final int MAX_SECONDARIES = 9;
  private static final int MOST_STEPS = 1000;
  private static final int LARGEST = 1 << 20;

  private final String source;
  private final double pace;
  private final Set<String> pending = new HashSet<>();
  private final Set<String> writers = new HashSet<>();
  private Scenario.Cluster cluster = new Scenario.Cluster(1, List.of(), List.of());

  private ScenarioReader(String source, double pace) {
    this.source = source;
    this.pace = pace;
  }

  /**
   * Reads the text of a script.
   *
   * @param source what it is called in complaints
   * @param pace by which its delays, its waits and the least times that it expects are multiplied;
   *     the longest times are left as they are
   */
  public static Scenario read(String source, String text, double pace) throws BadScriptException {
    return new ScenarioReader(source, pace).read(text);
  }

  private Scenario read(String text) throws BadScriptException {
    StrictMap script = new StrictMap(source, "the script", parsed(text));
    String title = script.needed("title");
    String about = Objects.requireNonNullElse(script.text("about"), "");
    StrictMap needed = script.map("cluster");
    if (needed != null) {
      cluster = cluster(needed);
    } else {
      cluster = new Scenario.Cluster(1, List.of(Duration.ZERO, Duration.ZERO), List.of());
    }
    List<StrictMap> written = script.maps("steps", "a step");
    script.done();
    if (written.isEmpty() || written.size() > MOST_STEPS) {
      throw script.wrong("'steps' must have 1 to " + MOST_STEPS + " steps");
    }
    List<Step> steps = new ArrayList<>();
    for (StrictMap one : written) {
      steps.add(step(one));
    }
    return new Scenario(source, title.strip(), about.strip(), cluster, List.copyOf(steps));
  }

  private Node parsed(String text) throws BadScriptException {
    LoaderOptions limits = new LoaderOptions();
    limits.setCodePointLimit(LARGEST);
    limits.setMaxAliasesForCollections(0);
    Node root;
    try {
      root = new Yaml(limits).compose(new StringReader(text));
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
      throw new BadScriptException(source, line, "this is no YAML: " + e.getProblem());
    } catch (YAMLException e) {
      throw new BadScriptException(source, 1, "this is no YAML: " + e.getMessage());
    }
    if (root == null) {
      throw new BadScriptException(source, 1, "the script is empty");
    }
    return root;
  }

  private Scenario.Cluster cluster(StrictMap map) throws BadScriptException {
    Long masters = map.number("masters", 1, MAX_MASTERS);
    Long secondaries = map.number("secondaries", 1, MAX_SECONDARIES);
    List<Duration> delays = Objects.requireNonNullElse(map.lengths("delays"), List.of());
    List<String> down = Objects.requireNonNullElse(map.texts("down"), List.of());
    map.done();
    int count = secondaries == null ? Math.max(2, delays.size()) : secondaries.intValue();
    if (delays.size() > count) {
      throw map.wrong("'delays' has more items than there are secondaries (" + count + ")");
    }
    List<Duration> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(i < delays.size() ? paced(delays.get(i)) : Duration.ZERO);
    }
    Scenario.Cluster read =
        new Scenario.Cluster(
            masters == null ? 1 : masters.intValue(), List.copyOf(all), List.copyOf(down));
    for (String node : down) {
      if (!read.nodes().contains(node)) {
        throw map.wrong(
            "'down' names '" + node + "'; there are " + String.join(", ", read.nodes()));
      }
    }
    if (down.contains("master-0")) {
      throw map.wrong("'down' names master-0, which begins the log");
    }
    return read;
  }

  private Duration paced(Duration length) {
    return Duration.ofMillis(Math.round(length.toMillis() * pace));
  }

  private Step step(StrictMap map) throws BadScriptException {
    List<String> actions = map.names().stream().filter(ACTIONS::contains).toList();
    if (actions.size() != 1) {
      throw map.wrong(
          (actions.isEmpty()
                  ? "a step with "
                      + String.join(", ", map.names())
                      + " says nothing that can be done"
                  : "a step does one thing, not " + String.join(" and ", actions))
              + "; allowed are "
              + String.join(", ", ACTIONS));
    }
    Step step = step(map, actions.getFirst());
    map.done();
    return step;
  }

  private Step step(StrictMap map, String action) throws BadScriptException {
    int line = map.line();
    return switch (action) {
      case "say" ->
          new Step.Say(
              line,
              map.needed("say").strip(),
              Objects.requireNonNullElse(map.text("text"), "").strip());
      case "start" -> new Step.OnProcess(line, Step.Act.START, nodes(map, action));
      case "stop" -> new Step.OnProcess(line, Step.Act.STOP, nodes(map, action));
      case "kill" -> new Step.OnProcess(line, Step.Act.KILL, nodes(map, action));
      case "pause" -> new Step.OnProcess(line, Step.Act.PAUSE, nodes(map, action));
      case "resume" -> new Step.OnProcess(line, Step.Act.RESUME, nodes(map, action));
      case "delay" ->
          new Step.Break(
              line,
              new Step.Delay(paced(needed(map, "length", map.length("length")))),
              nodes(map, action));
      case "errors" -> new Step.Break(line, errors(map), nodes(map, action));
      case "drop" ->
          new Step.Break(
              line, new Step.Drop(needed(map, "share", map.share("share"))), nodes(map, action));
      case "diskFull" -> new Step.Break(line, new Step.DiskFull(), nodes(map, action));
      case "partition" ->
          new Step.Break(
              line,
              new Step.Partition(map.has("from") ? nodes(map, "from") : List.of()),
              nodes(map, action));
      case "heal" -> new Step.Heal(line, all(map, action) ? List.of() : nodes(map, action));
      case "wait" -> new Step.Wait(line, paced(needed(map, "wait", map.length("wait"))));
      case "append" -> append(map);
      case "waits" -> new Step.Waits(line, known(map, action, pending), so(map));
      case "answered" -> answered(map);
      case "read" -> read(map);
      case "status" -> status(map);
      case "equal" -> {
        if (!all(map, action)) {
          throw map.wrong("'equal' must be all");
        }
        yield new Step.Equal(line, within(map), so(map));
      }
      case "logged" ->
          new Step.Logged(line, node(map, action), map.needed("text"), within(map), so(map));
      case "write" -> write(map);
      case "written" -> written(map);
      default -> throw new IllegalStateException(action);
    };
  }

  private static <T> T needed(StrictMap map, String name, @Nullable T value)
      throws BadScriptException {
    if (value == null) {
      throw map.wrong("this step needs '" + name + "'");
    }
    return value;
  }

  private static Step.Errors errors(StrictMap map) throws BadScriptException {
    Double share = map.share("share");
    String phase = map.word("phase", List.of("before", "after"));
    return new Step.Errors(share == null ? 1 : share, "after".equals(phase));
  }

  private static boolean all(StrictMap map, String action) throws BadScriptException {
    List<String> texts = Objects.requireNonNullElse(map.texts(action), List.of());
    return texts.equals(List.of("all"));
  }

  private static Duration within(StrictMap map) throws BadScriptException {
    return Objects.requireNonNullElse(map.length("within"), Patience.TO_HAPPEN);
  }

  private static @Nullable String so(StrictMap map) throws BadScriptException {
    String so = map.text("so");
    return so == null ? null : so.strip();
  }

  private String node(StrictMap map, String name) throws BadScriptException {
    String node = map.needed(name);
    check(map, node);
    return node;
  }

  private List<String> nodes(StrictMap map, String name) throws BadScriptException {
    List<String> nodes = Objects.requireNonNullElse(map.texts(name), List.of());
    if (nodes.isEmpty()) {
      throw map.wrong("'" + name + "' must name a node");
    }
    for (String node : nodes) {
      check(map, node);
    }
    return nodes;
  }

  private void check(StrictMap map, String node) throws BadScriptException {
    Set<String> allowed = new TreeSet<>(cluster.nodes());
    allowed.add("master");
    for (int i = 1; i <= cluster.delays().size(); i++) {
      allowed.add("sub" + i);
    }
    if (!allowed.contains(node)) {
      throw map.wrong("there is no node '" + node + "'; allowed are " + String.join(", ", allowed));
    }
  }

  private static String known(StrictMap map, String action, Set<String> names)
      throws BadScriptException {
    String name = map.needed(action);
    if (!names.contains(name)) {
      throw map.wrong(
          "'%s' names '%s'; before it there are %s"
              .formatted(
                  action,
                  name,
                  names.isEmpty() ? "none" : String.join(", ", new TreeSet<>(names))));
    }
    return name;
  }

  private Step append(StrictMap map) throws BadScriptException {
    List<String> messages = Objects.requireNonNullElse(map.texts("append"), List.of());
    if (messages.isEmpty()) {
      throw map.wrong("'append' must have a message");
    }
    Append append =
        new Append(messages, concern(map), map.truth("j"), map.length("timeout"), map.text("key"));
    String to = map.has("to") ? node(map, "to") : "master";
    String as = map.text("as");
    StrictMap expect = map.map("expect");
    if (as != null) {
      if (expect != null) {
        throw map.wrong("what is expected of '" + as + "' stands in its step 'answered'");
      }
      if (!pending.add(as)) {
        throw map.wrong("'as: " + as + "' is there already");
      }
    }
    return new Step.Post(
        map.line(),
        append,
        to,
        as,
        expect == null ? Expected.TO_BE_MET : expected(expect),
        so(map));
  }

  private static @Nullable String concern(StrictMap map) throws BadScriptException {
    String w = map.text("w");
    if (w != null && !w.matches("majority|all|[1-9]\\d{0,2}|1000")) {
      throw map.wrong("'w' is '" + w + "'; it must be a number from 1 to 1000, majority or all");
    }
    return w;
  }

  private Step answered(StrictMap map) throws BadScriptException {
    String name = known(map, "answered", pending);
    StrictMap expect = map.map("expect");
    pending.remove(name);
    return new Step.Answered(
        map.line(), name, expect == null ? Expected.TO_BE_MET : expected(expect), so(map));
  }

  private Expected expected(StrictMap map) throws BadScriptException {
    List<Integer> statuses = new ArrayList<>();
    for (String status : Objects.requireNonNullElse(map.texts("status"), List.of("201"))) {
      if (!status.matches("none|[2-5]\\d\\d")) {
        throw map.wrong("'status' has '" + status + "'; it must be HTTP statuses or none");
      }
      statuses.add(status.equals("none") ? Outcome.NONE : Integer.parseInt(status));
    }
    Duration atLeast = map.length("atLeast");
    Expected expected =
        new Expected(
            List.copyOf(statuses),
            map.text("problem"),
            map.number("sequence", 1, Long.MAX_VALUE),
            map.truth("replayed"),
            map.number("copies", 0, MAX_SECONDARIES + 1),
            map.has("on") ? nodes(map, "on") : List.of(),
            atLeast == null ? null : paced(atLeast),
            Objects.requireNonNullElse(map.length("within"), Patience.ANSWER));
    map.done();
    return expected;
  }

  private Step read(StrictMap map) throws BadScriptException {
    StrictMap expect = map.map("expect");
    Step.Listed listed = null;
    if (expect != null) {
      listed =
          new Step.Listed(
              expect.texts("messages"),
              expect.texts("beginningOf"),
              Objects.requireNonNullElse(expect.texts("contains"), List.of()),
              Objects.requireNonNullElse(expect.texts("without"), List.of()),
              within(expect));
      expect.done();
    }
    return new Step.Lists(
        map.line(),
        nodes(map, "read"),
        map.word("concern", List.of("local", "majority", "linearizable")),
        listed,
        so(map));
  }

  private Step status(StrictMap map) throws BadScriptException {
    StrictMap expect = map.map("expect");
    if (expect == null) {
      throw map.wrong("this step needs 'expect'");
    }
    Map<String, String> facts = new LinkedHashMap<>();
    for (String name : StatusFact.words()) {
      String value = expect.text(name);
      if (value != null) {
        facts.put(name, value);
      }
    }
    Duration within = within(expect);
    expect.done();
    if (facts.isEmpty()) {
      throw expect.wrong("'expect' must have one of " + String.join(", ", StatusFact.words()));
    }
    return new Step.Status(map.line(), node(map, "status"), Map.copyOf(facts), within, so(map));
  }

  private Step write(StrictMap map) throws BadScriptException {
    String name = map.needed("write");
    if (!writers.add(name)) {
      throw map.wrong("'write: " + name + "' is there already");
    }
    return new Step.Write(
        map.line(),
        name,
        Objects.requireNonNullElse(concern(map), "majority"),
        Objects.requireNonNullElse(map.length("every"), Duration.ofMillis(50)));
  }

  private Step written(StrictMap map) throws BadScriptException {
    String name = known(map, "written", writers);
    Long count = map.number("count", 1, 1_000_000);
    return new Step.Written(
        map.line(), name, count == null ? 1 : count, map.length("silence"), within(map), so(map));
  }
}
