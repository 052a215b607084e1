package io.replog.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.replog.client.StubNode;
import io.replog.core.FeedState;
import io.replog.core.NodeRole;
import io.replog.core.NodeStatus;
import io.replog.node.ClusterView;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Other nodes seen through one: two servers, the second is a secondary in the list of the first.
 */
@Timeout(60)
class RelayTest {
  @TempDir Path directory;
  private Api here;
  private Api there;

  @BeforeEach
  void start() {
    here = Api.over(directory.resolve("here"));
    there = Api.over(directory.resolve("there"));
    here.node.view = knowing(url(there));
  }

  @AfterEach
  void close() {
    here.close();
    there.close();
  }

  private static String url(Api api) {
    return "http://127.0.0.1:" + api.port();
  }

  private static ClusterView knowing(String url) {
    return FakeNode.view(
        NodeRole.MASTER,
        List.of(
            new ClusterView.Secondary(
                "secondary-0", url, NodeStatus.HEALTHY, true, FeedState.STREAMING, 1, 0, 5L)));
  }

  @Test
  void anotherNodesLogIsReadThroughThisOne() {
    there.node.append("a", "b");

    Api.Answer list = here.get("/nodes/secondary-0/messages?from=2&limit=5");
    assertThat(list.status()).isEqualTo(200);
    assertThat(list.json()).containsEntry("messages", List.of("b")).containsEntry("last", 2);
    assertThat(here.get("/nodes/secondary-0/messages", "Accept", "application/x-ndjson").body())
        .contains("\"message\":\"a\"")
        .hasLineCount(2);
    assertThat(here.get("/nodes/secondary-0/messages/1").json()).containsEntry("message", "a");
    assertThat(here.get("/nodes/secondary-0/cluster").json()).containsEntry("role", "MASTER");
    // what the other node refuses comes as it is
    assertThat(here.get("/nodes/secondary-0/messages/9").problem()).isEqualTo("not-found");
  }

  @Test
  void onlyNodesOfThisClusterAreAskedAndOnlyWhatAPageNeeds() {
    for (String id :
        List.of("nobody", "master-0", "127.0.0.1:" + there.port(), "%2e%2e", "a%2fb")) {
      assertThat(here.get("/nodes/" + id + "/cluster").status()).as(id).isEqualTo(404);
    }
    assertThat(here.get("/nodes/secondary-0/health").status()).isEqualTo(404);
    assertThat(here.post("/nodes/secondary-0/messages", "{\"message\":\"x\"}").status())
        .isEqualTo(405);
    assertThat(here.get("/nodes/secondary-0/messages?limit=101").problem())
        .isEqualTo("invalid-request");
    assertThat(here.get("/nodes/secondary-0/messages?wait=60000").problem())
        .isEqualTo("invalid-request");
    assertThat(here.get("/nodes/secondary-0/messages?concern=linearizable").problem())
        .isEqualTo("invalid-request");
    assertThat(there.node.appends).isEmpty();
  }

  @Test
  void aSecondaryAsksTheMasterForThoseItDoesNotKnowAndNoFurther() {
    ClusterView known = FakeNode.view(NodeRole.SECONDARY, List.of());
    try (Api secondary = Api.over(directory.resolve("secondary"))) {
      secondary.node.view = following(known, url(here));
      there.node.append("by way of the master");

      assertThat(secondary.get("/nodes/secondary-0/messages").json())
          .containsEntry("messages", List.of("by way of the master"));
      assertThat(secondary.get("/nodes/secondary-7/cluster").status()).isEqualTo(404);
      assertThat(secondary.get("/nodes/secondary-0/cluster", Relay.RELAYED_BY, "x").status())
          .isEqualTo(404);
    }
  }

  private static ClusterView following(ClusterView view, String url) {
    return new ClusterView(
        view.clusterId(),
        "secondary-1",
        view.role(),
        false,
        ClusterView.ReadOnlyReason.NOT_ACTIVE,
        1,
        1,
        0,
        0,
        new ClusterView.Active("master-1", url),
        null,
        null,
        null,
        view.membership(),
        List.of(),
        1000,
        60_000);
  }

