package io.replog.http;

import static io.replog.http.Api.list;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.replog.core.AppendOutcome.Copy;
import io.replog.core.NodeRole;
import io.replog.http.Api.Answer;
import io.replog.node.Node.EntryTrace;
import io.replog.node.Node.ReadPermit;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReadTest {
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
  void anEmptyLogIsAnEmptyList() {
    assertThat(api.get("/messages").body())
        .isEqualTo("{\"messages\":[],\"from\":1,\"next\":1,\"last\":0,\"committed\":0}");
  }

  @Test
  void theListSaysWhereItBeginsAndWhereToGoOn() {
    node.append("a");
    node.append("\"b\"\n\u20ac\ud83d\ude00\u0000");

    Answer answer = api.get("/messages");

    assertThat(answer.type()).isEqualTo("application/json");
    assertThat(answer.json())
        .isEqualTo(
            Map.of(
                "messages", List.of("a", "\"b\"\n\u20ac\ud83d\ude00\u0000"),
                "from", 1,
                "next", 3,
                "last", 2,
                "committed", 2));
  }

  @ParameterizedTest
  @CsvSource({
    "from=2,                  b c d e, 2, 6",
    "limit=2,                 a b,     1, 3",
    "from=2&limit=2,          b c,     2, 4",
    "from=5&limit=9,          e,       5, 6",
    "from=5&limit=9223372036854775807, e, 5, 6",
    "from=6,                  '',      6, 6",
    "from=99&limit=1,         '',      99, 99",
  })
  void aPageMayBeginAndEndWithinABatch(String query, String messages, int from, int next) {
    node.append("a");
    node.append("b", "c", "d");
    node.append("e");

    Map<String, Object> page = api.get("/messages?" + query).json();

    assertThat(list(page.get("messages")).stream().map(Object::toString))
        .containsExactly(messages.isEmpty() ? new String[0] : messages.split(" "));
    assertThat(page)
        .containsEntry("from", from)
        .containsEntry("next", next)
        .containsEntry("last", 5);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "from=0", "from=-1", "from=x", "from=", "from=1.5", "from=%2B1",
            "from=99999999999999999999",
        "limit=0", "limit=x", "from=1&from=2", "form=5", "concern=most", "concern=LOCAL", "wait=-1",
        "wait=60001", "wait=x", "atLeast=0", "atLeast=x"
      })
  void aBadQueryIsRefusedByName(String query) {
    Answer answer = api.get("/messages?" + query);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.problem()).isEqualTo("invalid-request");
    assertThat(answer.json().get("detail").toString()).contains(query.split("=", 2)[0]);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*/* | application/json",
        "application/* | application/json",
        "text/html, */*;q=0.1 | application/json",
        "application/x-ndjson | application/x-ndjson",
        "application/json;q=0.5, application/x-ndjson | application/x-ndjson",
        "application/x-ndjson;q=0.1, application/json;q=0.2 | application/json",
        "application/json;q=0, application/x-ndjson;q=0.1 | application/x-ndjson",
      })
  void theClientChoosesTheForm(String accept, String type) {
    assertThat(api.get("/messages", "Accept", accept).type()).isEqualTo(type);
  }

  @Test
  void aLineOfNdjsonIsARecord() {
    node.append("a");
    node.outcome = request -> node.append("x");

    Answer answer = api.get("/messages", "Accept", "application/x-ndjson");

    assertThat(answer.body())
        .isEqualTo(
            "{\"sequence\":1,\"epoch\":1,\"timestamp\":1001,\"message\":\"a\",\"hash\":\""
                + node.log().lastHash()
                + "\"}\n");
  }

  @Test
  void aRecordHasItsKey() {
    api.post("/messages", "{\"message\":\"a\"}", "Idempotency-Key", "k");

    assertThat(api.get("/messages", "Accept", "application/x-ndjson").json())
        .containsEntry("key", "k");
  }

  @Test
  void anEmptyLogIsNoLine() {
    Answer answer = api.get("/messages", "Accept", "application/x-ndjson");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void aMajorityReadEndsAtTheCommittedSequence() {
    node.append("a");
    node.appendUncommitted("b");

    assertThat(api.get("/messages").json())
        .containsEntry("messages", List.of("a", "b"))
        .containsEntry("last", 2)
        .containsEntry("committed", 1);
    assertThat(api.get("/messages?concern=majority").json())
        .containsEntry("messages", List.of("a"))
        .containsEntry("next", 2)
        .containsEntry("last", 1);
  }

  @Test
  void aLinearizableReadAsksForItsPermit() {
    node.append("a");
    node.appendUncommitted("b");
    node.permit = new ReadPermit.Granted(1);
    assertThat(api.get("/messages?concern=linearizable").json())
        .containsEntry("messages", List.of("a"));

    node.permit = new ReadPermit.NotMaster("http://m:8080");
    Answer misdirected = api.get("/messages?concern=linearizable");
    assertThat(misdirected.status()).isEqualTo(421);
    assertThat(misdirected.problem()).isEqualTo("not-master");
    assertThat(misdirected.json()).containsEntry("active", "http://m:8080");

    node.permit = new ReadPermit.NoQuorum(2, 1);
    Answer alone = api.get("/messages?concern=linearizable");
    assertThat(alone.status()).isEqualTo(503);
    assertThat(alone.problem()).isEqualTo("no-quorum");
    assertThat(alone.header("Retry-After")).isEqualTo("1");
  }

  @Test
  void aLongPollIsAnsweredWhenTheEntryComes() {
    CompletableFuture<Answer> poll = api.later(api.request("/messages?wait=20000&from=2").build());
    await().until(() -> node.listeners() == 1);
    node.append("a");
    assertThat(poll).isNotDone();
    node.append("b");

    assertThat(poll.join().json()).containsEntry("messages", List.of("b"));
    await().until(() -> node.listeners() == 0);
  }

  @Test
  void aLongPollThatWaitsInVainIsAnEmptyList() {
    Answer answer = api.get("/messages?wait=100");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json()).containsEntry("messages", List.of());
    assertThat(node.listeners()).isZero();
  }

  @Test
  void aLongPollOfAClientThatWentAwayIsFreed() throws Exception {
    try (Socket socket = api.connect()) {
      socket
          .getOutputStream()
          .write(
              "GET /messages?wait=60000 HTTP/1.1\r\nHost: x\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      await().until(() -> node.listeners() == 1);
    }
    await().atMost(Duration.ofSeconds(2)).until(() -> node.listeners() == 0);
  }

  @Test
  void aNodeThatIsBehindSaysSo() {
    node.append("a");

    assertThat(api.get("/messages?atLeast=1").status()).isEqualTo(200);
    Answer behind = api.get("/messages?atLeast=2&wait=50");

    assertThat(behind.status()).isEqualTo(503);
    assertThat(behind.problem()).isEqualTo("behind");
    assertThat(behind.json()).containsEntry("atLeast", 2).containsEntry("last", 1);
    assertThat(behind.header("Retry-After")).isEqualTo("1");
  }

  @Test
  void aNodeThatCatchesUpInTimeAnswersFromTheBeginning() {
    CompletableFuture<Answer> read =
        api.later(api.request("/messages?atLeast=2&wait=20000").build());
    await().until(() -> node.listeners() == 1);
    node.append("a", "b");

    assertThat(read.join().json()).containsEntry("messages", List.of("a", "b"));
  }

  @Test
  void oneEntryComesWithWhoHasIt() {
    node.append("a", "b");
    node.trace =
        new EntryTrace(
            List.of(new Copy("master-0", true, true, 1.25)),
            List.of(new EntryTrace.Event(1001, "master-0", "appended")));

    Map<String, Object> entry = api.get("/messages/2").json();

    assertThat(entry)
        .containsEntry("sequence", 2)
        .containsEntry("message", "b")
        .containsEntry("hash", node.log().lastHash().toString())
        .containsEntry("committed", true)
        .containsEntry(
            "copies",
            List.of(Map.of("node", "master-0", "stored", true, "durable", true, "ms", 1.25)))
        .containsEntry(
            "timeline", List.of(Map.of("at", 1001, "node", "master-0", "event", "appended")));
  }

  @Test
  void whatIsNotRememberedOfAnEntryIsLeftOut() {
    node.appendUncommitted("a");

    assertThat(api.get("/messages/1").json())
        .containsEntry("committed", false)
        .doesNotContainKeys("copies", "timeline", "key");
  }

  @ParameterizedTest
  @CsvSource({
    "/messages/0, 404", "/messages/2, 404", "/messages/9223372036854775807, 404",
    "/messages/x, 400", "/messages/-1, 400", "/messages/1?x=1, 400",
    "/hash/2, 404", "/hash/x, 400", "/hash/99999999999999999999, 400"
  })
  void anEntryThatIsNotThereIsNotFound(String path, int status) {
    node.append("a");

    Answer answer = api.get(path);

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.problem()).isEqualTo(status == 404 ? "not-found" : "invalid-request");
  }

  @Test
  void theHashOfASequenceIsLowerCaseHex() {
    node.append("a");

    assertThat(api.get("/hash/1").body())
        .isEqualTo("{\"sequence\":1,\"hash\":\"" + node.log().lastHash() + "\"}");
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
}
