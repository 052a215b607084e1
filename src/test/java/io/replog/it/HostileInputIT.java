package io.replog.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is sent to do harm, over bare sockets, at a real node of little memory. Whatever it is: no
 * entry comes of it, the node lives, and its heap is what it was.
 */
class HostileInputIT {
  private static final int MIB = 1 << 20;
  private static final List<String> LITTLE =
      List.of(
          "-Xmx64m",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:+ExitOnOutOfMemoryError",
          "-XX:-UsePerfData",
          NodeMemory.COUNTED);

  /** Every request of the list so often, all of a round at once. */
  private static final int ROUNDS = 6;

  private static final long MOST_GROWTH = MIB;
  private static final long MOST_LOADED = 2L * MIB;

  /** Outside the heap: what a few connections at once take from the pool, which keeps it. */
  private static final long MOST_BUFFERS = 8L * MIB;

  @RegisterExtension static final Processes processes = Processes.ofAllTests();

  private static TestNode node;
  private static NodeMemory atTheStart;

  @BeforeAll
  static void start() {
    int port = Ports.free();
    var data = processes.newDirectory("master-0");
    ReplogProcess process =
        processes.add(
            "master-0",
            LITTLE,
            List.of("master", "--port", "" + port, "--data", data.toString()),
            Map.of("REPLOG_LIMITS_CONNECTIONS", "300"));
    node = new TestNode("master-0", port, data, process, new NodeApi(TestNode.url(port)));
    node.start();
    node.awaitReady();
    node.api().append(Append.of("the only one").w(1)).expect(201);
    atTheStart = NodeMemory.of(node.process());
  }

  /** After all of it: what was loaded to answer it is there, and no more than that. */
  @AfterAll
  static void theHeapIsWhatItWas() {
    assertHolds(atTheStart, MOST_LOADED);
  }

  private static void assertHolds(NodeMemory before, long more) {
    Wait.untilAsserted(
        "the node holds what it held",
        java.time.Duration.ofSeconds(20),
        () -> {
          NodeMemory after = NodeMemory.of(node.process());
          assertThat(after.heap())
              .as("%s, then %s", before, after)
              .isLessThan(before.heap() + more);
          assertThat(after.buffers())
              .as("%s, then %s", before, after)
              .isLessThan(before.buffers() + MOST_BUFFERS);
        });
    System.out.println("hostile input: " + before + "; then " + NodeMemory.of(node.process()));
  }

  @AfterEach
  void nothingHasChanged() {
    assertThat(node.process().isAlive()).isTrue();
    Wait.until(
        "the node answers",
        java.time.Duration.ofSeconds(20),
        () -> node.api().ask("/health/liveness").status() == 200);
    assertThat(node.api().messages()).containsExactly("the only one");
    assertThat(node.process().output()).doesNotContain("OutOfMemory");
  }

  private static String post(String headers, String body) {
    return "POST /messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        + headers
        + "\r\n"
        + body;
  }

