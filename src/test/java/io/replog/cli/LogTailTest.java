package io.replog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogTailTest {
  @TempDir Path directory;

  private String shown(LogTail tail) throws IOException {
    StringWriter out = new StringWriter();
    tail.show(new PrintWriter(out, true));
    return out.toString().replace(System.lineSeparator(), "\n");
  }

  @Test
  void warningsAndWhatIsNoLogLineAreShownOnceWhole() throws IOException {
    Path log = directory.resolve("s.log");
    Files.writeString(log, "old\n");
    LogTail tail = new LogTail(log, 4, "s", 0, false);
    assertThat(shown(tail)).isEmpty();
    Files.writeString(
        log,
        """
        2026-01-01T00:00:00.000Z INFO  [main] Node started
        2026-01-01T00:00:00.000Z WARN  [main] Node trouble
        replog: --po\
        """,
        StandardOpenOption.APPEND);
    assertThat(shown(tail)).isEqualTo("s | 2026-01-01T00:00:00.000Z WARN  [main] Node trouble\n");
    Files.writeString(log, "rt is bad\n", StandardOpenOption.APPEND);
    assertThat(shown(tail)).isEqualTo("s | replog: --port is bad\n");
    assertThat(shown(tail)).isEmpty();
  }

  @Test
  void everythingIsShownIfAskedFor() throws IOException {
    Path log = directory.resolve("s.log");
    Files.writeString(log, "2026-01-01T00:00:00.000Z INFO  [main] Node started\n");
    assertThat(shown(new LogTail(log, 0, "s", 0, true))).contains("Node started");
  }
}
