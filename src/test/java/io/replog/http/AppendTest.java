package io.replog.http;

import static io.replog.http.Api.list;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.replog.core.AppendOutcome;
import io.replog.core.AppendOutcome.Appended;
import io.replog.core.AppendOutcome.Refused;
import io.replog.core.Refusal;
import io.replog.core.WriteConcern;
import io.replog.http.Api.Answer;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
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

class AppendTest {
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
  void forget() {
    node.appends.clear();
    node.answers = true;
    node.outcome = request -> node.append("x");
  }

  @Test
  void anAppendThatIsMetIs201WithWhereAndWho() {
    node.outcome = request -> appended(request.concern(), true, false);

    Answer answer =
        api.post(
            "/messages",
            "{\"message\":\"text\",\"w\":2,\"j\":true,\"timeoutMs\":500,\"expectedSequence\":7}");

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.type()).isEqualTo("application/json");
    assertThat(answer.header("Location")).isEqualTo("/messages/7");
    assertThat(answer.header("Idempotent-Replayed")).isNull();
    assertThat(answer.body())
        .isEqualTo(
            "{\"sequence\":7,\"epoch\":3,\"w\":2,\"j\":true,\"satisfied\":true,\"committed\":true,"
                + "\"copies\":[{\"node\":\"master-0\",\"stored\":true,\"durable\":true,\"ms\":0.4},"
                + "{\"node\":\"secondary-0\",\"stored\":true,\"durable\":false}]}");
    var request = node.appends.getFirst();
    assertThat(request.payloads()).containsExactly("text".getBytes(UTF_8));
    assertThat(request.concern()).isEqualTo(new WriteConcern.Copies(2));
    assertThat(request.journal()).isTrue();
    assertThat(request.timeout()).isEqualTo(Duration.ofMillis(500));
    assertThat(request.expectedSequence()).isEqualTo(7);
    assertThat(request.key()).isNull();
  }

  @Test
  void anAppendThatIsNotMetInTimeIs202() {
    node.outcome = request -> appended(request.concern(), false, false);

    Answer answer = api.post("/messages", "{\"message\":\"text\",\"w\":\"all\",\"timeoutMs\":0}");

    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.header("Location")).isEqualTo("/messages/7");
    assertThat(answer.json()).containsEntry("satisfied", false).containsEntry("w", "all");
  }

  @Test
  void whatIsNotSaidIsTheDefault() {
    api.post("/messages", "{\"msg\":\"\"}");

    var request = node.appends.getFirst();
    assertThat(request.payloads()).containsExactly(new byte[0]);
    assertThat(request.concern()).isEqualTo(new WriteConcern.All());
    assertThat(request.journal()).isTrue();
    assertThat(request.timeout()).isNull();
    assertThat(request.expectedSequence()).isNull();
  }

  @Test
  void aBatchNamesItsFirstAndLastSequence() {
    node.outcome = request -> node.append("a", "b", "c");

    Answer answer = api.post("/messages", "{\"messages\":[\"a\",\"b\",\"c\"],\"w\":\"majority\"}");

    long first = ((Number) answer.json().get("firstSequence")).longValue();
    assertThat(answer.json()).containsEntry("lastSequence", (int) first + 2);
    assertThat(answer.json()).doesNotContainKey("sequence");
    assertThat(answer.header("Location")).isEqualTo("/messages/" + first);
    assertThat(node.appends.getFirst().payloads()).hasSize(3);
  }

  @Test
  void aRetriedAppendSaysThatItWasReplayed() {
    node.outcome = request -> appended(request.concern(), true, true);

    Answer answer = api.post("/messages", "{\"message\":\"text\"}", "Idempotency-Key", "k 1");

    assertThat(answer.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(node.appends.getFirst().key()).isEqualTo("k 1");
  }

  @Test
  void aKeyMayHaveAnyCharactersOfUtf8() throws Exception {
    String key = "\u0436".repeat(200);
    String answer = api.raw(rawAppend("Idempotency-Key: " + key + "\r\n", "{\"message\":\"t\"}"));

    assertThat(answer).startsWith("HTTP/1.1 201");
    assertThat(node.appends.getFirst().key()).isEqualTo(key);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "   "})
  void anEmptyKeyIsRefused(String key) throws Exception {
    String answer = api.raw(rawAppend("Idempotency-Key: " + key + "\r\n", "{\"message\":\"t\"}"));

    assertThat(answer).startsWith("HTTP/1.1 400").contains("1 to 200");
    assertThat(node.appends).isEmpty();
  }

  @Test
  void aKeyThatIsTooLongIsRefused() {
    Answer answer =
        api.post("/messages", "{\"message\":\"t\"}", "Idempotency-Key", "k".repeat(201));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.problem()).isEqualTo("invalid-request");
  }

  @Test
  void twoKeysAreRefused() {
    Answer answer =
        api.post(
            "/messages", "{\"message\":\"t\"}", "Idempotency-Key", "a", "Idempotency-Key", "b");

    assertThat(answer.status()).isEqualTo(400);
  }

  @Test
  void theWholeListComesBackWhenItIsPreferred() {
    Answer answer =
        api.post(
            "/messages", "{\"message\":\"t\"}", "Prefer", "respond-async, return=representation");

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.header("Preference-Applied")).isEqualTo("return=representation");
    assertThat(list(answer.json().get("messages")))
        .hasSize((int) node.log().lastSequence())
        .last()
        .isEqualTo("x");
    assertThat(answer.json()).containsKeys("sequence", "copies", "satisfied");
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        Arguments.of(
            new Refusal.NotMaster("http://m:8080"),
            421,
            "not-master",
            Map.of("active", "http://m:8080")),
        Arguments.of(new Refusal.NotMaster(null), 421, "not-master", Map.of()),
        Arguments.of(new Refusal.NotActive("no master yet"), 503, "not-active", Map.of()),
        Arguments.of(
            new Refusal.NoQuorum(2, 1), 503, "no-quorum", Map.of("needed", 2, "available", 1)),
        Arguments.of(new Refusal.Overloaded(100), 503, "overloaded", Map.of("limit", 100)),
        Arguments.of(new Refusal.TooMuchAtOnce(100), 503, "overloaded", Map.of("limit", 100)),
        Arguments.of(new Refusal.DiskFull("no room"), 507, "disk-full", Map.of()),
        Arguments.of(new Refusal.DiskFailed("broken"), 503, "disk-failed", Map.of()),
        Arguments.of(
            new Refusal.SequenceMismatch(7, 9),
            412,
            "sequence-mismatch",
            Map.of("nextSequence", 9)),
        Arguments.of(new Refusal.KeyReused("k", 3), 422, "key-reused", Map.of("sequence", 3)),
        Arguments.of(
            new Refusal.TooManyCopies(9, 3), 400, "invalid-request", Map.of("w", 9, "copies", 3)));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void aRefusalIsAProblemWithItsFacts(
      Refusal why, int status, String name, Map<String, Object> facts) {
    node.outcome = request -> new Refused(why);

    Answer answer = api.post("/messages", "{\"message\":\"text\"}");

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.problem()).isEqualTo(name);
    assertThat(answer.json()).containsAllEntriesOf(facts);
    assertThat(answer.header("Retry-After") != null).isEqualTo(status == 503);
  }

  @Test
  void anOutcomeThatIsNotKnownIs504AndSaysWhatToDo() {
    node.outcome = request -> new AppendOutcome.Unknown(7, 3);

    Answer answer = api.post("/messages", "{\"message\":\"text\"}");

    assertThat(answer.status()).isEqualTo(504);
    assertThat(answer.problem()).isEqualTo("unknown-outcome");
    assertThat(answer.json()).containsEntry("sequence", 7).containsEntry("epoch", 3);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFaultThatWasAskedForIs500(boolean after) {
    node.outcome = request -> new AppendOutcome.Injected(after);

    Answer answer = api.post("/messages", "{\"message\":\"text\"}");

    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.problem()).isEqualTo("injected-fault");
    assertThat(answer.json()).containsEntry("appended", after);
  }

  @Test
  void anAppendThatWaitsDelaysNoOther() {
    node.answers = false;
    CompletableFuture<Answer> waits = api.later(api.append("{\"message\":\"a\",\"w\":3}"));
    await().until(() -> node.waiting() == 1);
    node.answers = true;

    assertThat(api.post("/messages", "{\"message\":\"b\",\"w\":1}").status()).isEqualTo(201);
    assertThat(waits).isNotDone();
    node.answerWaiters(appended(new WriteConcern.Copies(3), true, false));
    assertThat(waits.join().status()).isEqualTo(201);
  }

  @Test
  void aClientThatGoesAwayFreesWhatWaitedForIt() throws Exception {
    node.answers = false;
    try (Socket socket = api.connect()) {
      socket.getOutputStream().write(rawAppend("", "{\"message\":\"a\",\"w\":3}"));
      await().until(() -> node.waiting() == 1);
    }
    await().atMost(Duration.ofSeconds(2)).until(() -> node.waiting() == 0);
  }

  private static Appended appended(WriteConcern concern, boolean satisfied, boolean replayed) {
    return new Appended(
        7,
        7,
        3,
        concern,
        true,
        satisfied,
        satisfied,
        replayed,
        List.of(
            new AppendOutcome.Copy("master-0", true, true, 0.4),
            new AppendOutcome.Copy("secondary-0", true, false, -1)));
  }

  private static byte[] rawAppend(String headers, String body) {
    return ("POST /messages HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            + "Content-Type: application/json\r\nContent-Length: "
            + body.length()
            + "\r\n"
            + headers
            + "\r\n"
            + body)
        .getBytes(UTF_8);
  }
}
