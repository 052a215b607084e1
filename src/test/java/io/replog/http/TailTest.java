package io.replog.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.replog.http.Api.Answer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TailTest {
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
  void aTailGreetsAtOnceAndGoesOnAsTheLogGrows() throws Exception {
    try (BufferedReader tail = tail("/messages")) {
      assertThat(tail.readLine()).isEqualTo(": ok");
      assertThat(tail.readLine()).isEmpty();
      node.append("a\nb");
      assertThat(tail.readLine()).isEqualTo("id: 1");
      assertThat(data(tail)).containsEntry("sequence", 1).containsEntry("message", "a\nb");
      assertThat(tail.readLine()).isEmpty();
      node.append("c", "d");
      assertThat(tail.readLine()).isEqualTo("id: 2");
      assertThat(data(tail))
          .containsKeys("sequence", "epoch", "timestamp", "message", "hash")
          .doesNotContainKey("key");
      assertThat(tail.readLine()).isEmpty();
      assertThat(tail.readLine()).isEqualTo("id: 3");
    }
    await().atMost(Duration.ofSeconds(2)).until(() -> node.listeners() == 0);
  }

  @Test
  void aTailResumesAfterTheLastEventThatWasSeen() throws Exception {
    node.append("a", "b", "c");

    assertThat(firstId("/messages", "Last-Event-ID", "2")).isEqualTo("id: 3");
    assertThat(firstId("/messages?from=1", "Last-Event-ID", "1")).isEqualTo("id: 2");
    assertThat(firstId("/messages?from=3")).isEqualTo("id: 3");
    assertThat(firstId("/messages", "Last-Event-ID", "")).isEqualTo("id: 1");
  }

  @Test
  void aTailOfTheMajorityShowsWhatIsCommittedOnly() throws Exception {
    node.append("a");
    node.appendUncommitted("b");
    try (BufferedReader tail = tail("/messages?concern=majority")) {
      assertThat(nextId(tail)).isEqualTo("id: 1");
      node.append("c");
      assertThat(nextId(tail)).isEqualTo("id: 2");
      assertThat(nextId(tail)).isEqualTo("id: 3");
    }
  }

  @Test
  void aTailEndsWhenWhatItShowedIsCutOff() throws Exception {
    node.append("a");
    node.append("b");
    try (BufferedReader tail = tail("/messages")) {
      assertThat(nextId(tail)).isEqualTo("id: 1");
      assertThat(nextId(tail)).isEqualTo("id: 2");
      node.cutAfter(1);
      node.append("B");
      assertThat(tail.lines().filter(line -> line.startsWith("id:"))).isEmpty();
    }
    assertThat(firstId("/messages", "Last-Event-ID", "1")).isEqualTo("id: 2");
  }

  @Test
  void aTailOutlivesACutOfWhatItHasNotShown() throws Exception {
    node.append("a");
    node.appendUncommitted("b");
    try (BufferedReader tail = tail("/messages?concern=majority")) {
      assertThat(nextId(tail)).isEqualTo("id: 1");
      node.cutAfter(1);
      node.append("B");
      assertThat(nextId(tail)).isEqualTo("id: 2");
      assertThat(data(tail)).containsEntry("message", "B");
    }
  }

  @Test
  void aTailWithALimitEnds() throws Exception {
    node.append("a", "b", "c");
    try (BufferedReader tail = tail("/messages?limit=2")) {
      assertThat(tail.lines().filter(line -> line.startsWith("id:")))
          .containsExactly("id: 1", "id: 2");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"from=0", "concern=linearizable", "wait=1", "atLeast=1", "x=1"})
  void aTailRefusesWhatItCannotHeed(String query) {
    Answer answer = api.get("/messages?" + query, "Accept", "text/event-stream");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.problem()).isEqualTo("invalid-request");
  }

  @Test
  void aLastEventThatIsNoSequenceIsRefused() {
    Answer answer =
        api.get("/messages", "Accept", "text/event-stream", "Last-Event-ID", "yesterday");

    assertThat(answer.problem()).isEqualTo("invalid-request");
  }

  /** More than the sockets' buffers hold; the server's heap must not grow by it. */
  @Test
  void aSlowReaderIsNotReadAheadFor() throws Exception {
    String message = "m".repeat(100_000);
    try (Socket socket = api.connect()) {
      socket.setReceiveBufferSize(8192);
      socket
          .getOutputStream()
          .write(
              "GET /messages HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n"
                  .getBytes(US_ASCII));
      await().until(() -> node.listeners() == 1);
      long before = usedMemory();
      for (int i = 0; i < 1000; i++) {
        node.append(message);
      }
      assertThat(usedMemory() - before).isLessThan(30 << 20);
    }
    await().atMost(Duration.ofSeconds(5)).until(() -> node.listeners() == 0);
  }

  @Test
  void aLongListIsStreamedWithFlatMemory() throws Exception {
    String message = "m".repeat(1000);
    String[] batch = new String[1000];
    java.util.Arrays.fill(batch, message);
    for (int i = 0; i < 100; i++) {
      node.append(batch);
    }
    long before = usedMemory();
    long most = 0;
    long bytes = 0;
    try (var list = api.stream("/messages")) {
      byte[] buffer = new byte[1 << 20];
      int n;
      while ((n = list.readNBytes(buffer, 0, buffer.length)) > 0) {
        bytes += n;
        if (bytes % (10 << 20) == 0) {
          most = Math.max(most, usedMemory() - before);
        }
      }
    }
    assertThat(bytes).isGreaterThan(100_000_000);
    assertThat(most).isLessThan(30 << 20);
  }

  @Test
  void aListThatLosesItsEndIsCutOffNotCompleted() throws Exception {
    String message = "m".repeat(100_000);
    for (int i = 0; i < 300; i++) {
      node.append(message);
    }
    try (var list = api.stream("/messages")) {
      list.readNBytes(1000);
      node.cutAfter(10);
      org.assertj.core.api.Assertions.assertThatThrownBy(list::readAllBytes)
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void theClusterComesAtOnceAndAtEveryChange() throws Exception {
    int before = node.clusterListeners();
    try (BufferedReader events = tail("/cluster/events")) {
      assertThat(events.readLine()).isEqualTo(": ok");
      assertThat(events.readLine()).isEmpty();
      assertThat(data(events)).containsEntry("node", "master-0").containsEntry("role", "MASTER");
      assertThat(events.readLine()).isEmpty();
      node.changeCluster(FakeNode.view(io.replog.core.NodeRole.STANDBY, List.of()));
      assertThat(data(events)).containsEntry("role", "STANDBY");
    }
    await().atMost(Duration.ofSeconds(2)).until(() -> node.clusterListeners() == before);
  }

  @Test
  void aNodeThatStopsEndsItsTailsInOrder() throws Exception {
    node.append("a");
    try (BufferedReader tail = tail("/messages")) {
      assertThat(nextId(tail)).isEqualTo("id: 1");
      Thread stopping = Thread.startVirtualThread(api::stopServer);
      assertThat(tail.lines().toList()).hasSize(2);
      assertThat(stopping.join(Duration.ofSeconds(4))).isTrue();
    }
  }

  private static long usedMemory() throws InterruptedException {
    Runtime runtime = Runtime.getRuntime();
    System.gc();
    Thread.sleep(20);
    System.gc();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private BufferedReader tail(String path, String... headers) throws Exception {
    String[] all = java.util.Arrays.copyOf(headers, headers.length + 2);
    all[headers.length] = "Accept";
    all[headers.length + 1] = "text/event-stream";
    return new BufferedReader(new InputStreamReader(api.stream(path, all), UTF_8));
  }

  private String firstId(String path, String... headers) throws Exception {
    try (BufferedReader tail = tail(path, headers)) {
      return nextId(tail);
    }
  }

  private static String nextId(BufferedReader tail) throws IOException {
    String line;
    do {
      line = tail.readLine();
    } while (!line.startsWith("id:"));
    return line;
  }

  private static Map<String, Object> data(BufferedReader tail) throws IOException {
    String line = tail.readLine();
    assertThat(line).startsWith("data: ");
    return Api.json(line.substring("data: ".length()));
  }
}