  static Stream<Arguments> requests() {
    String append = "{\"message\":\"smuggled\",\"w\":1}";
    String hidden =
        "POST /messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
            + append.length()
            + "\r\n\r\n"
            + append;
    return Stream.of(
        Arguments.of(
            "both lengths, chunks first",
            post("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", "0\r\n\r\n" + hidden)),
        Arguments.of(
            "both lengths, length first",
            post("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\nX" + hidden)),
        Arguments.of(
            "an encoding that is not quite chunked",
            post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n" + hidden)),
        Arguments.of(
            "an encoding twice",
            post(
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
                "0\r\n\r\n" + hidden)),
        Arguments.of(
            "a blank before the colon",
            post("Transfer-Encoding : chunked\r\nContent-Length: 4\r\n", "0\r\n\r\n" + hidden)),
        Arguments.of(
            "a folded header",
            post(
                "X: 1\r\n Transfer-Encoding: chunked\r\nContent-Length: "
                    + (5 + hidden.length())
                    + "\r\n",
                "0\r\n\r\n" + hidden)),
        Arguments.of(
            "lengths that differ",
            post("Content-Length: 5\r\nContent-Length: 90\r\n", "0\r\n\r\n" + hidden)),
        Arguments.of("a list of lengths", post("Content-Length: 5, 90\r\n", "0\r\n\r\n" + hidden)),
        Arguments.of("a signed length", post("Content-Length: +5\r\n", "0\r\n\r\n" + hidden)),
        Arguments.of(
            "a chunk of 2^64",
            post("Transfer-Encoding: chunked\r\n", "10000000000000000\r\n" + append)),
        Arguments.of("a negative chunk", post("Transfer-Encoding: chunked\r\n", "-5\r\n" + append)),
        Arguments.of(
            "an endless chunk extension",
            post("Transfer-Encoding: chunked\r\n", "5;" + "a".repeat(2 * MIB))),
        Arguments.of(
            "an endless trailer",
            post("Transfer-Encoding: chunked\r\n", "0\r\nX: " + "a".repeat(2 * MIB))),
        Arguments.of("no host", "POST /messages HTTP/1.1\r\nContent-Length: 0\r\n\r\n"),
        Arguments.of("a NUL in a header", post("X: a\0b\r\nContent-Length: 2\r\n", "{}")),
        Arguments.of("a bare CR in a header", post("X: a\rY: b\r\nContent-Length: 2\r\n", "{}")),
        Arguments.of("an endless header", "GET / HTTP/1.1\r\nX: " + "a".repeat(4 * MIB)),
        Arguments.of("endless headers", "GET / HTTP/1.1\r\n" + "X: y\r\n".repeat(500_000)),
        Arguments.of("an endless line", "GET /" + "a".repeat(4 * MIB)),
        Arguments.of("an endless query", "GET /messages?" + "a=b&".repeat(MIB) + " HTTP/1.1\r\n"),
        Arguments.of(
            "another protocol on the line", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "\0".repeat(64)),
        Arguments.of(
            "an upgrade",
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n"),
        Arguments.of("CONNECT", "CONNECT other:80 HTTP/1.1\r\nHost: other\r\n\r\n"),
        Arguments.of("TRACE", "TRACE / HTTP/1.1\r\nHost: x\r\n\r\n"),
        Arguments.of(
            "a path out of the page", "GET /../../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n"),
        Arguments.of(
            "an encoded path out of the page",
            "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n"),
        Arguments.of(
            "an encoded slash in an id",
            "GET /messages/..%2f..%2fcluster HTTP/1.1\r\nHost: x\r\n\r\n"),
        Arguments.of(
            "a hundred thousand lists",
            post("Content-Length: 200012\r\n", "{\"message\":" + "[".repeat(200_000) + "}")),
        Arguments.of(
            "a number of a million digits",
            post(
                "Content-Length: 1000019\r\n",
                "{\"message\":1,\"w\":" + "9".repeat(1_000_001) + "}")),
        Arguments.of(
            "a name of a million characters",
            post(
                "Content-Length: 1000018\r\n",
                "{\"" + "n".repeat(1_000_000) + "\":1,\"message\":1}")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("requests")
  void nothingComesOfIt(String what, String request) throws IOException {
    String answer = send(request.getBytes(ISO_8859_1));

    assertThat(answer).as(what).doesNotContain("HTTP/1.1 201").doesNotContain("root:");
    // whatever else it thinks of it, nobody hears of the inside
    assertThat(answer).doesNotContain("Exception", "io.netty", "io.micronaut");
  }

  /** The first round is not counted: by it the node loads what it needs for such answers. */
  @Test
  void nothingStaysInMemoryOfIt() throws InterruptedException {
    round();
    NodeMemory before = NodeMemory.of(node.process());
    long sent = 0;
    for (int i = 0; i < ROUNDS; i++) {
      sent += round();
    }
    assertHolds(before, MOST_GROWTH);
    assertThat(sent).isGreaterThan(50 * MOST_GROWTH);
  }

  /** Sends everything at once; returns how many bytes that were. */
  private static long round() throws InterruptedException {
    List<String> requests = requests().map(one -> (String) one.get()[1]).toList();
    List<String> believed = java.util.Collections.synchronizedList(new ArrayList<>());
    List<Thread> senders = new ArrayList<>();
    for (String request : requests) {
      senders.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    if (!isRefused(request)) {
                      believed.add(request);
                    }
                  }));
    }
    for (Thread sender : senders) {
      sender.join();
    }
    assertThat(believed).isEmpty();
    return requests.stream().mapToLong(String::length).sum();
  }

  private static boolean isRefused(String request) {
    try {
      return !send(request.getBytes(ISO_8859_1)).contains("HTTP/1.1 201");
    } catch (IOException closed) {
      return true;
    }
  }

  @Test
  void aSmallBodyThatWouldBeAHugeOneIsNotUnpacked() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write("{\"message\":\"".getBytes(ISO_8859_1));
      byte[] blanks = new byte[MIB];
      for (int i = 0; i < 200; i++) {
        gzip.write(blanks);
      }
    }
    for (String encoding : List.of("gzip", "deflate", "br", "zstd", "GZIP")) {
      ByteArrayOutputStream request = new ByteArrayOutputStream();
      request.writeBytes(
          post(
                  "Content-Encoding: " + encoding + "\r\nContent-Length: " + packed.size() + "\r\n",
                  "")
              .getBytes(ISO_8859_1));
      request.writeBytes(packed.toByteArray());
      assertThat(send(request.toByteArray())).as(encoding).startsWith("HTTP/1.1 415 ");
    }
  }

