package io.replog.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.replog.core.AppendOutcome;
import io.replog.core.AppendOutcome.Refused;
import io.replog.core.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is turned away before the framework sees it, on connections that ask ahead. */
@Timeout(60)
class AppendDoorTest {
  private static final Refusal.Overloaded TOO_MANY = new Refusal.Overloaded(1024);
  private static final String BODY = "{\"message\":\"m\",\"w\":1}";

  @TempDir static Path directory;
  private static Api api;

  @BeforeAll
  static void start() {
    api = Api.over(directory);
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  @AfterEach
  void room() {
    api.node.overloaded = null;
    api.node.answers = true;
  }

  @Test
  void isAnsweredAsTheFrameworkWould() throws Exception {
    AppendOutcome refused = new Refused(TOO_MANY);
    var before = api.node.outcome;
    api.node.outcome = request -> refused;
    Api.Answer framed = api.send(api.append(BODY));
    api.node.outcome = before;
    api.node.overloaded = TOO_MANY;
    long counted = refusals();
    int begun = api.node.appends.size();

    Api.Answer answer = api.send(api.append(BODY));

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.problem()).isEqualTo("overloaded");
    assertThat(answer.header("Retry-After")).isEqualTo("1");
    assertThat(answer.body()).isEqualTo(framed.body());
    assertThat(answer.type()).isEqualTo(framed.type());
    assertThat(api.node.appends).hasSize(begun);
    assertThat(refusals()).isEqualTo(counted + 1);
  }

  @Test
  void onlyAppendsAreTurnedAway() throws Exception {
    api.node.overloaded = TOO_MANY;
    assertThat(api.get("/messages").status()).isEqualTo(200);
    assertThat(api.get("/cluster").status()).isEqualTo(200);
  }

  @Test
  void answersComeInTheOrderOfTheRequests() throws Exception {
    api.node.answers = false;
    try (Socket socket = api.connect()) {
      send(socket, post(BODY));
      await().until(() -> api.node.waiting() == 1);
      api.node.overloaded = TOO_MANY;
      long counted = refusals();
      send(socket, post(BODY) + post(BODY) + post(BODY).substring(0, post(BODY).length() - 5));
      await().until(() -> refusals() == counted + 2);
      assertThat(socket.getInputStream().available()).as("nothing overtakes").isZero();
      send(socket, post(BODY).substring(post(BODY).length() - 5));
      await().until(() -> refusals() == counted + 3);
      assertThat(socket.getInputStream().available()).as("nothing overtakes").isZero();
      send(socket, "GET /health/liveness HTTP/1.1\r\nHost: x\r\n\r\n");
      api.node.overloaded = null;

      api.node.answerWaiters(new Refused(new Refusal.NotMaster(null)));

      assertThat(answers(socket, 5))
          .extracting(answer -> answer.substring(9, 12))
          .containsExactly("421", "503", "503", "503", "200");
      api.node.answers = true;
      send(socket, post(BODY));
      assertThat(answers(socket, 1)).allMatch(answer -> answer.startsWith("HTTP/1.1 201 "));
    }
  }

  @Test
  void aConnectionThatWasTurnedAwayGoesOn() throws Exception {
    try (Socket socket = api.connect()) {
      for (int round = 0; round < 3; round++) {
        api.node.overloaded = TOO_MANY;
        send(socket, post(BODY).repeat(20));
        assertThat(answers(socket, 20)).allMatch(answer -> answer.startsWith("HTTP/1.1 503 "));
        api.node.overloaded = null;
        send(socket, post(BODY).repeat(20));
        assertThat(answers(socket, 20)).allMatch(answer -> answer.startsWith("HTTP/1.1 201 "));
      }
    }
  }

  @Test
  void whoeverClosesIsNotTurnedAwayHere() throws Exception {
    api.node.overloaded = TOO_MANY;
    try (Socket socket = api.connect()) {
      send(socket, post(BODY).replaceFirst("\r\n", "\r\nConnection: close\r\n"));
      assertThat(answers(socket, 1).getFirst()).startsWith("HTTP/1.1 201 ");
    }
  }

  /** Nor who waits for a word before he sends the body; and that word is not his answer. */
  @Test
  void aWordBeforeTheBodyIsNoAnswer() throws Exception {
    api.node.overloaded = TOO_MANY;
    api.node.answers = false;
    long counted = refusals();
    try (Socket socket = api.connect()) {
      String expecting = post(BODY).replaceFirst("\r\n", "\r\nExpect: 100-continue\r\n");
      send(socket, expecting.substring(0, expecting.length() - BODY.length()));
      assertThat(answers(socket, 1).getFirst()).startsWith("HTTP/1.1 100 ");
      send(socket, BODY + post(BODY));
      await().until(() -> refusals() == counted + 1);
      assertThat(socket.getInputStream().available()).as("nothing overtakes").isZero();
      await().until(() -> api.node.waiting() == 1);

      api.node.answerWaiters(new Refused(new Refusal.NotMaster(null)));

      assertThat(answers(socket, 2))
          .extracting(answer -> answer.substring(9, 12))
          .containsExactly("421", "503");
    }
  }

  @Test
  void aBodyThatMayBeTooLongIsNotReadToTurnItAway() throws Exception {
    api.node.overloaded = TOO_MANY;
    try (Socket socket = api.connect()) {
      send(socket, post(BODY).replace("Length: " + BODY.length(), "Length: 9000000"));
      assertThat(answers(socket, 1).getFirst()).startsWith("HTTP/1.1 413 ");
    }
    try (Socket socket = api.connect()) {
      send(
          socket,
          post(BODY)
              .replace("Content-Length: " + BODY.length(), "Transfer-Encoding: chunked")
              .replace(BODY, "15\r\n" + BODY + "\r\n0\r\n\r\n"));
      assertThat(answers(socket, 1).getFirst()).startsWith("HTTP/1.1 201 ");
    }
  }

  private static long refusals() throws Exception {
    return api.get("/prometheus")
        .body()
        .lines()
        .filter(line -> line.startsWith("replog_append_refusals_total{reason=\"overloaded\"}"))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
        .sum();
  }

  private static String post(String body) {
    return "POST /messages HTTP/1.1\r\n"
        + "Host: x\r\n"
        + "Content-Type: application/json\r\n"
        + "Content-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(UTF_8));
  }

  /** Reads so many answers that have a length, each as one text. */
  private static List<String> answers(Socket socket, int count) throws IOException {
    socket.setSoTimeout(20_000);
    InputStream in = socket.getInputStream();
    List<String> answers = new ArrayList<>();
    while (answers.size() < count) {
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int next = in.read();
        assertThat(next).as("after %s", answers).isNotNegative();
        head.append((char) next);
      }
      String lower = head.toString().toLowerCase(java.util.Locale.ROOT);
      int at = lower.indexOf("content-length: ");
      int length =
          at < 0 ? 0 : Integer.parseInt(lower.substring(at + 16, lower.indexOf("\r\n", at)));
      answers.add(head + new String(in.readNBytes(length), UTF_8));
    }
    return answers;
  }
}
