package io.replog.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.replog.core.NodeRole;
import io.replog.http.Api.Answer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a secondary is fed by hand, and what it refuses to be fed. */
class ReplicateTest {
  @TempDir Path directory;
  private Api api;
  private FakeNode node;

  @BeforeEach
  void start() {
    api = Api.over(directory);
    node = api.node;
  }

  @AfterEach
  void stop() {
    api.close();
  }

  @Test
  void whatWasFedByHandIsShownInTheLogsPlace() {
    node.view = FakeNode.view(NodeRole.SECONDARY, List.of());
    node.takesHandFeed = true;

    assertThat(api.post("/replicate", "{\"sequence\":2,\"message\":\"b\"}").body())
        .isEqualTo("{\"lastSequence\":0}");
    assertThat(api.post("/replicate", "{\"sequence\":1,\"message\":\"a\"}").body())
        .isEqualTo("{\"lastSequence\":1}");
    assertThat(api.get("/messages").body())
        .isEqualTo("{\"messages\":[\"a\"],\"from\":1,\"next\":2,\"last\":1,\"committed\":0}");
    assertThat(api.get("/messages?from=2").json()).containsEntry("messages", List.of());
    assertThat(api.get("/messages", "Accept", "application/x-ndjson").body())
        .isEqualTo("{\"sequence\":1,\"message\":\"a\"}\n");
    assertThat(api.get("/messages/1").json()).containsEntry("message", "a");
  }

  @Test
  void anotherMessageForASequenceThatIsThereIsRefused() {
    node.takesHandFeed = true;
    api.post("/replicate", "{\"sequence\":1,\"message\":\"a\"}");

    assertThat(api.post("/replicate", "{\"sequence\":1,\"message\":\"a\"}").status())
        .isEqualTo(200);
    Answer other = api.post("/replicate", "{\"sequence\":1,\"message\":\"b\"}");
    assertThat(other.status()).isEqualTo(409);
    assertThat(other.problem()).isEqualTo("conflict");
    assertThat(other.json()).containsEntry("sequence", 1);
  }

  @Test
  void aNodeOfAClusterIsNotFedByHand() {
    Answer answer = api.post("/replicate", "{\"sequence\":1,\"message\":\"a\"}");

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.problem()).isEqualTo("conflict");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"sequence\":1}",
        "{\"message\":\"a\"}",
        "{\"sequence\":0,\"message\":\"a\"}",
        "{\"sequence\":1,\"message\":\"a\",\"x\":1}",
        "{\"sequence\":1,\"message\":7}",
        "x"
      })
  void aBadMessageByHandIsRefused(String body) {
    assertThat(api.post("/replicate", body).problem()).isEqualTo("invalid-request");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "application/vnd.replog.stream",
        "application/vnd.replog.stream;version=2"
      })
  void aStreamOfAnotherVersionIsRefusedNamingBoth(String type) {
    Answer answer =
        api.send(
            api.request("/replicate", "Content-Type", type)
                .POST(java.net.http.HttpRequest.BodyPublishers.ofString("x"))
                .build());

    assertThat(answer.status()).isEqualTo(415);
    assertThat(answer.problem()).isEqualTo("unsupported-media-type");
    assertThat(answer.body()).contains(type, "application/vnd.replog.stream;version=1");
  }
}
