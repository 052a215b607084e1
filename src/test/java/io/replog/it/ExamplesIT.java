package io.replog.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Every example of {@code docs/http.md} is run in the order of the page, on other ports, after the
 * three appends of the README. Status, headers and body must be what is printed, but for times,
 * hashes and ids. What stands behind {@code console} says what is done to the cluster before;
 * {@code elsewhere} is for another cluster, and is not run. Then the benchmark of {@code
 * docs/commands.md}.
 */
@Timeout(180)
class ExamplesIT {
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```console ?([a-z-]*)\n(.*?)\n```$");
  private static final Pattern BENCH =
      Pattern.compile("(?ms)^```console\n\\$ \\./replog (bench [^\n]*)\n(.*?)\n```$");
  private static final Pattern EVENTS = Pattern.compile("(?<=\"timeline\":\\[)[^\\]]*");
  private static final List<String> LEFT_OUT =
      List.of("date", "content-length", "transfer-encoding");
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int LATER_MS = 3000;
  private static final int TIMED_OUT = 28;

  @RegisterExtension final Processes processes = Processes.ofOneTest();

  /** The ports of the page, and what stands for them here. */
  private final Map<Integer, Integer> ports = new TreeMap<>();

  private TestCluster cluster;

  @Test
  void everyExampleHappensAsPrinted() throws Exception {
    start();
    List<MatchResult> blocks = BLOCK.matcher(page("http.md")).results().toList();
    assertThat(blocks).hasSizeGreaterThan(40);
    List<String> run = new ArrayList<>();
    for (MatchResult block : blocks) {
      if (prepare(block.group(1), block.group(2))) {
        examples(block.group(2)).forEach(example -> run.add(happens(example)));
        tidyUp(block.group(1));
      }
    }
    assertThat(run).hasSizeGreaterThan(40);
    benchmark();
  }

  private static String page(String name) throws IOException {
    return Files.readString(Path.of("docs", name), UTF_8);
  }

  private void start() {
    int hand = Ports.free();
    ReplogProcess process =
        processes.add(
            "hand",
            ReplogProcess.SMALL,
            List.of(
                "secondary",
                "--id",
                "hand",
                "--port",
                "" + hand,
                "--data",
                processes.newDirectory("hand").toString()),
            Map.of());
    process.start();
    cluster = TestCluster.with(processes).delaysMs(0, LATER_MS).faults().make().start();
    ports.put(8080, cluster.master().port());
    ports.put(8081, cluster.secondary(0).port());
    ports.put(8082, cluster.secondary(1).port());
    ports.put(8084, hand);
    cluster.api().append(Append.of("first").w(1)).expect(201);
    cluster.api().append(Append.of("second").w(3)).expect(201);
    cluster.api().append(Append.of("third").w(3)).expect(201);
  }

  /** Brings the cluster to where the page says that it is; false if that is another one. */
  private boolean prepare(String where, String commands) {
    switch (where) {
      case "elsewhere" -> {
        return false;
      }
      case "" -> {
        if (!commands.contains(" -d ")) {
          awaitLevel();
        }
      }
      case "full-disk" -> cluster.api().put("/faults", "{\"diskFull\":true}").expect(200);
      case "no-quorum" -> {
        cluster
            .api()
            .put("/faults", "{\"partitionedFrom\":[\"secondary-0\",\"secondary-1\"]}")
            .expect(200);
        Wait.until(
            "nobody answers the master",
            SOON,
            () -> cluster.api().cluster().number("quorum", "available") == 1);
      }
      case "killed" -> cluster.secondary(1).process().kill();
      default -> throw new AssertionError("what is " + where);
    }
    return true;
  }

  private void tidyUp(String where) {
    if (where.equals("full-disk") || where.equals("no-quorum")) {
      cluster.api().delete("/faults").expect(204);
      cluster.awaitWhole();
    } else if (where.equals("killed")) {
      cluster.secondary(1).start();
      cluster.awaitWhole();
    }
  }

  private void awaitLevel() {
    Wait.until(
        "all copies are level and committed",
        SOON,
        () -> {
          long last = cluster.api().lastSequence();
          return cluster.nodes().stream()
              .map(node -> node.api().ask("/messages?limit=1").expect(200).json())
              .allMatch(list -> list.number("last") == last && list.number("committed") == last);
        });
  }

