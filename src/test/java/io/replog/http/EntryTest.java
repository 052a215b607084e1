package io.replog.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.replog.core.AppendOutcome.Copy;
import io.replog.http.Api.Answer;
import io.replog.node.Node.EntryTrace;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One entry, and the hash of the log at it. */
class EntryTest {
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
  void oneEntryComesWithWhoHasIt() {
    node.append("a", "b");
    node.trace =
        new EntryTrace(
            List.of(new Copy("master-0", true, true, 1.25)),
            List.of(new EntryTrace.Event(1001, 0.25, "master-0", "appended")));

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
            "timeline",
            List.of(Map.of("at", 1001, "ms", 0.25, "node", "master-0", "event", "appended")));
  }

  /** Six times as long as JSON as it is in the log, and in no place as a whole. */
  @ParameterizedTest
  @ValueSource(strings = {"/messages/2", "/messages", "/messages?from=2&limit=1"})
  void aLongEntryLeavesInPieces(String path) {
    String message = "\u0001\u20ac".repeat(250_000);
    node.append("a");
    node.append(message, "b");

    Answer answer = api.get(path);

    assertThat(answer.header("Content-Length")).isNull();
    assertThat(answer.header("Transfer-Encoding")).isEqualTo("chunked");
    Map<String, Object> json = answer.json();
    Object found = json.containsKey("messages") ? json.get("messages") : json.get("message");
    assertThat(found.toString().replace(message, "M")).isIn("M", "[a, M, b]", "[M]");
  }

  @Test
  void aLongEntryIsTheSameInEveryForm() {
    node.append("a", "\"\u0001".repeat(200_000), "c");

    String line = api.get("/messages?from=2&limit=1", "Accept", "application/x-ndjson").body();
    String event = api.get("/messages?from=2&limit=1", "Accept", "text/event-stream").body();
    String alone = api.get("/messages/2").body();

    assertThat(event).isEqualTo(": ok\n\nid: 2\ndata: " + line + "\n");
    assertThat(alone).isEqualTo(line.replace("}\n", ",\"committed\":true}"));
  }

  /** The event loop is the node's own thread: an election must not wait for a client's JSON. */
  @Test
  void anEntryIsNotWrittenOnTheEventLoop() {
    node.append("a");
    Set<String> threads = ConcurrentHashMap.newKeySet();
    List<Copy> copies =
        new AbstractList<>() {
          @Override
          public Copy get(int index) {
            threads.add(Thread.currentThread().getName());
            return new Copy("master-0", true, true, 1);
          }

          @Override
          public int size() {
            return 1;
          }
        };
    node.trace = new EntryTrace(copies, List.of());

    assertThat(api.get("/messages/1").json()).containsKey("copies");

    assertThat(threads).isNotEmpty().allMatch(name -> name.startsWith("reader-"));
  }

  @Test
  void oneEntryIsALineOfNdjsonWhereThatIsAskedFor() {
    node.append("a");
    String json = api.get("/messages/1").body();

    Answer line = api.get("/messages/1", "Accept", "application/x-ndjson");

    assertThat(line.status()).isEqualTo(200);
    assertThat(line.type()).isEqualTo("application/x-ndjson");
    assertThat(line.body()).isEqualTo(json + "\n");
    assertThat(api.get("/messages/1", "Accept", "*/*").type()).isEqualTo("application/json");
    assertThat(api.get("/messages/1", "Accept", "text/html").problem()).isEqualTo("not-acceptable");
    assertThat(api.get("/messages/2", "Accept", "application/x-ndjson").problem())
        .isEqualTo("not-found");
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
}
