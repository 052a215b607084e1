package io.replog.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.replog.http.Api.Answer;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
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

/** What an append must not be, and how large it may be. */
class AppendBodyTest {
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json;charset=UTF-8",
        "application/json; charset=utf-8",
        "APPLICATION/JSON",
        "Application/Json"
      })
  void jsonInUtf8MayBeNamedSo(String type) {
    Answer answer =
        api.send(
            api.request("/messages", "Content-Type", type)
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

  @Test
  void aBatchMayHaveOneHundredThousandMessagesAndNoMore() {
    String most = "{\"messages\":[" + "\"\",".repeat(99_999) + "\"\"";

    assertThat(api.post("/messages", most + "]}").status()).isEqualTo(201);
    Answer answer = api.post("/messages", most + ",\"\"]}");

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.problem()).isEqualTo("too-large");
    assertThat(answer.json()).containsEntry("allowed", 100_000);
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
}
