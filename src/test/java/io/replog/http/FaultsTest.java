package io.replog.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.replog.http.Api.Answer;
import io.replog.node.Faults;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults on request: all of them, strictly, and only where they are enabled. */
class FaultsTest {
  @TempDir static Path directory;
  private static Api api;
  private static FakeNode node;

  @BeforeAll
  static void start() {
    api = Api.over(directory);
    node = api.node;
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  @BeforeEach
  void reset() {
    node.faults = Faults.NONE;
    node.initialFaults = Faults.NONE;
  }

  @Test
  void faultsThatAreNotNamedGoBackToTheStart() {
    node.initialFaults = Faults.delayed(Duration.ofMillis(500));

    assertThat(
            api.put(
                    "/faults",
                    "{\"errorRate\":0.5,\"errorPhase\":\"after\",\"drop\":1,"
                        + "\"partitionedFrom\":[\"b\",\"a\"],\"diskFull\":true}")
                .body())
        .isEqualTo(
            "{\"delayMs\":500,\"errorRate\":0.5,\"errorPhase\":\"after\",\"drop\":1.0,"
                + "\"partitionedFrom\":[\"a\",\"b\"],\"diskFull\":true}");
    assertThat(node.faults.partitionedFrom()).isEqualTo(Set.of("a", "b"));
    assertThat(api.put("/faults", "{\"delayMs\":20}").body())
        .isEqualTo(
            "{\"delayMs\":20,\"errorRate\":0.0,\"errorPhase\":\"before\",\"drop\":0.0,"
                + "\"partitionedFrom\":[],\"diskFull\":false}");
    assertThat(api.get("/faults").json()).containsEntry("delayMs", 20);
    Answer deleted = api.delete("/faults");
    assertThat(deleted.status()).isEqualTo(204);
    assertThat(deleted.body()).isEmpty();
    assertThat(api.get("/faults").json()).containsEntry("delayMs", 500);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{\"delay\":1}",
        "{\"delayMs\":-1}",
        "{\"delayMs\":\"1\"}",
        "{\"delayMs\":3600001}",
        "{\"errorRate\":1.1}",
        "{\"errorRate\":-0.1}",
        "{\"errorRate\":\"1\"}",
        "{\"errorRate\":1e999}",
        "{\"errorPhase\":\"during\"}",
        "{\"drop\":2}",
        "{\"drop\":null}",
        "{\"partitionedFrom\":\"a\"}",
        "{\"partitionedFrom\":[1]}",
        "{\"diskFull\":1}",
        "{\"diskFull\":true,\"diskFull\":true}"
      })
  void badFaultsAreRefusedAndChangeNothing(String body) {
    Answer answer = api.put("/faults", body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.problem()).isEqualTo("invalid-request");
    assertThat(node.faults).isEqualTo(Faults.NONE);
  }

  @Test
  void faultsAreNotThereUnlessTheyAreEnabled(@TempDir Path other) {
    try (Api without = Api.withoutFaults(other)) {
      assertThat(without.get("/faults").problem()).isEqualTo("not-found");
      assertThat(without.put("/faults", "{}").problem()).isEqualTo("not-found");
      assertThat(without.delete("/faults").problem()).isEqualTo("not-found");
    }
  }
}
