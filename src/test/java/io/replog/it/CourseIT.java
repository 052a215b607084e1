package io.replog.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every line of the blocks marked {@code sh course} in {@code docs/course.md} is run, on other
 * ports. A line that ends in an ampersand is a process that stays; any other ends with exit code 0
 * and prints what stands behind {@code # shows}.
 */
class CourseIT {
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```sh course\n(.*?)\n```$");
  private static final Pattern SHOWS = Pattern.compile("^(.*?)\\s+# shows (.*)$");
  private static final Pattern PORT =
      Pattern.compile("(?<=[:=]|--port |echo-server |localhost )([578]00\\d)\\b");
  private static final Duration TO_START = Duration.ofMinutes(2);
  private static final int NODES = 3;

  private final List<Process> staying = new ArrayList<>();

  @TempDir private Path directory;

  private static List<String> blocks() throws IOException {
    List<String> blocks =
        BLOCK
            .matcher(Files.readString(Path.of("docs/course.md"), UTF_8))
            .results()
            .map((MatchResult block) -> block.group(1))
            .toList();
    assertThat(blocks).hasSize(5);
    return blocks;
  }

  @AfterEach
  void endAll() throws InterruptedException {
    for (Process process : staying) {
      process.destroy();
    }
    for (Process process : staying) {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
  }

  @Test
  void declaredSecondariesOnThePortsFrom5000() throws Exception {
    run(blocks().get(0), "5000");
  }

  @Test
  void registeringSecondariesOnThePortsFrom8000() throws Exception {
    run(blocks().get(1), "8000");
  }

  @Test
  void theWholeClusterByOneCommand() throws Exception {
    run(blocks().get(2), "8000");
  }

  @Test
  void theEchoPair() throws Exception {
    run(blocks().get(3), "");
  }

  @Test
  void theDemonstrationAndTheLessons() throws Exception {
    run(blocks().get(4), "");
  }

  /**
   * @param master the port of its master, empty where there is none
   */
  private void run(String block, String master) throws Exception {
    Map<String, Integer> ports = ports(block);
    boolean ready = master.isEmpty();
    for (String line : block.lines().toList()) {
      if (line.endsWith("&")) {
        stay(here(line.substring(0, line.length() - 1).strip(), ports));
        continue;
      }
      MatchResult told = SHOWS.matcher(line).results().findFirst().orElseThrow();
      if (!ready) {
        awaitWhole(new NodeApi(TestNode.url(ports.get(master))));
        ready = true;
      }
      shows(here(told.group(1), ports), told.group(2));
    }
  }

  private static Map<String, Integer> ports(String block) {
    Set<String> written = new LinkedHashSet<>();
    PORT.matcher(block).results().forEach(port -> written.add(port.group(1)));
    int first = Ports.free(NODES);
    Map<String, Integer> ports = new LinkedHashMap<>();
    written.forEach(port -> ports.put(port, first + (port.charAt(3) - '0') % NODES));
    return ports;
  }

  private static String here(String line, Map<String, Integer> ports) {
    String program = String.join(" ", ReplogProcess.command(ReplogProcess.SMALL, List.of())) + " ";
    return PORT.matcher(line)
        .replaceAll(port -> "" + ports.get(port.group(1)))
        .replace("localhost", "127.0.0.1")
        .replace("./replog ", program);
  }

  private ProcessBuilder shell(String line) {
    return ReplogProcess.builder(List.of("bash", "-euc", line), Map.of())
        .directory(directory.toFile())
        .redirectErrorStream(true);
  }

  /** Settings before the command are the environment of what takes the shell's place. */
  private void stay(String line) throws IOException {
    String process = line.replaceFirst("^((?:\\w+=\\S* )*)", "$1exec ");
    Path output = Files.createTempFile(directory, "stays-", ".out");
    staying.add(shell(process).redirectOutput(output.toFile()).start());
  }

  private static void awaitWhole(NodeApi master) {
    Wait.until(
        "the master has three copies",
        TO_START,
        () ->
            master.clusterOrNone().stream()
                .filter(cluster -> cluster.text("mode").equals("READ_WRITE"))
                .anyMatch(
                    cluster ->
                        cluster.list("nodes").stream()
                                .filter(node -> Boolean.TRUE.equals(node.truth("voting")))
                                .count()
                            == NODES - 1));
  }

  /** Again, where the process that it talks to does not listen yet. */
  private void shows(String line, String expected) throws Exception {
    long until = System.nanoTime() + TO_START.toNanos();
    while (true) {
      Process process = shell(line).start();
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      int code = process.waitFor();
      if (code == 0 || System.nanoTime() > until || !output.contains("refused")) {
        assertThat(code).as("%s%n%s", line, output).isZero();
        assertThat(output).as(line).contains(expected);
        return;
      }
      Thread.sleep(200);
    }
  }
}
