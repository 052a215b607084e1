package io.replog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the threat model rests on is there. */
class SecurityDocumentTest {
  private static final Path DOCUMENT = Path.of("docs", "security.md");
  private static final Pattern TEST = Pattern.compile("`([A-Z]\\w+(?:Test|IT))(?:\\.(\\w+))?`");
  private static final Pattern USES = Pattern.compile("uses: (\\S+)");

  @Test
  void everyTestThatIsNamedIsThere() throws IOException {
    List<MatchResult> named = TEST.matcher(Files.readString(DOCUMENT, UTF_8)).results().toList();
    assertThat(named).hasSizeGreaterThan(20);
    for (MatchResult name : named) {
      String source = source(name.group(1));
      if (name.group(2) != null) {
        assertThat(source).as(name.group()).contains("void " + name.group(2) + "(");
      }
    }
  }

  @Test
  void everyLineOfTheThreatModelSaysWhatShowsIt() throws IOException {
    String document = Files.readString(DOCUMENT, UTF_8);
    String model =
        document.substring(
            document.indexOf("## Who could be where"), document.indexOf("## What it does not"));
    List<String> rows = model.lines().filter(line -> line.startsWith("|")).skip(2).toList();
    assertThat(rows).hasSizeGreaterThan(12);
    assertThat(rows)
        .allSatisfy(
            row ->
                assertThat(TEST.matcher(row).find() || row.contains("(releasing.md)"))
                    .as(row)
                    .isTrue());
  }

  @Test
  void everyActionIsPinnedToACommit() throws IOException {
    try (Stream<Path> workflows = Files.list(Path.of(".github", "workflows"))) {
      for (Path workflow : workflows.toList()) {
        assertThat(USES.matcher(Files.readString(workflow, UTF_8)).results())
            .isNotEmpty()
            .allSatisfy(uses -> assertThat(uses.group(1)).matches("[\\w./-]+@[0-9a-f]{40}"));
      }
    }
  }

  private static String source(String test) throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src", "test", "java"))) {
      Path file =
          files
              .filter(path -> path.getFileName().toString().equals(test + ".java"))
              .findFirst()
              .orElseThrow(() -> new AssertionError("there is no " + test));
      return Files.readString(file, UTF_8);
    }
  }
}
