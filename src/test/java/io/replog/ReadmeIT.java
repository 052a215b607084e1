package io.replog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the README's transcript, and what is marked in other pages: starts the cluster as it says,
 * on other ports, and then every command of a block marked {@code sh checked} in order. What
 * matters of the output (statuses, sequences, messages, roles; not times) is what the block after
 * it shows.
 */
class ReadmeIT {
  private static final Pattern STEP =
      Pattern.compile("(?ms)^```sh checked\n(.*?)\n```\n```\\w*\n(.*?)\n```$");
  private static final Pattern FACT =
      Pattern.compile(
          "(?m)HTTP/1\\.1 \\d+|\"(?:sequence|w|j|satisfied)\":[^,}]+|\"messages\":\\[[^\\]]*\\]"
              + "|^(?:master|secondary)-\\d +(?:[A-Z]+ +[A-Z]+|yes|no)|\\(epoch \\d+\\)"
              + "|All nodes are equal|^[a-z]+-?[a-z]+ {2,}[A-Z].*");
  private static final List<String> PAGES = List.of("docs/commands.md", "docs/scenarios.md");
  private static final int README_PORT = 8080;
  private static final int NODES = 3;
  private static final long START_SECONDS = 180;

  @Test
  void theTranscriptHappensAsPrinted(@TempDir Path directory)
      throws IOException, InterruptedException {
    String readme = Files.readString(Path.of("README.md"), UTF_8);
    assertThat(readme).contains("$ ./replog cluster --delays 0,2000");
    List<MatchResult> steps = STEP.matcher(readme).results().toList();
    assertThat(steps).hasSizeGreaterThanOrEqualTo(5);
    List<MatchResult> further = new ArrayList<>();
    for (String page : PAGES) {
      List<MatchResult> its =
          STEP.matcher(Files.readString(Path.of(page), UTF_8)).results().toList();
      assertThat(its).as(page).isNotEmpty();
      further.addAll(its);
    }
    int port = freePorts();
    Path output = directory.resolve("cluster.out");
    Process cluster =
        new ProcessBuilder(
                Stream.concat(
                        program().stream(),
                        Stream.of("cluster", "--delays", "0,2000", "--port", "" + port))
                    .toList())
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      awaitReady(cluster, output);
      for (MatchResult step : Stream.of(steps, further).flatMap(List::stream).toList()) {
        List<String> happened = facts(run(step.group(1), port));
        assertThat(happened).as(step.group(1)).isNotEmpty();
        assertThat(documented(step.group(2))).as(step.group(1)).contains(happened);
      }
    } finally {
      cluster.destroy();
      if (!cluster.waitFor(60, TimeUnit.SECONDS)) {
        cluster.destroyForcibly();
      }
    }
    assertThat(Files.readString(output, UTF_8)).contains("All nodes have stopped.");
  }

  private static void awaitReady(Process cluster, Path output)
      throws IOException, InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!Files.readString(output, UTF_8).contains("The cluster is ready.")) {
      assertThat(cluster.isAlive() && System.nanoTime() < until)
          .as("the cluster starts: %s", Files.readString(output, UTF_8))
          .isTrue();
      Thread.sleep(200);
    }
  }

  private static String run(String command, int port) throws IOException, InterruptedException {
    String here = command.replace("./replog", String.join(" ", program()));
    for (int i = 0; i < NODES; i++) {
      here = here.replace("localhost:" + (README_PORT + i), "127.0.0.1:" + (port + i));
    }
    ProcessBuilder shell = new ProcessBuilder("bash", "-euc", here).redirectErrorStream(true);
    shell.environment().putAll(Map.of("REPLOG_URL", "http://127.0.0.1:" + port));
    Process process = shell.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as("%s%n%s", here, output).isZero();
    return output;
  }

  /** The whole block, and each of its lines: a command may be shown at several moments. */
  private static List<List<String>> documented(String block) {
    return Stream.concat(Stream.of(block), block.lines()).map(ReadmeIT::facts).toList();
  }

  private static List<String> facts(String text) {
    return FACT.matcher(text).results().map(fact -> fact.group().replaceAll(" +", " ")).toList();
  }

  private static List<String> program() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-jar",
        System.getProperty("replog.jar", ""));
  }

  /** The first of as many free ports in a row as there are nodes. */
  private static int freePorts() {
    while (true) {
      int first = ThreadLocalRandom.current().nextInt(20_000, 30_000);
      if (Stream.iterate(first, p -> p + 1).limit(NODES).allMatch(ReadmeIT::isFree)) {
        return first;
      }
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket probe = new ServerSocket(port)) {
      return probe.isBound();
    } catch (IOException taken) {
      return false;
    }
  }
}
