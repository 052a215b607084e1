package io.replog.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReplogClientTest {
  private static final String JSON = "application/json";
  private static final String NDJSON = "application/x-ndjson";
  private static final String SSE = "text/event-stream";
  private static final String PROBLEM = "application/problem+json";

  private final StubNode node = new StubNode();
  private final ReplogClient client = new ReplogClient(node.url());

  @AfterEach
  void close() {
    client.close();
    node.close();
  }

  private static Append append(String message, String key) {
    return new Append(List.of(message), null, null, null, key);
  }

  private static String record(long sequence) {
    return "{\"sequence\":%d,\"epoch\":1,\"timestamp\":5,\"message\":\"m%d\",\"hash\":\"ab\"}"
        .formatted(sequence, sequence);
  }

  @Test
  void anAppendSaysWhatItWantsAndNoMore() throws ClientException {
    node.answers(
        201,
        JSON,
        """
        {"sequence":7,"epoch":3,"w":2,"j":true,"satisfied":true,"committed":true,
         "copies":[{"node":"master-0","stored":true,"durable":true,"ms":0.4},{"node":"s"}],
         "something":"new"}\
        """);
    Appended appended =
        client.append(
            new Append(List.of("a \"b\" ž\u0000"), "2", false, Duration.ofMillis(500), "k1"));
    assertThat(appended.firstSequence()).isEqualTo(7);
    assertThat(appended.satisfied()).isTrue();
    assertThat(appended.replayed()).isFalse();
    assertThat(appended.copies())
        .containsExactly(
            new Appended.Copy("master-0", true, true, 0.4),
            new Appended.Copy("s", false, false, null));
    StubNode.Request request = node.requests().getFirst();
    assertThat(request.line()).isEqualTo("POST /messages");
    assertThat(request.header("Idempotency-key")).isEqualTo("k1");
    assertThat(request.header("Content-type")).isEqualTo(JSON);
    assertThat(request.body())
        .isEqualTo("{\"message\":\"a \\\"b\\\" ž\\u0000\",\"w\":2,\"j\":false,\"timeoutMs\":500}");
  }

  @Test
  void whatAnAppendExpectsStaysWhereTheRestIsChosenLater() throws ClientException {
    node.answers(201, JSON, "{\"sequence\":4}");
    Append expecting = new Append(List.of("a"), null, null, null, null, 4L);
    client.append(expecting.withW("2").withTimeout(Duration.ofMillis(7)).withKey("k"));
    assertThat(node.requests().getFirst().body())
        .isEqualTo("{\"message\":\"a\",\"w\":2,\"expectedSequence\":4,\"timeoutMs\":7}");
    assertThat(node.requests().getFirst().header("Idempotency-key")).isEqualTo("k");
  }

  @Test
  void severalMessagesAreOneBatch() throws ClientException {
    node.answers(202, JSON, "{\"firstSequence\":4,\"lastSequence\":5}");
    Appended appended = client.append(new Append(List.of("a", "b"), "majority", null, null, null));
    assertThat(appended.firstSequence()).isEqualTo(4);
    assertThat(appended.lastSequence()).isEqualTo(5);
    assertThat(appended.satisfied()).isFalse();
    assertThat(node.requests().getFirst().body())
        .isEqualTo("{\"messages\":[\"a\",\"b\"],\"w\":\"majority\"}");
  }

  @Test
  void anAppendWithoutAKeyGoesOutOnce() {
    assertThatThrownBy(() -> client.append(append("a", null)))
        .isInstanceOf(LostAnswerException.class);
    assertThat(node.requests()).hasSize(1);
  }

  @Test
  void anAppendWithAKeyIsRepeatedUntilItsOutcomeIsKnown() throws ClientException {
    node.breaksOffAfter(201, JSON, "{\"sequ");
    node.answers(504, PROBLEM, "{\"type\":\"urn:replog:problem:unknown-outcome\"}");
    node.answers(201, JSON, "{\"sequence\":1}", Map.of("Idempotent-Replayed", "true"));
    assertThat(client.append(append("a", "k")).replayed()).isTrue();
    assertThat(node.requests()).hasSize(3);
    assertThat(node.requests()).allMatch(request -> request.header("Idempotency-key").equals("k"));
  }

  @Test
  void aProblemKeepsItsFacts() {
    node.answers(
        421,
        PROBLEM,
        """
        {"type":"urn:replog:problem:not-master","title":"Not the master","status":421,
         "detail":"this is a secondary","active":"http://m:8080","node":"secondary-0"}\
        """);
    ProblemException e =
        catchThrowableOfType(ProblemException.class, () -> client.append(append("a", "k")));
    assertThat(e.problem())
        .isEqualTo(
            new Problem(
                421,
                "not-master",
                "Not the master",
                "this is a secondary",
                Map.of("active", "http://m:8080", "node", "secondary-0")));
    assertThat(node.requests()).hasSize(1);
  }

  @Test
  void aReadGoesOnWhereItsAnswerBrokeOff() throws ClientException {
    node.breaksOffAfter(200, NDJSON, record(2) + "\n" + record(3) + "\n" + record(4).substring(9));
    node.answers(200, NDJSON, record(4) + "\n" + record(5) + "\n");
    List<Long> seen = new ArrayList<>();
    client.read(new Read(2, 4L, "majority"), record -> seen.add(record.sequence()));
    assertThat(seen).containsExactly(2L, 3L, 4L, 5L);
    assertThat(node.requests().stream().map(StubNode.Request::line))
        .containsExactly(
            "GET /messages?from=2&limit=4&concern=majority",
            "GET /messages?from=4&limit=2&concern=majority");
  }

  @Test
  void aReadGivesUpOnANodeThatNeverAnswers() {
    assertThatThrownBy(() -> client.read(new Read(1, null, null), record -> {}))
        .isInstanceOf(LostAnswerException.class);
    assertThat(node.requests().size()).isLessThan(20);
  }

  @Test
  void aDocumentIsCopiedAsItCame() throws ClientException {
    String document = "{\"messages\":[\"ž\"],\"from\":1,\"next\":2}";
    node.answers(200, JSON, document);
    StringWriter out = new StringWriter();
    client.copyTo(new Read(1, null, null), out);
    assertThat(out).hasToString(document);
  }

  @Test
  void aTailGoesOnWhenTheNodeIsBack() throws ClientException {
    node.answers(
        200, SSE, ": hello\n\nid: 1\ndata: " + record(1) + "\n\ndata: " + record(2) + "\n\n");
    node.answers(503, PROBLEM, "{\"type\":\"urn:replog:problem:not-active\"}");
    node.answers(200, SSE, "data:" + record(2) + "\n\ndata:" + record(3) + "\n\n");
    List<Long> seen = new ArrayList<>();
    List<ClientException> away = new ArrayList<>();
    client.tail(
        1,
        record -> {
          seen.add(record.sequence());
          return record.sequence() < 3;
        },
        away::add);
    assertThat(seen).containsExactly(1L, 2L, 3L);
    assertThat(away).singleElement().isInstanceOf(ProblemException.class);
    assertThat(node.requests().getLast().line()).isEqualTo("GET /messages?from=3");
  }

  @Test
  void aTailThatCannotBeginFails() {
    node.answers(404, PROBLEM, "{}");
    assertThatThrownBy(() -> client.tail(1, record -> true, away -> {}))
        .isInstanceOf(ProblemException.class);
  }

  @Test
  void whatANodeDoesNotKnowIsNull() throws ClientException {
    node.answers(
        200,
        JSON,
        """
        {"node":"secondary-0","role":"SECONDARY","mode":"READ_ONLY","modeReason":null,
         "lastSequence":4,"nodes":[{"node":"x","lag":null}]}\
        """);
    ClusterView view = client.cluster();
    assertThat(view.quorum()).isNull();
    assertThat(view.active()).isNull();
    assertThat(view.modeReason()).isNull();
    assertThat(view.lastSequence()).isEqualTo(4);
    assertThat(view.nodes().getFirst().lag()).isNull();
  }

  @Test
  void readinessIsAnAnswerEitherWay() throws ClientException {
    node.answers(503, JSON, "{\"status\":\"DOWN\"}").answers(200, JSON, "{\"status\":\"UP\"}");
    assertThat(client.health().ready()).isFalse();
    assertThat(client.health().ready()).isTrue();
    assertThat(node.requests().getFirst().line()).isEqualTo("GET /health/readiness");
  }

  @Test
  void secondariesAreListed() throws ClientException {
    node.answers(
        200,
        JSON,
        "{\"secondaries\":[{\"id\":\"s\",\"url\":\"http://s:1\",\"voting\":true,\"status\":\"HEALTHY\"}]}");
    assertThat(client.secondaries())
        .containsExactly(new Secondary("s", "http://s:1", true, "HEALTHY"));
  }

  @Test
  void anotherKindOfServerIsSeen() {
    node.answers(200, "text/html", "<html></html>").answers(200, JSON, "[1]");
    assertThatThrownBy(() -> client.cluster()).isInstanceOf(BadAnswerException.class);
    assertThatThrownBy(() -> client.cluster()).isInstanceOf(BadAnswerException.class);
  }

  @Test
  void nobodyThereAndNoSuchHostAreTold() {
    node.close();
    assertThatThrownBy(() -> client.cluster())
        .isInstanceOf(UnreachableException.class)
        .hasMessageContaining(node.url().toString());
    try (ReplogClient nowhere = new ReplogClient(URI.create("http://no-such-host.invalid:1"))) {
      assertThatThrownBy(nowhere::cluster)
          .isInstanceOf(UnreachableException.class)
          .hasMessageContaining("no such host");
    }
  }

  @Test
  void linesAreBoundedAndUtf8() throws Exception {
    LineReader lines =
        new LineReader(
            new ByteArrayInputStream("a\r\n\nžž\n\u00ff".getBytes(StandardCharsets.UTF_8)), 4);
    assertThat(lines.next()).isEqualTo("a");
    assertThat(lines.next()).isEmpty();
    assertThat(lines.next()).isEqualTo("žž");
    assertThat(lines.next()).isEqualTo("ÿ");
    assertThat(lines.next()).isNull();
    LineReader bad =
        new LineReader(new ByteArrayInputStream(new byte[] {(byte) 0xff, '\n', 'b'}), 4);
    assertThatThrownBy(bad::next).isInstanceOf(CharacterCodingException.class);
    assertThat(bad.next()).isEqualTo("b");
    LineReader tooLong =
        new LineReader(new ByteArrayInputStream("abcde\n".getBytes(StandardCharsets.UTF_8)), 4);
    assertThatThrownBy(tooLong::next).isInstanceOf(LineReader.TooLongException.class);
  }
}
