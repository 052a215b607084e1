package io.replog.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.replog.core.AppendOutcome.Refused;
import io.replog.core.NodeRole;
import io.replog.core.Refusal;
import io.replog.http.Api.Answer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForwardTest {
  @TempDir Path directory;
  private Api master;
  private Api standby;

  @BeforeEach
  void start() {
    master = Api.over(directory.resolve("master"));
    standby = Api.over(directory.resolve("standby"));
    standby.node.view = FakeNode.view(NodeRole.STANDBY, List.of());
    active("http://127.0.0.1:" + master.port());
  }

  private void active(String url) {
    standby.node.outcome = request -> new Refused(new Refusal.NotMaster(url));
  }

  @AfterEach
  void stop() {
    standby.close();
    master.close();
  }

  @Test
  void aStandbyPassesAnAppendOnAndNamesItself() {
    Answer answer =
        standby.post(
            "/messages",
            "{\"message\":\"a\",\"w\":2}",
            "Idempotency-Key",
            "k",
            "Prefer",
            "return=representation");

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.type()).isEqualTo("application/json");
    assertThat(answer.header("Replog-Forwarded-By")).isEqualTo("master-0");
    assertThat(answer.header("Location")).isEqualTo("/messages/1");
    assertThat(answer.json()).containsEntry("sequence", 1).containsEntry("messages", List.of("a"));
    assertThat(master.node.appends.getFirst().key()).isEqualTo("k");
  }

  @Test
  void theMastersRefusalComesBackAsItIs() {
    master.node.outcome = request -> new Refused(new Refusal.NoQuorum(2, 1));

    Answer answer = standby.post("/messages", "{\"message\":\"a\"}");

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.problem()).isEqualTo("no-quorum");
    assertThat(answer.header("Retry-After")).isEqualTo("1");
    assertThat(answer.header("Replog-Forwarded-By")).isEqualTo("master-0");
  }

  @Test
  void whatWasPassedOnIsNotPassedOnAgain() {
    Answer answer =
        standby.post("/messages", "{\"message\":\"a\"}", "Replog-Forwarded-By", "master-7");

    assertThat(answer.status()).isEqualTo(421);
    assertThat(master.node.appends).isEmpty();
  }

  @Test
  void aMasterThatIsGoneIsNotActive() throws Exception {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      active("http://127.0.0.1:" + free.getLocalPort());
    }
    Answer answer = standby.post("/messages", "{\"message\":\"a\"}");

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.problem()).isEqualTo("not-active");
  }

  @Test
  void aMasterThatIsLostDuringTheAppendLeavesItUnknown() throws Exception {
    try (ServerSocket dying = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      active("http://127.0.0.1:" + dying.getLocalPort());
      var answer = standby.later(standby.append("{\"message\":\"a\"}"));
      try (Socket accepted = dying.accept()) {
        accepted.getInputStream().read();
      }
      assertThat(answer.join().status()).isEqualTo(504);
      assertThat(answer.join().problem()).isEqualTo("unknown-outcome");
    }
  }

  @Test
  void anotherMasterDuringTheAppendLeavesItUnknown() {
    master.node.answers = false;
    var answer = standby.later(standby.append("{\"message\":\"a\"}"));
    await().until(() -> master.node.waiting() == 1);

    standby.node.changeCluster(FakeNode.view(NodeRole.MASTER, List.of()));

    assertThat(answer.join().status()).isEqualTo(504);
    assertThat(answer.join().problem()).isEqualTo("unknown-outcome");
    await().atMost(Duration.ofSeconds(2)).until(() -> master.node.waiting() == 0);
  }

  @Test
  void aClientThatGoesAwayFreesWhatWaitsAtTheMaster() throws Exception {
    master.node.answers = false;
    try (Socket socket = standby.connect()) {
      String body = "{\"message\":\"a\"}";
      socket
          .getOutputStream()
          .write(
              ("POST /messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                      + "Content-Length: "
                      + body.length()
                      + "\r\n\r\n"
                      + body)
                  .getBytes(StandardCharsets.US_ASCII));
      await().until(() -> master.node.waiting() == 1);
    }
    await().atMost(Duration.ofSeconds(2)).until(() -> master.node.waiting() == 0);
  }
}
