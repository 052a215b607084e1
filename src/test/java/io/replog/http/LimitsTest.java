package io.replog.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client may cost, with limits short enough to be waited for. */
@Timeout(60)
class LimitsTest {
  private static final int CONNECTIONS = 12;
  private static final int STREAMS = 3;

  @TempDir static Path directory;
  private static Api api;

  @BeforeAll
  static void start() {
    api =
        Api.limited(
            directory,
            new HttpLimits(
                CONNECTIONS,
                STREAMS,
                Duration.ofMillis(1500),
                Duration.ofMillis(800),
                Duration.ofMillis(800)));
    api.node.append("a");
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  @Test
  void aHeadThatComesTooSlowlyIsNotWaitedFor() throws Exception {
    try (Socket socket = api.connect()) {
      long began = System.nanoTime();
      byte[] head = "GET /messages HTTP/1.1\r\nHost: x\r\nX-Slow: ".getBytes(UTF_8);
      assertThat(drip(socket, head)).as("answer").isEmpty();
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofSeconds(1));
    }
  }

  @Test
  void aBodyThatComesTooSlowlyIsAnswered408() throws Exception {
    long before = api.node.log().lastSequence();
    try (Socket socket = api.connect()) {
      socket
          .getOutputStream()
          .write(
              "POST /messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{\"message\":\""
                  .getBytes(UTF_8));
      String answer = drip(socket, "m".repeat(40).getBytes(UTF_8));
      assertThat(answer).startsWith("HTTP/1.1 408 ").contains("urn:replog:problem:too-slow");
    }
    assertThat(api.node.log().lastSequence()).isEqualTo(before);
  }

  /** Sends a byte now and then until the other end closes; returns what it said. */
  private static String drip(Socket socket, byte[] bytes) throws Exception {
    StringBuilder answer = new StringBuilder();
    socket.setSoTimeout(100);
    for (int i = 0; i < 100; i++) {
      try {
        socket.getOutputStream().write(i < bytes.length ? bytes[i] : 'x');
        int read = socket.getInputStream().read();
        if (read < 0) {
          return answer.toString();
        }
        answer.append((char) read);
        answer.append(new String(socket.getInputStream().readAllBytes(), ISO_8859_1));
        return answer.toString();
      } catch (SocketTimeoutException e) {
        // goes on
      } catch (SocketException closed) {
        return answer.toString();
      }
    }
    throw new AssertionError("still open after 10 s");
  }

  @Test
  void anAnswerThatIsWaitedForIsNotIdle() {
    api.node.answers = false;
    var later = api.later(api.append("{\"message\":\"m\",\"w\":1}"));
    assertThatThrownBy(() -> later.get(3, java.util.concurrent.TimeUnit.SECONDS))
        .isInstanceOf(java.util.concurrent.TimeoutException.class);
    api.node.answers = true;
    assertThat(later).isNotCompletedExceptionally();
    later.cancel(true);
  }