  @Test
  void faultsArePassedOnWhereTheyAreEnabled() {
    assertThat(here.put("/nodes/secondary-0/faults", "{\"delayMs\":40}").status()).isEqualTo(200);
    assertThat(there.node.faults.delay()).hasMillis(40);
    assertThat(here.get("/nodes/secondary-0/faults").json()).containsEntry("delayMs", 40);
    assertThat(here.put("/nodes/secondary-0/faults", "{\"x\":1}").problem())
        .isEqualTo("invalid-request");
    assertThat(here.delete("/nodes/secondary-0/faults").status()).isEqualTo(204);
    assertThat(there.node.faults.delay()).isZero();

    try (Api without = Api.withoutFaults(directory.resolve("without"))) {
      without.node.view = knowing(url(there));
      assertThat(without.get("/nodes/secondary-0/faults").status()).isEqualTo(404);
      assertThat(without.put("/nodes/secondary-0/faults", "{\"delayMs\":40}").status())
          .isEqualTo(404);
      assertThat(there.node.faults.delay()).isZero();
    }
  }

  @Test
  void aNodeThatIsAwayOrSilentIsSaidToBe() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      here.node.view = knowing("http://127.0.0.1:" + silent.getLocalPort());
      Api.Answer late = here.get("/nodes/secondary-0/cluster");
      assertThat(late.status()).isEqualTo(502);
      assertThat(late.problem()).isEqualTo("node-unreachable");
      assertThat(late.json()).containsEntry("node", "secondary-0");
      try (Socket asked = silent.accept()) { // and is not waited for any more
        asked.setSoTimeout(5000);
        assertThat(asked.getInputStream().readAllBytes())
            .startsWith("GET /cluster".getBytes(UTF_8));
      }
    }
    here.node.view = knowing(url(there));
    there.stopServer();
    Api.Answer gone = here.get("/nodes/secondary-0/cluster");
    assertThat(gone.problem()).isEqualTo("node-unreachable");
    assertThat(gone.json().get("detail").toString()).contains("cannot be reached");
  }

  @Test
  void anAnswerThatIsTooLongIsGivenUp() {
    String large = "x".repeat(1 << 20);
    there.node.append(large, large, large, large, large);

    assertThat(here.get("/nodes/secondary-0/messages?limit=5").problem())
        .isEqualTo("node-unreachable");
    assertThat(here.get("/nodes/secondary-0/messages?limit=1").status()).isEqualTo(200);
  }

  @Test
  void whatNoNodeAnswersIsNotPassedOn() {
    try (StubNode other = new StubNode()) {
      here.node.view = knowing(other.url().toString());
      other.answers(200, "text/html", "<script>alert(1)</script>");
      Api.Answer page = here.get("/nodes/secondary-0/cluster");
      assertThat(page.status()).isEqualTo(502);
      assertThat(page.problem()).isEqualTo("node-unreachable");
      other.answers(200, "application/json; charset=utf-8", "{\"node\":\"x\"}");
      assertThat(here.get("/nodes/secondary-0/cluster").json()).containsEntry("node", "x");
    }
  }

  @Test
  void fewLongAnswersAreTakenAtOnce() {
    Semaphore places = new Semaphore(1);
    RelayedBody first = body(places);
    RelayedBody second = body(places);
    RelayedBody small = body(places);
    first.onNext(List.of(ByteBuffer.allocate(300_000)));
    second.onNext(List.of(ByteBuffer.allocate(300_000)));
    small.onNext(List.of(ByteBuffer.allocate(200_000)));
    small.onComplete();
    assertThat(second.getBody().toCompletableFuture()).isCompletedExceptionally();
    assertThat(small.getBody().toCompletableFuture().join()).hasSize(200_000);
    second.end();
    small.end();
    assertThat(places.availablePermits()).isZero();
    first.onComplete();
    first.end();
    first.end();
    assertThat(places.availablePermits()).isEqualTo(1);
    assertThat(first.getBody().toCompletableFuture().join()).hasSize(300_000);
  }

  private static RelayedBody body(Semaphore places) {
    RelayedBody body = new RelayedBody(places, 1 << 20);
    body.onSubscribe(
        new Flow.Subscription() {
          @Override
          public void request(long n) {}

          @Override
          public void cancel() {}
        });
    return body;
  }
}