  /** A command, and what it prints. */
  private record Example(String command, String output) {}

  private static List<Example> examples(String block) {
    return Arrays.stream(block.split("(?m)^\\$ "))
        .filter(part -> part.startsWith("curl "))
        .map(part -> part.split("\n", 2))
        .map(parts -> new Example(parts[0], parts.length == 1 ? "" : parts[1].strip()))
        .toList();
  }

  private String happens(Example example) {
    String output = curl(example.command()).strip();
    if (example.command().contains(" -i ")) {
      Head documented = Head.of(example.output());
      Head real = Head.of(output);
      assertThat(real.status()).as(example.command()).isEqualTo(documented.status());
      assertThat(real.headers()).as(example.command()).isEqualTo(documented.headers());
    }
    assertThat(comparable(body(example, output)))
        .as(example.command())
        .isEqualTo(comparable(body(example, example.output())));
    return example.command();
  }

  private static String body(Example example, String output) {
    int end = output.indexOf("\n\n");
    return example.command().contains(" -i ")
        ? (end < 0 ? "" : output.substring(end).strip())
        : output;
  }

  /** What a response begins with: its status, and its headers but for those that are left out. */
  private record Head(String status, Map<String, String> headers) {
    static Head of(String response) {
      List<String> lines = response.lines().takeWhile(line -> !line.isEmpty()).toList();
      return new Head(
          lines.getFirst().replaceAll("^(HTTP/1\\.1 \\d{3}).*", "$1"),
          lines.stream()
              .skip(1)
              .map(line -> line.split(": ", 2))
              .filter(header -> !LEFT_OUT.contains(header[0].toLowerCase(Locale.ROOT)))
              .collect(
                  Collectors.toMap(
                      header -> header[0].toLowerCase(Locale.ROOT),
                      header -> header[1].strip(),
                      (one, two) -> one + ", " + two,
                      TreeMap::new)));
    }
  }

  private String curl(String command) {
    String here = command.replaceFirst("^curl ", "curl -s ").replace("localhost:", "127.0.0.1:");
    for (Map.Entry<Integer, Integer> port : ports.entrySet()) {
      here = here.replace("127.0.0.1:" + port.getKey(), "127.0.0.1:" + port.getValue());
    }
    String output;
    try {
      Process process = new ProcessBuilder("bash", "-euc", here).redirectErrorStream(true).start();
      output = new String(process.getInputStream().readAllBytes(), UTF_8).replace("\r\n", "\n");
      assertThat(process.waitFor())
          .as("%s%n%s", here, output)
          .isIn(0, here.contains(" -m ") ? TIMED_OUT : 0);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    for (Map.Entry<Integer, Integer> port : ports.entrySet()) {
      output = output.replace("127.0.0.1:" + port.getValue(), "127.0.0.1:" + port.getKey());
    }
    return output;
  }

  /** A document is the same in whatever order its members are. */
  private static Object comparable(String body) {
    String masked = masked(body);
    return masked.startsWith("{") ? Json.parse(masked) : masked;
  }

  /** Without what differs from run to run. Events come in the order of their times. */
  private static String masked(String text) {
    String same =
        text.replaceAll(
                "\"(ms|at|timestamp|lastContactMs|activeTasks|version)\":[0-9.]+", "\"$1\":0")
            .replaceAll("\\b[0-9a-f]{64}\\b", "HASH")
            .replaceAll("\\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\b", "ID");
    return EVENTS
        .matcher(same)
        .replaceAll(
            events ->
                Arrays.stream(events.group().split("(?<=\\}),"))
                    .sorted()
                    .collect(Collectors.joining(",")));
  }

  private void benchmark() throws IOException {
    MatchResult bench = BENCH.matcher(page("commands.md")).results().findFirst().orElseThrow();
    List<String> command = List.of(bench.group(1).split(" "));
    Processes.Finished done =
        processes.run(
            Map.of("REPLOG_URL", cluster.master().url().toString()),
            "",
            command.toArray(String[]::new));
    assertThat(done.exitCode()).as("%s", done).isZero();
    assertThat(numbered(done.out())).isEqualTo(numbered(bench.group(2)));
  }

  private static String numbered(String text) {
    return text.strip().replaceAll("[0-9]+(\\.[0-9]+)?", "N").replaceAll(" +", " ");
  }
}
