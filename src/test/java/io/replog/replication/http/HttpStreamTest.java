package io.replog.replication.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.replog.replication.PeerMessage;
import io.replog.replication.PeerMessage.Fetched;
import io.replog.replication.RandomMessages;
import io.replog.replication.RecordingHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What is HTTP's own in the streams between nodes: refusals, other servers, the end of a process.
 */
@Timeout(value = 60, unit = SECONDS)
class HttpStreamTest {
  private final StreamServer server = new StreamServer();
  private final HttpPeerTransport transport =
      new HttpPeerTransport(
          PeersLoop.INSTANCE,
          Duration.ofSeconds(5),
          Duration.ofSeconds(20),
          StreamServer.QUEUE_LIMIT);

  @AfterEach
  void stop() {
    transport.close();
    server.close();
  }

  private static void until(Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(5))
        .until(condition);
  }

  private static String nobody() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "http://127.0.0.1:" + socket.getLocalPort();
    }
  }

  /** Opens where it cannot be opened and gives the reason. */
  private String refused(String url) {
    return refused(transport, url);
  }

  private static String refused(HttpPeerTransport transport, String url) {
    RecordingHandler handler = new RecordingHandler();
    transport.open(url, handler::opened, handler);
    until(() -> !handler.closedBecause().isEmpty());
    assertThat(handler.closedBecause()).hasSize(1);
    assertThat(handler.broken()).isEmpty();
    return handler.closedBecause().getFirst();
  }

  private static String lines(String... lines) {
    return String.join("\r\n", lines);
  }

  /** A server of one connection that answers these bytes, then waits for its end. */
  private String answering(byte[] answer) throws IOException {
    ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    Thread.ofVirtual()
        .start(
            () -> {
              try (socket;
                  Socket connection = socket.accept()) {
                connection.getOutputStream().write(answer);
                connection.getInputStream().transferTo(OutputStream.nullOutputStream());
              } catch (IOException e) {
                // the test has ended the connection
              }
            });
    return "http://127.0.0.1:" + socket.getLocalPort();
  }

  @Test
  void theReasonOfARefusalIsNamed() throws IOException {
    assertThat(refused(nobody())).startsWith("cannot connect: Connection refused");
    assertThat(refused(server.listen(link -> null)))
        .isEqualTo(
            "refused: 421 Misdirected Request: This node takes no streams: only a secondary takes"
                + " streams");
    assertThat(refused("http://localhost:" + server.port() + "/elsewhere"))
        .startsWith("refused: 404 Not Found");
    assertThat(refused("https://localhost:" + server.port())).startsWith("connection lost: ");
    assertThat(refused("ftp://localhost")).contains("no http or https URL");
    assertThat(refused("http://no.such.host.invalid")).contains("unknown host");
  }

  @Test
  void aPeerThatAnswersNothingIsGivenUp() throws IOException {
    try (HttpPeerTransport impatient =
        new HttpPeerTransport(
            PeersLoop.INSTANCE, Duration.ofMillis(300), Duration.ofMillis(400), 1 << 20)) {
      assertThat(refused(impatient, answering(new byte[0]))).isEqualTo("no answer within 400 ms");
    }
  }

  @Test
  void aPeerOfAnotherVersionIsNamed() throws IOException {
    String answer =
        lines(
            "HTTP/1.1 200 OK",
            "Transfer-Encoding: chunked",
            "Content-Type: application/vnd.replog.stream;version=1",
            "",
            "8",
            "replog\0\7",
            "");
    assertThat(refused(answering(answer.getBytes(ISO_8859_1))))
        .isEqualTo("the peer speaks version 7 of the stream, this node version 1");
  }

  @Test
  void anotherServerIsNotTakenForANode() throws IOException {
    String answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/plain\r\n\r\nOK";
    assertThat(refused(answering(answer.getBytes(ISO_8859_1)))).contains("text/plain");
    assertThat(refused(answering("220 smtp\r\n\r\n".getBytes(ISO_8859_1)))).contains("no HTTP");
  }

  @Test
  void anotherVersionIsRefusedWithBothNamed() throws Exception {
    String url = server.listen(link -> new RecordingHandler());
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (String type :
          List.of("application/vnd.replog.stream;version=2", "application/vnd.replog.stream")) {
        var response =
            client.send(
                HttpRequest.newBuilder(URI.create(url + "replicate"))
                    .header("Content-Type", type)
                    .POST(HttpRequest.BodyPublishers.ofString("anything"))
                    .build(),
                BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(415);
        assertThat(response.headers().firstValue("Content-Type"))
            .contains("application/problem+json");
        assertThat(response.headers().firstValue("Connection")).contains("close");
        assertThat(response.body())
            .contains("\"type\":\"urn:replog:problem:unsupported-media-type\"")
            .contains("\"requested\":\"" + type + "\"")
            .contains("\"supported\":\"application/vnd.replog.stream;version=1\"");
      }
    }
  }

  @Test
  void bytesThatAreNoMessageEndTheStream() throws IOException {
    RecordingHandler taker = new RecordingHandler();
    server.listen(
        link -> {
          taker.opened(link);
          return taker;
        });
    try (Socket socket = new Socket("localhost", server.port())) {
      String request =
          lines(
              "POST /below/replicate HTTP/1.1",
              "Host: x",
              "Transfer-Encoding: chunked",
              "Content-Type: application/vnd.replog.stream;version=1",
              "",
              "d",
              "replog\0\1\0\0\0\1c",
              "");
      socket.getOutputStream().write(request.getBytes(UTF_8));
      String answer = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
      assertThat(answer).startsWith("HTTP/1.1 200 OK").contains("replog\0\1");
    }
    until(() -> !taker.closedBecause().isEmpty());
    assertThat(taker.closedBecause()).containsExactly("no message has type 99");
  }

  @Test
  void anOpenerThatReadsNothingIsGivenUpToo() {
    CountDownLatch reading = new CountDownLatch(1);
    RecordingHandler taker = new RecordingHandler();
    String url =
        server.listen(
            link -> {
              taker.opened(link);
              return taker;
            });
    RecordingHandler opener = new RecordingHandler();
    opener.reacting((link, message) -> awaited(reading));
    transport.open(url, opener::opened, opener);
    until(opener::isOpen);
    PeerMessage message = new Fetched(1, ByteBuffer.allocate(64 << 10), RandomMessages.standing(1));
    for (int i = 0; i < 10_000 && taker.isOpen(); i++) {
      taker.link().send(message);
      assertThat(taker.link().queuedBytes()).isLessThan(StreamServer.QUEUE_LIMIT + (1 << 20));
      LockSupport.parkNanos(20_000);
    }
    assertThat(taker.closedBecause().getFirst()).contains("takes nothing");
    reading.countDown();
    until(() -> !opener.isOpen());
    assertThat(opener.broken()).isEmpty();
  }

  private static void awaited(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aServerThatStopsEndsItsStreams() {
    RecordingHandler opener = new RecordingHandler();
    RecordingHandler taker = new RecordingHandler();
    String url =
        server.listen(
            link -> {
              taker.opened(link);
              return taker;
            });
    transport.open(url, opener::opened, opener);
    until(opener::isOpen);
    opener.link().send(RandomMessages.numbered(1));
    until(() -> taker.count() == 1);
    server.endpoint().close();
    until(() -> !opener.isOpen() && !taker.isOpen());
    assertThat(taker.closedBecause()).containsExactly("closed by this node");
    assertThat(opener.closedBecause()).hasSize(1);
  }

  @Test
  void aTransportThatStopsEndsItsStreams() {
    RecordingHandler opener = new RecordingHandler();
    RecordingHandler taker = new RecordingHandler();
    String url =
        server.listen(
            link -> {
              taker.opened(link);
              return taker;
            });
    transport.open(url, opener::opened, opener);
    until(opener::isOpen);
    transport.close();
    until(() -> !opener.isOpen() && !taker.isOpen());
    RecordingHandler late = new RecordingHandler();
    until(
        () -> {
          transport.open(url, late::opened, late);
          return late.closedBecause().contains("this node is stopping");
        });
  }
}
