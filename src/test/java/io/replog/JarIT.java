package io.replog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The packaged jar, as a user runs it. */
class JarIT {
  @Test
  void runsByItselfAndKnowsItsVersion() throws IOException, InterruptedException {
    Path jar = Path.of(System.getProperty("replog.jar", ""));
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");

    Process replog =
        new ProcessBuilder(java.toString(), "-jar", jar.toString(), "--version")
            .redirectErrorStream(true)
            .start();

    assertThat(new String(replog.getInputStream().readAllBytes(), UTF_8))
        .matches("replog \\d+\\.\\d+\\.\\d+\\S*\\R");
    assertThat(replog.waitFor()).isZero();
  }
}
