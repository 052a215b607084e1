package io.replog.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is sent: the answer says what is wrong, nothing is appended, the node goes on. */
class BadInputIT {
  private static final String JSON = "application/json";
  private static final int MIB = 1 << 20;

  @RegisterExtension static final Processes processes = Processes.ofAllTests();

  private static TestCluster cluster;

  private long lastBefore;
  private long pidBefore;

  @BeforeAll
  static void start() {
    cluster = TestCluster.with(processes).setting("REPLOG_FAULTS_ENABLED", "true").make().start();
    cluster.api().append(Append.of("the first").key("known key")).expect(201);
  }

  @BeforeEach
  void note() {
    lastBefore = cluster.api().lastSequence();
    pidBefore = cluster.master().process().pid();
  }

  @AfterEach
  void nothingWasAppendedAndEveryNodeIsUnharmed() {
    for (TestNode node : cluster.nodes()) {
      assertThat(node.api().lastSequence()).as("last of %s", node.id()).isEqualTo(lastBefore);
      node.api().ask("/health/liveness").expect(200);
      node.api().ask("/health/readiness").expect(200);
    }
    assertThat(cluster.master().process().pid()).isEqualTo(pidBefore);
    assertThat(cluster.master().process().isAlive()).isTrue();
    long sequence = cluster.api().append(Append.of("goes on").w(3)).expect(201).sequence();
    assertThat(sequence).isEqualTo(lastBefore + 1);
  }

  static Stream<Arguments> invalidBodies() {
    return Stream.of(
        invalid("an unknown member", "{\"message\":\"m\",\"writeConcern\":1}", "writeConcern"),
        invalid("a mistyped w", "{\"message\":\"m\",\"W\":1}", "W"),
        invalid("w 0", "{\"message\":\"m\",\"w\":0}", "w"),
        invalid("w -1", "{\"message\":\"m\",\"w\":-1}", "w"),
        invalid("w 1.5", "{\"message\":\"m\",\"w\":1.5}", "w"),
        invalid("w 1.0e0", "{\"message\":\"m\",\"w\":1.0e0}", "w"),
        invalid("w most", "{\"message\":\"m\",\"w\":\"most\"}", "w"),
        invalid("w \"2\"", "{\"message\":\"m\",\"w\":\"2\"}", "w"),
        invalid("w 10^9", "{\"message\":\"m\",\"w\":1000000000}", "w"),
        invalid("w 2^32 + 1", "{\"message\":\"m\",\"w\":4294967297}", "w"),
        invalid("w 1001", "{\"message\":\"m\",\"w\":1001}", "w"),
        invalid("w above the declared copies", "{\"message\":\"m\",\"w\":4}", "w"),
        invalid("w null", "{\"message\":\"m\",\"w\":null}", "w"),
        invalid("w true", "{\"message\":\"m\",\"w\":true}", "w"),
        invalid("w a list", "{\"message\":\"m\",\"w\":[2]}", "w"),
        invalid("j a text", "{\"message\":\"m\",\"j\":\"true\"}", "j"),
        invalid("a negative timeout", "{\"message\":\"m\",\"timeoutMs\":-1}", "timeoutMs"),
        invalid("a timeout of text", "{\"message\":\"m\",\"timeoutMs\":\"1s\"}", "timeoutMs"),
        invalid("expectedSequence 0", "{\"message\":\"m\",\"expectedSequence\":0}", "expectedSeq"),
        invalid("no message", "{}", "message"),
        invalid("no message but w", "{\"w\":1}", "message"),
        invalid("two messages", "{\"message\":\"m\",\"msg\":\"m\"}", "msg"),
        invalid("a message and a batch", "{\"message\":\"m\",\"messages\":[\"m\"]}", "messages"),
        invalid("the same member twice", "{\"message\":\"m\",\"message\":\"n\"}", "message"),
        invalid("a message of a number", "{\"message\":1}", "message"),
        invalid("a message of null", "{\"message\":null}", "message"),
        invalid("a message of an object", "{\"message\":{\"a\":1}}", "message"),
        invalid("an empty batch", "{\"messages\":[]}", "messages"),
        invalid("a batch with a number", "{\"messages\":[\"m\",2]}", "messages"),
        invalid("a batch of text", "{\"messages\":\"m\"}", "messages"),
        invalid("half a surrogate pair", "{\"message\":\"\\ud800\"}", ""),
        invalid("no body", "", ""),
        invalid("blanks", "   ", ""),
        invalid("a truncated object", "{\"message\":\"m", ""),
        invalid("a truncated member", "{\"message\":\"m\",\"w\":", ""),
        invalid("something behind the object", "{\"message\":\"m\"}{}", ""),
        invalid("a list", "[\"m\"]", ""),
        invalid("a text", "\"m\"", ""),
        invalid("null", "null", ""),
        invalid("no JSON", "message=m", ""),
        invalid("a comment", "{/* */\"message\":\"m\"}", ""),
        invalid("NaN", "{\"message\":\"m\",\"w\":NaN}", ""),
        invalid("deeply nested", "{\"message\":" + "[".repeat(100_000), ""),
        invalid(
            "deeply nested and closed",
            "{\"message\":" + "{\"a\":".repeat(50_000) + "1" + "}".repeat(50_001),
            ""));
  }

