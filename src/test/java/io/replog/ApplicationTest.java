package io.replog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApplicationTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int replog(String... args) {
    return Application.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(args);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "--version"})
  void answersOnStandardOutputAndIsDone(String option) {
    assertThat(replog(option)).isZero();
    assertThat(out.toString()).contains("replog");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void noCommandIsWrongUsage() {
    assertThat(replog()).isEqualTo(2);
    assertThat(err.toString()).contains("Usage: replog");
  }

  @Test
  void anUnknownCommandIsNamedAsWrongUsage() {
    assertThat(replog("sing")).isEqualTo(2);
    assertThat(err.toString()).contains("sing");
  }
}
