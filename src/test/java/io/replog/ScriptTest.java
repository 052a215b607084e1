package io.replog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code replog}, with a JDK that only writes down how it was called. */
class ScriptTest {
  private static final String JAVA =
      """
      #!/bin/bash
      calls=${0%/*}/../calls
      { printf '%s\\n' "$*"; export -p; } >"$calls/$$.part"
      mv "$calls/$$.part" "$calls/$$"
      """;

  @TempDir Path directory;

  @Test
  void theNodesThatTrainTheCacheSeeNothingOfTheUsersSettings() throws Exception {
    Path script = Files.copy(Path.of("replog"), directory.resolve("replog"));
    Files.createDirectories(directory.resolve("target"));
    Files.writeString(directory.resolve("target/replog.jar"), "jar");
    Path jdk = Files.createDirectories(directory.resolve("jdk/bin")).getParent();
    Files.createDirectories(jdk.resolve("calls"));
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
    Path java = Files.writeString(jdk.resolve("bin/java"), JAVA);
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));

    ProcessBuilder start = new ProcessBuilder(script.toString(), "secondary", "--id", "mine");
    start.environment().put("REPLOG_JAVA_HOME", jdk.toString());
    start.environment().put("REPLOG_COLLECT_CLASSES", "true");
    start.environment().put("REPLOG_MASTER", "http://127.0.0.1:1");
    start.environment().put("MASTER_URL", "http://127.0.0.1:1");
    start.environment().put("JAVA_TOOL_OPTIONS", "-Dreplog.master=http://127.0.0.1:1");
    Process own = start.redirectErrorStream(true).start();
    assertThat(own.waitFor(30, TimeUnit.SECONDS)).isTrue();

    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> trained(jdk) == 3 && !Files.exists(cacheBeingMade()));
    for (String call : calls(jdk)) {
      boolean users = call.lines().findFirst().orElseThrow().endsWith("secondary --id mine");
      assertThat(call.contains("127.0.0.1:1\"")).as(call).isEqualTo(users);
      assertThat(call.contains("REPLOG_")).as(call).isEqualTo(users);
    }
  }

  private Path cacheBeingMade() throws IOException {
    try (Stream<Path> made = Files.list(directory.resolve("target"))) {
      return made.filter(Files::isDirectory).findFirst().orElseThrow().resolve("making");
    }
  }

  private static long trained(Path jdk) throws IOException {
    return calls(jdk).stream().filter(call -> call.contains("--host 127.0.0.1")).count();
  }

  private static List<String> calls(Path jdk) throws IOException {
    try (Stream<Path> files = Files.list(jdk.resolve("calls"))) {
      List<Path> whole = files.filter(file -> !file.toString().endsWith(".part")).toList();
      return whole.stream().map(ScriptTest::text).toList();
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, UTF_8);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
