package io.replog.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of the package's documentation compiles as it stands, and does what it says. */
class ClientExampleTest {
  private static final Path PACKAGE = Path.of("src/main/java/io/replog/client/package-info.java");
  private static final Pattern EXAMPLE = Pattern.compile("(?s)<pre>\\{@code\n(.*?)\n \\* }</pre>");

  private static String example() throws IOException {
    return EXAMPLE
        .matcher(Files.readString(PACKAGE))
        .results()
        .map((MatchResult found) -> found.group(1).replaceAll("(?m)^ \\* ?", ""))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theExampleRunsAsItStands(@TempDir Path directory) throws Exception {
    Path source = Files.writeString(directory.resolve("Example.java"), example());
    int failed =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, System.err, "-proc:none", "-d", directory.toString(), "" + source);
    assertThat(failed).isZero();
    try (StubNode node = new StubNode()) {
      node.answers(201, "application/json", "{\"sequence\":7,\"epoch\":1,\"satisfied\":true}");
      node.answers(
          200, "application/x-ndjson", "{\"sequence\":7,\"epoch\":1,\"message\":\"order 17\"}\n");

      Process example =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  directory + ":" + System.getProperty("java.class.path"),
                  "Example",
                  node.url().toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String output = new String(example.getInputStream().readAllBytes(), UTF_8);

      assertThat(example.waitFor()).isZero();
      assertThat(output).isEqualToNormalizingNewlines("7\n7 order 17\n");
      assertThat(node.requests().getFirst().header("Idempotency-key")).isEqualTo("order-17");
      assertThat(node.requests().getFirst().body())
          .isEqualTo("{\"message\":\"order 17\",\"w\":\"majority\",\"timeoutMs\":5000}");
    }
  }
}
