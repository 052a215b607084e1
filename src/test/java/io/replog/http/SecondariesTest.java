package io.replog.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.replog.core.NodeRole;
import io.replog.http.Api.Answer;
import io.replog.node.Node.Registration;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who ought to be there. */
class SecondariesTest {
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
    node.view = FakeNode.view(NodeRole.MASTER, ClusterTest.SECONDARIES);
  }

  @Test
  void secondariesAreListed() {
    assertThat(api.get("/secondaries").body())
        .isEqualTo(
            "{\"secondaries\":[{\"id\":\"secondary-0\",\"url\":\"http://s0:8081\",\"voting\":true,"
                + "\"status\":\"HEALTHY\"},{\"id\":\"http://s1:8082\",\"url\":\"http://s1:8082\","
                + "\"voting\":false,\"status\":\"UNHEALTHY\"}]}");
  }

  static Stream<Arguments> registrations() {
    return Stream.of(
        Arguments.of(new Registration.Added(), 201),
        Arguments.of(new Registration.Known(), 200),
        Arguments.of(new Registration.Conflict("declared"), 409),
        Arguments.of(new Registration.NotMaster("http://m"), 421));
  }

  @ParameterizedTest
  @MethodSource("registrations")
  void aSecondaryRegisters(Registration result, int status) {
    node.registration = result;

    Answer answer = api.post("/secondaries", "{\"id\":\"s-2\",\"url\":\"http://s2:8083/\"}");

    assertThat(answer.status()).isEqualTo(status);
    if (status < 400) {
      assertThat(answer.body()).isEqualTo("{\"id\":\"s-2\",\"url\":\"http://s2:8083\"}");
    } else {
      assertThat(answer.problem()).isIn("conflict", "not-master");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"id\":\"a\"}",
        "{\"url\":\"http://a\"}",
        "{\"id\":\"\",\"url\":\"http://a\"}",
        "{\"id\":\"a b\",\"url\":\"http://a\"}",
        "{\"id\":\"a\",\"url\":\"a:80\"}",
        "{\"id\":\"a\",\"url\":\"ftp://a\"}",
        "{\"id\":\"a\",\"url\":\"http://a/x\"}",
        "{\"id\":\"a\",\"url\":\"http://a\",\"x\":1}",
        "{\"id\":1,\"url\":\"http://a\"}"
      })
  void aBadRegistrationIsRefused(String body) {
    assertThat(api.post("/secondaries", body).problem()).isEqualTo("invalid-request");
  }

  @Test
  void aSecondaryLeaves() {
    node.deregistration = new Registration.Leaving();
    assertThat(api.delete("/secondaries/secondary-0").status()).isEqualTo(202);

    node.deregistration = new Registration.NotFound();
    assertThat(api.delete("/secondaries/nobody").problem()).isEqualTo("not-found");
  }
}
