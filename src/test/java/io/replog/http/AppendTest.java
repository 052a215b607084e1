package io.replog.http;

import static io.replog.http.Api.list;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
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
import java.net.http.HttpRequest.BodyPublishers;
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
import org.junit.jupiter.params.provider.CsvSource;
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-1",
        "1.5",
        "1.0",
        "1001",
        "1000000000",
        "99999999999999999999",
        "1e2",
        "\"most\"",
        "\"2\"",
        "\"ALL\"",
        "\"\"",
        "true",
        "null",
        "[1]",
        "{\"n\":1}"
      })
  void aBadWriteConcernIsRefusedSayingWhatIsAllowed(String w) {
    Answer answer = api.post("/messages", "{\"message\":\"text\",\"w\":" + w + "}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.problem()).isEqualTo("invalid-request");
    assertThat(answer.json().get("detail").toString())
        .contains("\"w\"", "1 to 1000", "\"majority\"", "\"all\"");
    assertThat(node.appends).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | the body is empty",
        "`{` | ends within",
        "`[]` | must be a JSON object",
        "`\"text\"` | must be a JSON object",
        "`null` | must be a JSON object",
        "`text` | not JSON",
        "`{}` | message, msg and messages",
        "`{\"w\":1}` | message, msg and messages",
        "`{\"message\":\"a\"} x` | not JSON",
        "`{\"message\":\"a\"}{}` | after the JSON object",
        "`{\"message\":\"a\",}` | not JSON",
        "`{'message':'a'}` | not JSON",
        "`{\"message\":\"a\",\"msg\":\"b\"}` | both there",
        "`{\"messages\":[\"a\"],\"msg\":\"b\"}` | both there",
        "`{\"message\":\"a\",\"message\":\"b\"}` | twice",
        "`{\"message\":\"a\",\"wt\":1}` | unknown member \"wt\"",
        "`{\"message\":\"a\",\"W\":1}` | unknown member \"W\"",
        "`{\"message\":\"a\",\"\\ud800\":1}` | unknown member",
        "`{\"message\":1}` | \"message\" must be a string",
        "`{\"message\":null}` | \"message\" must be a string",
        "`{\"message\":[\"a\"]}` | \"message\" must be a string",
        "`{\"message\":\"\\ud800\"}` | surrogate",
        "`{\"message\":\"\\udc00\\ud800\"}` | surrogate",
        "`{\"message\":\"a\nb\"}` | not JSON",
        "`{\"messages\":[]}` | at least one",
        "`{\"messages\":\"a\"}` | list of strings",
        "`{\"messages\":[\"a\",1]}` | must be a string",
        "`{\"messages\":[[\"a\"]]}` | must be a string",
        "`{\"messages\":[\"a\"` | ends within",
        "`{\"message\":\"a\",\"j\":1}` | \"j\" must be true or false",
        "`{\"message\":\"a\",\"j\":\"true\"}` | \"j\" must be true or false",
        "`{\"message\":\"a\",\"timeoutMs\":-1}` | \"timeoutMs\" must be a whole number from 0 to"
            + " 86400000",
        "`{\"message\":\"a\",\"timeoutMs\":86400001}` | to 86400000",
        "`{\"message\":\"a\",\"timeoutMs\":1.5}` | to 86400000",
        "`{\"message\":\"a\",\"timeoutMs\":null}` | to 86400000",
        "`{\"message\":\"a\",\"expectedSequence\":0}` | from 1 on",
        "`{\"message\":\"a\",\"expectedSequence\":\"1\"}` | from 1 on",
      })
  void aBadBodyIsRefusedByName(String body, String why) {
    Answer answer = api.post("/messages", body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.problem()).isEqualTo("invalid-request");
    assertThat(answer.json().get("detail").toString()).contains(why);
    assertThat(node.appends).isEmpty();
  }

  @Test
  void deepNestingIsRefusedAndNotDescendedInto() {
    String deep = "{\"message\":" + "[".repeat(1_000_000);

    assertThat(api.post("/messages", deep).problem()).isEqualTo("invalid-request");
    assertThat(api.post("/messages", "{\"x\":" + "[".repeat(1_000_000)).problem())
        .isEqualTo("invalid-request");
  }

  static Stream<Arguments> notUtf8() {
    return Stream.of(
        Arguments.of("a stray byte", new byte[] {(byte) 0xff}),
        Arguments.of("a continuation alone", new byte[] {(byte) 0x80}),
        Arguments.of("an overlong form", new byte[] {(byte) 0xc0, (byte) 0x80}),
        Arguments.of("a surrogate", new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80}),
        Arguments.of(
            "a surrogate pair",
            new byte[] {
              (byte) 0xed, (byte) 0xa0, (byte) 0xbd, (byte) 0xed, (byte) 0xb8, (byte) 0x80
            }));
  }

  @ParameterizedTest
  @MethodSource("notUtf8")
  void whatIsNotUtf8IsRefused(String what, byte[] bytes) {
    byte[] body = ("{\"message\":\"" + new String(bytes, ISO_8859_1) + "\"}").getBytes(ISO_8859_1);
    Answer answer =
        api.send(
            api.request("/messages", "Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(body))
                .build());

    assertThat(answer.problem()).isEqualTo("invalid-request");
    assertThat(answer.json().get("detail")).isEqualTo("the body is not UTF-8");
  }

  @Test
  void anotherEncodingIsRefused() {
    byte[] body = "{\"message\":\"a\"}".getBytes(java.nio.charset.StandardCharsets.UTF_16);
    Answer answer =
        api.send(
            api.request("/messages", "Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(body))
                .build());

    assertThat(answer.problem()).isEqualTo("invalid-request");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonl",
        "application/json; charset=utf-16"
      })
  void whatIsNotJsonIsRefused(String type) {
    Answer answer =
        api.send(
            api.request("/messages", "Content-Type", type)
                .POST(BodyPublishers.ofString("{\"message\":\"a\"}"))
                .build());

    assertThat(answer.status()).isEqualTo(415);
    assertThat(answer.problem()).isEqualTo("unsupported-media-type");
    assertThat(node.appends).isEmpty();
  }

  @Test
  void aBodyWithoutATypeIsRefused() {
    Answer answer =
        api.send(
            api.request("/messages").POST(BodyPublishers.ofString("{\"message\":\"a\"}")).build());

    assertThat(answer.status()).isEqualTo(415);
  }

  @Test
  void jsonInUtf8MayBeNamedSo() {
    Answer answer =
        api.send(
            api.request("/messages", "Content-Type", "application/json;charset=UTF-8")
                .POST(BodyPublishers.ofString("{\"message\":\"\u20ac\"}"))
                .build());

    assertThat(answer.status()).isEqualTo(201);
    assertThat(node.appends.getFirst().payloads()).containsExactly("\u20ac".getBytes(UTF_8));
  }

  @Test
  void aMessageMayHaveOneMebibyteAndNoMore() {
    String most = "a".repeat(1 << 20);

    assertThat(api.post("/messages", "{\"message\":\"" + most + "\"}").status()).isEqualTo(201);
    Answer answer = api.post("/messages", "{\"messages\":[\"" + most + "a\"]}");

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.problem()).isEqualTo("too-large");
    assertThat(answer.json()).containsEntry("allowed", 1 << 20);
    assertThat(node.appends).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aBodyMayHaveEightMebibytesAndNoMore(boolean chunked) {
    byte[] most = batch(8 << 20);
    byte[] more = batch((8 << 20) + 1);

    assertThat(api.send(append(most, chunked)).status()).isEqualTo(201);
    Answer answer = api.send(append(more, chunked));

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.problem()).isEqualTo("too-large");
    assertThat(answer.json()).containsEntry("allowed", 8 << 20);
    assertThat(node.appends).hasSize(1);
    assertThat(api.post("/messages", "{\"message\":\"a\"}").status()).isEqualTo(201);
  }

  private static java.net.http.HttpRequest append(byte[] body, boolean chunked) {
    return api.request("/messages", "Content-Type", "application/json")
        .POST(
            chunked
                ? BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(body))
                : BodyPublishers.ofByteArray(body))
        .build();
  }

  private static byte[] batch(int bytes) {
    StringBuilder body = new StringBuilder("{\"messages\":[");
    String piece = "\"" + "a".repeat(1000) + "\",";
    while (body.length() + piece.length() < bytes - 10) {
      body.append(piece);
    }
    body.append("\"\"]}");
    return body.append(" ".repeat(bytes - body.length())).toString().getBytes(UTF_8);
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