  @Test
  void aReaderThatTakesNothingIsCutOffAndResumes() throws Exception {
    String message = "x".repeat(200_000);
    for (int i = 0; i < 60; i++) {
      api.node.append(message);
    }
    try (Socket socket = new Socket()) {
      socket.setReceiveBufferSize(4096);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), api.port()));
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write(
              "GET /messages HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n"
                  .getBytes(UTF_8));
      InputStream in = socket.getInputStream();
      byte[] first = in.readNBytes(1000);
      assertThat(new String(first, UTF_8)).contains("id: 1\n");
      Thread.sleep(3000);
      assertThatThrownBy(
              () -> {
                byte[] rest = in.readAllBytes();
                // an end without the last chunk is as good as a reset
                if (!new String(rest, UTF_8).endsWith("0\r\n\r\n")) {
                  throw new IOException("cut off");
                }
              })
          .isInstanceOf(IOException.class);
    }
    try (InputStream resumed =
        api.stream("/messages", "Accept", "text/event-stream", "Last-Event-ID", "5")) {
      assertThat(new String(resumed.readNBytes(40), UTF_8)).contains("id: 6\n");
    }
  }

  @Test
  void moreConnectionsThanAllowedAreTurnedAway(@TempDir Path ownDirectory) throws Exception {
    // nothing else closes a connection here, as nobody is ever idle or slow for long enough
    Duration never = Duration.ofMinutes(5);
    HttpLimits few = new HttpLimits(CONNECTIONS, STREAMS, never, never, never);
    List<Socket> open = new ArrayList<>();
    try (Api own = Api.limited(ownDirectory, few)) {
      for (int i = 0; i < CONNECTIONS + 3; i++) {
        open.add(own.connect());
      }
      // several event loops take them up, so which of them are too many is not known
      await().untilAsserted(() -> assertThat(closed(open)).isGreaterThanOrEqualTo(3));
      for (Socket socket : open) {
        socket.close();
      }
      await().untilAsserted(() -> assertThat(served(own)).isTrue());
    } finally {
      for (Socket socket : open) {
        socket.close();
      }
    }
  }

  /** Whether a new connection is served. */
  private static boolean served(Api api) throws IOException {
    try (Socket socket = api.connect()) {
      socket
          .getOutputStream()
          .write("GET /health/liveness HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8));
      return new String(socket.getInputStream().readNBytes(12), UTF_8).equals("HTTP/1.1 200");
    } catch (SocketException turnedAway) {
      return false;
    }
  }

  private static long closed(List<Socket> sockets) throws IOException {
    long closed = 0;
    for (Socket socket : sockets) {
      closed += isClosed(socket) ? 1 : 0;
    }
    return closed;
  }

  private static boolean isClosed(Socket socket) throws IOException {
    socket.setSoTimeout(20);
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketTimeoutException open) {
      return false;
    } catch (SocketException reset) {
      return true;
    }
  }

  @Test
  void moreLiveStreamsThanAllowedAreRefused() throws Exception {
    List<InputStream> open = new ArrayList<>();
    try {
      for (int i = 0; i < STREAMS; i++) {
        open.add(api.stream("/cluster/events", "Accept", "text/event-stream"));
      }
      Api.Answer refused = api.get("/cluster/events", "Accept", "text/event-stream");
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.problem()).isEqualTo("overloaded");
      assertThat(refused.header("Retry-After")).isEqualTo("1");
    } finally {
      for (InputStream stream : open) {
        stream.close();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /messages, 8200, 0, 431, headers-too-large, 8192",
    "GET, /messages, 3000, 3, 431, headers-too-large, 8192",
    "POST, /messages?from=, 0, 0, 414, uri-too-long, 4096",
  })
  void aHeadThatIsTooLongIsRefusedSayingWhatOfItAndTheConnectionEnds(
      String method, String path, int size, int more, int status, String name, int allowed)
      throws Exception {
    String line = size == 0 ? path + "1".repeat(5000) : path;
    String headers = ("X: " + "a".repeat(size) + "\r\n").repeat(more + 1);
    String head = method + " " + line + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n";
    String answer = api.raw(head.getBytes(UTF_8));
    assertThat(answer).matches("(?s)HTTP/1.[01] " + status + " .*").contains("onnection: close");
    assertThat(answer)
        .contains("urn:replog:problem:" + name, "\"allowed\":" + allowed)
        .doesNotContain("aaaa");
    assertThat(api.get("/messages?limit=1").status()).isEqualTo(200);
  }

  @Test
  void aHeadThatIsJustNotTooLongIsTaken() {
    assertThat(api.get("/messages?limit=1", "X", "a".repeat(7900)).status()).isEqualTo(200);
  }

  @Test
  void whatIsCompressedIsRefusedUnread() {
    Api.Answer answer =
        api.send(
            api.request("/messages", "Content-Type", "application/json", "Content-Encoding", "gzip")
                .POST(BodyPublishers.ofByteArray(new byte[] {0x1f, (byte) 0x8b, 8, 0}))
                .build());
    assertThat(answer.status()).isEqualTo(415);
    assertThat(answer.problem()).isEqualTo("unsupported-media-type");
  }

  @Test
  void longBodiesShareABudget() {
    BodyBudget budget = new BodyBudget(RequestBody.LONGEST);
    budget.take(RequestBody.LONGEST);
    assertThatThrownBy(() -> budget.take(BodyBudget.SHORT + 1))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("long bodies");
    budget.release(RequestBody.LONGEST);
    budget.take(RequestBody.LONGEST);
  }
}
