package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The demonstration plays the acceptance scenario, says so, and leaves nothing behind. */
class DemoIT {
  private static final Duration TO_PLAY = Duration.ofMinutes(2);
  private static final Pattern PROCESS = Pattern.compile("started, process (\\d+)");
  private static final Pattern EXCERPT =
      Pattern.compile("(?ms)^```console\n\\$ \\./replog demo\n(.*?)\n```$");
  private static final Pattern DATA = Pattern.compile("Data in (\\S+), deleted");

  @RegisterExtension final Processes processes = Processes.ofOneTest();

  private ReplogProcess demo() {
    ReplogProcess demo =
        processes.add(
            "demo",
            ReplogProcess.SMALL,
            List.of("demo", "--fast", "--port", "" + Ports.free(3)),
            Map.of());
    demo.start();
    return demo;
  }

  private static void assertNothingIsLeft(String output) {
    List<Long> nodes =
        PROCESS.matcher(output).results().map(r -> Long.valueOf(r.group(1))).toList();
    assertThat(nodes).isNotEmpty();
    for (long node : nodes) {
      Wait.until(
          "node process " + node + " has ended",
          Duration.ofSeconds(30),
          () -> ProcessHandle.of(node).map(handle -> !handle.isAlive()).orElse(true));
    }
    List<Path> data =
        DATA.matcher(output).results().map((MatchResult r) -> Path.of(r.group(1))).toList();
    assertThat(data).singleElement().satisfies(path -> assertThat(Files.exists(path)).isFalse());
  }

  @Test
  void eachStepHoldsAsTheDocumentsSayAndNothingIsLeft() throws IOException {
    ReplogProcess demo = demo();

    assertThat(demo.awaitExit(TO_PLAY)).as("%s", demo.output()).isZero();

    assertThat(demo.output())
        .contains("It held up nobody.")
        .contains("secondary-1 shows [Msg1, Msg2, Msg3, Msg4]")
        .contains("the hashes over all logs are equal, up to sequence 4")
        .contains("VERDICT: PASSED")
        .doesNotContain("\u001b");
    assertThat(lines(demo.output())).containsSubsequence(lines(excerpt()));
    assertNothingIsLeft(demo.output());
  }

  /** What {@code docs/commands.md} shows of it. */
  private static String excerpt() throws IOException {
    Matcher block = EXCERPT.matcher(Files.readString(Path.of("docs", "commands.md")));
    assertThat(block.find()).isTrue();
    return block.group(1);
  }

  /** Without times and numbers of processes; in the excerpt dots stand for what is left out. */
  private static List<String> lines(String text) {
    return text.lines()
        .map(line -> line.strip().replaceAll("\\d+\\.\\d+|(?<=process )\\d+", "N"))
        .filter(line -> !line.equals("...") && !line.isEmpty())
        .toList();
  }

  @Test
  void whoeverStopsItInTheMiddleFindsNothingLeft() {
    ReplogProcess demo = demo();
    Wait.until("Msg3 waits", TO_PLAY, demo, () -> demo.output().contains("Msg3 has sequence 3."));

    assertThat(demo.stop()).isNotZero();
    assertThat(demo.output()).doesNotContain("VERDICT: PASSED");
    assertNothingIsLeft(demo.output());
  }
}