  private static Arguments invalid(String what, String body, String names) {
    return Arguments.of(what, body.getBytes(UTF_8), names);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("invalidBodies")
  void anInvalidBodyIsRefusedByName(String what, byte[] body, String names) {
    Json problem =
        cluster.api().send("POST", "/messages", JSON, body).expectProblem(400, "invalid-request");

    assertThat(problem.text("detail")).as(what).contains(names);
  }

  static Stream<Arguments> bodiesThatAreNotUtf8() {
    byte[] inAMessage = "{\"message\":\"caf\u00e9\"}".getBytes(ISO_8859_1);
    byte[] overlong = "{\"message\":\"\u00c0\u00af\"}".getBytes(ISO_8859_1);
    byte[] surrogate = "{\"message\":\"\u00ed\u00a0\u0080\"}".getBytes(ISO_8859_1);
    byte[] utf16 = "{\"message\":\"m\"}".getBytes(java.nio.charset.StandardCharsets.UTF_16LE);
    byte[] noise = new byte[4096];
    new Random(1).nextBytes(noise);
    return Stream.of(
        Arguments.of("Latin-1", inAMessage),
        Arguments.of("an overlong form", overlong),
        Arguments.of("a surrogate", surrogate),
        Arguments.of("UTF-16", utf16),
        Arguments.of("noise", noise));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bodiesThatAreNotUtf8")
  void aBodyThatIsNotUtf8IsRefused(String what, byte[] body) {
    Json problem =
        cluster.api().send("POST", "/messages", JSON, body).expectProblem(400, "invalid-request");

    assertThat(problem.text("title")).as(what).isNotBlank();
  }

  @Test
  void aMessageOfTwoMebibytesIsTooLarge() {
    byte[] body = ("{\"message\":\"" + "x".repeat(2 * MIB) + "\"}").getBytes(UTF_8);

    cluster.api().send("POST", "/messages", JSON, body).expectProblem(413, "too-large");
  }

  @Test
  void aMessageIsMeasuredInUtf8() {
    byte[] body = ("{\"message\":\"" + "\u00e9".repeat(MIB / 2 + 1) + "\"}").getBytes(UTF_8);

    cluster.api().send("POST", "/messages", JSON, body).expectProblem(413, "too-large");
  }

  @Test
  void oneMessageThatIsTooLargeRefusesItsWholeBatch() {
    String large = "x".repeat(MIB + 1);
    byte[] body = ("{\"messages\":[\"small\",\"" + large + "\"]}").getBytes(UTF_8);

    cluster.api().send("POST", "/messages", JSON, body).expectProblem(413, "too-large");
  }

  @Test
  void aBodyOfNineMebibytesIsTooLarge() {
    byte[] body = new byte[9 * MIB];
    Arrays.fill(body, (byte) ' ');

    cluster.api().send("POST", "/messages", JSON, body).expectProblem(413, "too-large");
  }

  @Test
  void aBodyOfNineMebibytesInChunksIsTooLarge() {
    byte[] body = new byte[9 * MIB];
    Arrays.fill(body, (byte) ' ');
    var inChunks =
        java.net.http.HttpRequest.BodyPublishers.ofInputStream(
            () -> new java.io.ByteArrayInputStream(body));

    cluster.api().send("POST", "/messages", JSON, inChunks).expectProblem(413, "too-large");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/octet-stream",
        "multipart/form-data; boundary=x",
        "application/xml",
        ""
      })
  void anotherMediaTypeThanJsonIsRefused(String mediaType) {
    byte[] body = "{\"message\":\"m\"}".getBytes(UTF_8);

    cluster
        .api()
        .send("POST", "/messages", mediaType, body)
        .expectProblem(415, "unsupported-media-type");
  }

  @Test
  void anAppendOnASecondaryNamesTheMaster() {
    for (TestNode secondary : cluster.secondaries()) {
      Json problem = secondary.api().append("m").expectProblem(421, "not-master");

      assertThat(problem.text("active")).isEqualTo(cluster.master().url().toString());
    }
    Json problem =
        cluster
            .secondary(0)
            .api()
            .get("/messages?concern=linearizable")
            .expectProblem(421, "not-master");
    assertThat(problem.text("active")).isEqualTo(cluster.master().url().toString());
  }

  @Test
  void anotherNextSequenceThanExpectedIsRefusedWithTheRealOne() {
    for (long expected : new long[] {lastBefore, lastBefore + 2}) {
      Json problem =
          cluster
              .api()
              .append(Append.of("m").expectedSequence(expected))
              .expectProblem(412, "sequence-mismatch");

      assertThat(problem.number("nextSequence")).isEqualTo(lastBefore + 1);
    }
  }

  @Test
  void aKeyThatBelongsToAnotherMessageIsRefused() {
    cluster
        .api()
        .append(Append.of("another message").key("known key"))
        .expectProblem(422, "key-reused");
  }

  @Test
  void aKeyIsOneToTwoHundredCharacters() {
    cluster.api().append(Append.of("m").key("k".repeat(201))).expectProblem(400, "invalid-request");
    cluster.api().append(Append.of("m").key("")).expectProblem(400, "invalid-request");
  }

  @Test
  void aFullDiskIsSaidAndPasses() {
    cluster.api().put("/faults", "{\"diskFull\":true}").expect(200);

    cluster.api().append("m").expectProblem(507, "disk-full");
    Json full = cluster.api().cluster();
    assertThat(full.text("mode")).isEqualTo("READ_ONLY");
    assertThat(full.text("modeReason")).isEqualTo("DISK_FULL");
    assertThat(cluster.api().messages()).hasSize((int) lastBefore);

    cluster.api().delete("/faults").expect(204);
    Wait.until(
        "the master takes appends again",
        java.time.Duration.ofSeconds(10),
        () -> cluster.api().cluster().text("mode").equals("READ_WRITE"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/messages?from=0",
        "/messages?from=-1",
        "/messages?from=x",
        "/messages?from=1.5",
        "/messages?from=99999999999999999999",
        "/messages?limit=0",
        "/messages?limit=",
        "/messages?concern=strong",
        "/messages?wait=60001",
        "/messages?wait=-1",
        "/messages?atLeast=x",
        "/messages?form=1",
        "/messages/x",
        "/messages/0",
        "/hash/x"
      })
  void anInvalidQueryIsRefusedOnEveryNode(String path) {
    for (TestNode node : cluster.nodes()) {
      Answer answer = node.api().get(path);
      if (path.contains("?")) {
        answer.expectProblem(400, "invalid-request");
      } else {
        assertThat(answer.status()).as("%s", answer).isIn(400, 404);
        assertThat(answer.header("Content-Type").orElse("")).startsWith("application/problem+json");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/messages/999999", "/hash/999999", "/nothing", "/secondaries/nobody/x"})
  void whatIsNotThereIsNotFound(String path) {
    for (TestNode node : cluster.nodes()) {
      node.api().get(path).expectProblem(404, "not-found");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"delayMs\":-1}",
        "{\"errorRate\":1.5}",
        "{\"errorRate\":-0.1}",
        "{\"errorPhase\":\"during\"}",
        "{\"drop\":2}",
        "{\"partitionedFrom\":\"secondary-0\"}",
        "{\"diskFull\":1}",
        "{\"delay\":1}",
        "[]",
        ""
      })
  void faultsThatAreNoneAreRefused(String body) {
    cluster.api().put("/faults", body).expectProblem(400, "invalid-request");
  }

  @Test
  void aSecondaryThatIsNotDeclaredCannotRegister() {
    Answer answer =
        cluster.api().post("/secondaries", "{\"id\":\"stranger\",\"url\":\"http://127.0.0.1:1\"}");

    answer.expect(409);
    assertThat(answer.header("Content-Type").orElse("")).startsWith("application/problem+json");
    cluster
        .api()
        .post("/secondaries", "{\"id\":\"stranger\"}")
        .expectProblem(400, "invalid-request");
    cluster
        .api()
        .post("/secondaries", "{\"id\":\"\",\"url\":\"ftp://x\"}")
        .expectProblem(400, "invalid-request");
  }

  @Test
  void aHandMayNotWriteIntoALogThatHasAMaster() {
    Answer answer =
        cluster.secondary(0).api().post("/replicate", "{\"sequence\":99,\"message\":\"m\"}");

    answer.expect(409);
    assertThat(answer.header("Content-Type").orElse("")).startsWith("application/problem+json");
  }

  @Test
  void anotherVersionOfTheStreamIsRefusedWithBothNamed() {
    Json problem =
        cluster
            .secondary(0)
            .api()
            .send("POST", "/replicate", "application/vnd.replog.stream;version=2", new byte[] {1})
            .expectProblem(415, "unsupported-media-type");

    assertThat(problem.toString()).contains("version=1").contains("version=2");
  }

  static Stream<Arguments> garbage() {
    byte[] noise = new byte[64 << 10];
    new Random(2).nextBytes(noise);
    return Stream.of(
        Arguments.of("noise", noise),
        Arguments.of("zeros", new byte[64 << 10]),
        Arguments.of("TLS", new byte[] {22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3}),
        Arguments.of("no HTTP", "hello\r\n\r\n".getBytes(UTF_8)),
        Arguments.of("an endless request line", ("GET /" + "a".repeat(MIB)).getBytes(UTF_8)),
        Arguments.of(
            "an endless header",
            ("GET /messages HTTP/1.1\r\nHost: x\r\nX: " + "a".repeat(MIB)).getBytes(UTF_8)),
        Arguments.of(
            "a negative length",
            request("Content-Length: -5\r\n", "{\"message\":\"m\"}").getBytes(UTF_8)),
        Arguments.of(
            "a length that is none",
            request("Content-Length: many\r\n", "{\"message\":\"m\"}").getBytes(UTF_8)),
        Arguments.of(
            "two lengths",
            request("Content-Length: 3\r\nContent-Length: 15\r\n", "{\"message\":\"m\"}")
                .getBytes(UTF_8)),
        Arguments.of(
            "a body that ends too early",
            request("Content-Length: 500\r\n", "{\"message\":\"m\"}").getBytes(UTF_8)),
        Arguments.of(
            "a chunk that is none",
            request("Transfer-Encoding: chunked\r\n", "zz\r\n{\"message\":\"m\"}").getBytes(UTF_8)),
        Arguments.of(
            "chunks that end too early",
            request("Transfer-Encoding: chunked\r\n", "f\r\n{\"message\":\"m\"}\r\n")
                .getBytes(UTF_8)),
        Arguments.of("half a request line", "POST /mess".getBytes(UTF_8)));
  }

  private static String request(String lengths, String body) {
    return "POST /messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        + lengths
        + "\r\n"
        + body;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("garbage")
  void aSocketThatSendsGarbageHarmsNothing(String what, byte[] bytes) throws IOException {
    for (TestNode node : cluster.nodes()) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port())) {
        try {
          socket.getOutputStream().write(bytes);
          socket.shutdownOutput();
          socket.setSoTimeout(5000);
          String answer = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
          assertThat(answer).as("answer to %s", what).doesNotContain("HTTP/1.1 2");
        } catch (java.net.SocketTimeoutException e) {
          // it keeps the connection open and says nothing: allowed
        } catch (java.net.SocketException e) {
          // it closes the connection: allowed
        }
      } catch (UncheckedIOException e) {
        throw new AssertionError(what, e);
      }
    }
  }

  @Test
  void aGarbledStreamBetweenNodesHarmsNothing() {
    byte[] noise = new byte[8192];
    new Random(3).nextBytes(noise);
    for (TestNode node : cluster.nodes()) {
      try {
        Answer answer =
            node.api().send("POST", "/replicate", "application/vnd.replog.stream;version=1", noise);
        assertThat(answer.status()).as("%s", answer).isBetween(400, 499);
      } catch (UncheckedIOException e) {
        // a stream that makes no sense is cut off: allowed
      }
    }
  }
}
