package io.replog.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.replog.http.Api.Answer;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the framework refuses by itself looks like everything else that is refused. */
class FrameworkErrorsTest {
  @TempDir static Path directory;
  private static Api api;

  @BeforeAll
  static void start() {
    api = Api.over(directory);
    api.node.append("a");
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/nothing", "/messages/1/2", "/cluster/nothing", "/beans", "/env", "/stop"})
  void anUnknownPathIsNotFound(String path) {
    Answer answer = api.get(path);

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.problem()).isEqualTo("not-found");
  }

  @ParameterizedTest
  @CsvSource({
    "PUT, /messages, 'GET,HEAD,POST'",
    "DELETE, /messages/1, 'GET,HEAD'",
    "POST, /cluster, 'GET,HEAD'",
    "GET, /replicate, POST",
    "PATCH, /faults, 'DELETE,GET,HEAD,PUT'",
    "OPTIONS, /messages, 'GET,HEAD,POST'",
  })
  void anotherMethodIsRefusedSayingWhichAreAllowed(String method, String path, String allowed) {
    Answer answer = api.send(api.request(path).method(method, BodyPublishers.noBody()).build());

    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.problem()).isEqualTo("method-not-allowed");
    assertThat(String.join(",", answer.response().headers().allValues("Allow")).split("[, ]+"))
        .containsExactlyInAnyOrder(allowed.split(","));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/messages",
        "/cluster",
        "/messages/1",
        "/hash/1",
        "/cluster/events",
        "/secondaries"
      })
  void whatIsNotServedIsNotAcceptable(String path) {
    Answer answer = api.get(path, "Accept", "image/png");

    assertThat(answer.status()).isEqualTo(406);
    assertThat(answer.problem()).isEqualTo("not-acceptable");
  }

  @Test
  void aBrowserGetsProblemsToo() {
    assertThat(api.get("/nothing", "Accept", "text/html").problem()).isEqualTo("not-found");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /messages?from=%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "GET /a|b^c HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "GET /messages HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\nConnection: close\r\n\r\n",
        "nonsense\r\n\r\n",
        "POST /messages HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
      })
  void aBadRequestIsAProblem(String request) throws Exception {
    String answer = api.raw(request.getBytes(ISO_8859_1));

    assertThat(answer).matches("(?s)HTTP/1.[01] 400 .*").contains("application/problem+json");
    String body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
    assertThat(Api.json(body)).containsEntry("type", "urn:replog:problem:invalid-request");
    assertThat(answer).doesNotContain("io.micronaut", "java.");
  }

  @Test
  void aFailureInsideTellsNothingOfTheInside() {
    var view = api.node.view;
    api.node.view = null;
    Answer answer = api.get("/cluster");
    api.node.view = view;

    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.problem()).isEqualTo("internal-error");
    assertThat(answer.body()).doesNotContain("java", "null", "view");
  }

  @Test
  void headIsAsGetWithoutTheBody() {
    Answer get = api.get("/messages");
    Answer head =
        api.send(api.request("/messages").method("HEAD", BodyPublishers.noBody()).build());

    assertThat(head.status()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.type()).isEqualTo(get.type());
  }

  /** It would be done and never answered: the framework closes behind a HEAD. */
  @Test
  void whatIsSentBehindAHeadIsNotBegun() throws Exception {
    int begun = api.node.appends.size();
    String body = "{\"message\":\"m\",\"w\":1}";
    String append =
        "POST /messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + "Content-Length: %d\r\n\r\n%s".formatted(body.length(), body);

    String answers =
        api.raw(("HEAD /messages HTTP/1.1\r\nHost: x\r\n\r\n" + append.repeat(3)).getBytes(UTF_8));

    assertThat(answers).startsWith("HTTP/1.1 200 ").containsIgnoringCase("connection: close");
    assertThat(answers).endsWith("\r\n\r\n").containsOnlyOnce("HTTP/1.1");
    assertThat(api.node.appends).hasSize(begun);
  }

  @Test
  void theRootSaysWhereToGo() {
    assertThat(api.get("/").body()).contains("/messages", "/cluster", "/health");
  }

  @Test
  void noOtherOriginIsAllowed() {
    assertThat(api.get("/cluster", "Origin", "http://elsewhere.example").response().headers().map())
        .doesNotContainKey("access-control-allow-origin");
  }
}