  @Test
  void manyOfTheLongestBodiesAtOnceAreNotAllHeld() throws IOException {
    List<Socket> open = new ArrayList<>();
    byte[] head =
        post("Content-Length: " + 8 * MIB + "\r\n", "{\"message\":\"").getBytes(ISO_8859_1);
    byte[] most = new byte[7 * MIB];
    java.util.Arrays.fill(most, (byte) 'm');
    int refused = 0;
    try {
      for (int i = 0; i < 20; i++) {
        Socket socket = connect();
        open.add(socket);
        socket.setSoTimeout(1000);
        Thread.ofVirtual()
            .start(
                () -> {
                  pour(socket, head);
                  pour(socket, most);
                });
      }
      for (Socket socket : open) {
        try {
          if (answerHead(socket).startsWith("HTTP/1.1 503 ")) {
            refused++;
          }
        } catch (SocketException closed) {
          refused++;
        }
      }
      assertThat(refused).isGreaterThan(10);
      assertThat(node.api().ask("/health/liveness").status()).isEqualTo(200);
    } finally {
      for (Socket socket : open) {
        socket.close();
      }
    }
  }

  @Test
  void aThousandRequestsThatNobodyReadsTheAnswersOfAreNotAllAnswered() throws IOException {
    byte[] request =
        "GET /openapi.yml HTTP/1.1\r\nHost: x\r\n\r\n".repeat(1000).getBytes(ISO_8859_1);
    List<Socket> open = new ArrayList<>();
    try {
      for (int i = 0; i < 20; i++) {
        Socket socket = connect();
        open.add(socket);
        Thread.ofVirtual().start(() -> pour(socket, request));
      }
      Wait.until(
          "the node still answers others",
          java.time.Duration.ofSeconds(20),
          () -> node.api().ask("/health/liveness").status() == 200);
    } finally {
      for (Socket socket : open) {
        socket.close();
      }
    }
  }

  @Test
  void aHundredConnectionsThatSayNothingKeepNobodyOut() throws IOException {
    List<Socket> open = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        Socket socket = connect();
        open.add(socket);
        socket.getOutputStream().write("POST /messages HTTP/1.1\r\nHo".getBytes(ISO_8859_1));
      }
      assertThat(node.api().ask("/messages?limit=1").status()).isEqualTo(200);
    } finally {
      for (Socket socket : open) {
        socket.close();
      }
    }
  }

  private static void pour(Socket socket, byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException closed) {
      // it was turned away
    }
  }

  private static String answerHead(Socket socket) throws IOException {
    try {
      return new String(socket.getInputStream().readNBytes(13), ISO_8859_1);
    } catch (SocketTimeoutException nothing) {
      return "";
    }
  }

  private static Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), node.port());
  }

  private static String send(byte[] request) throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    try (Socket socket = connect()) {
      socket.setSoTimeout(700);
      try {
        socket.getOutputStream().write(request);
      } catch (SocketException refused) {
        // it reads no further: what it said is there still
      }
      try {
        socket.getInputStream().transferTo(answer);
      } catch (SocketTimeoutException | SocketException end) {
        // it waits for more, or has closed
      }
    }
    return answer.toString(ISO_8859_1);
  }
}
