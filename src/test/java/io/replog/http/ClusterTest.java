package io.replog.http;

import static io.replog.http.Api.list;
import static org.assertj.core.api.Assertions.assertThat;

import io.replog.core.Configuration;
import io.replog.core.FeedState;
import io.replog.core.Membership;
import io.replog.core.NodeRole;
import io.replog.core.NodeStatus;
import io.replog.core.Seat;
import io.replog.http.Api.Answer;
import io.replog.node.ClusterView;
import io.replog.node.ClusterView.ReadOnlyReason;
import io.replog.node.Node.VerifyReport;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterTest {
  private static final UUID STORE = UUID.fromString("00000000-0000-4000-8000-000000000002");
  static final List<ClusterView.Secondary> SECONDARIES =
      List.of(
          new ClusterView.Secondary(
              "secondary-0",
              "http://s0:8081",
              NodeStatus.HEALTHY,
              true,
              FeedState.STREAMING,
              42,
              0,
              12L),
          new ClusterView.Secondary(
              "http://s1:8082",
              "http://s1:8082",
              NodeStatus.UNHEALTHY,
              false,
              FeedState.RETRYING,
              0,
              42,
              null));

  @TempDir static Path directory;
  private static Api api;
  private static FakeNode node;

  @BeforeAll
  static void start() {
    api = Api.over(directory);
    node = api.node;
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  @BeforeEach
  void reset() {
    node.view = FakeNode.view(NodeRole.MASTER, SECONDARIES);
    node.ready = true;
    node.alive = true;
    node.report = null;
  }

  @Test
  void aMasterShowsAllItKnows() {
    Configuration committed =
        new Configuration(
            3, 2, List.of(new Seat("secondary-0", STORE, "u"), new Seat("secondary-1", null, "u")));
    node.view =
        new ClusterView(
            FakeNode.CLUSTER,
            "master-0",
            NodeRole.MASTER,
            true,
            null,
            3,
            7,
            42,
            41,
            new ClusterView.Active("master-0", "http://m:8080"),
            3,
            2,
            2,
            new Membership(committed, null),
            SECONDARIES,
            1000,
            60_000);

    assertThat(api.get("/cluster").body())
        .isEqualTo(
            "{\"clusterId\":\""
                + FakeNode.CLUSTER
                + "\",\"node\":\"master-0\",\"role\":\"MASTER\",\"mode\":\"READ_WRITE\",\"epoch\":3,"
                + "\"firstSequence\":7,\"lastSequence\":42,\"committedSequence\":41,"
                + "\"active\":{\"node\":\"master-0\",\"url\":\"http://m:8080\"},"
                + "\"quorum\":{\"copies\":3,\"majority\":2,\"available\":2},"
                + "\"configuration\":{\"version\":2,\"seats\":[{\"node\":\"secondary-0\",\"store\":\""
                + STORE
                + "\"},{\"node\":\"secondary-1\",\"store\":null}],\"proposed\":null},"
                + "\"deduplication\":{\"windowEntries\":1000,\"windowMs\":60000},"
                + "\"nodes\":[{\"node\":\"secondary-0\",\"role\":\"SECONDARY\",\"url\":\"http://s0:8081\","
                + "\"status\":\"HEALTHY\",\"voting\":true,\"state\":\"STREAMING\",\"lastSequence\":42,\"lag\":0,"
                + "\"lastContactMs\":12},{\"node\":\"http://s1:8082\",\"role\":\"SECONDARY\","
                + "\"url\":\"http://s1:8082\",\"status\":\"UNHEALTHY\",\"voting\":false,\"state\":\"RETRYING\","
                + "\"lastSequence\":0,\"lag\":42}]}");
  }

  @Test
  void aMasterThatTakesNoAppendsSaysWhy() {
    ClusterView v = node.view;
    node.view =
        new ClusterView(
            v.clusterId(),
            v.node(),
            v.role(),
            false,
            ReadOnlyReason.NO_QUORUM,
            1,
            1,
            0,
            0,
            v.active(),
            3,
            2,
            1,
            v.membership(),
            List.of(),
            1,
            1);

    assertThat(api.get("/cluster").json())
        .containsEntry("mode", "READ_ONLY")
        .containsEntry("modeReason", "NO_QUORUM")
        .containsEntry("nodes", List.of());
  }

  @Test
  void aSecondaryLeavesOutWhatItCannotKnow() {
    node.view = FakeNode.view(NodeRole.SECONDARY, List.of());

    assertThat(api.get("/cluster").json())
        .containsEntry("role", "SECONDARY")
        .containsEntry("mode", "READ_ONLY")
        .containsEntry("modeReason", "NOT_ACTIVE")
        .doesNotContainKeys("clusterId", "quorum", "nodes");
  }

  @Test
  void aConfigurationOnItsWayIsShown() {
    ClusterView v = node.view;
    Configuration next = new Configuration(1, 1, List.of(new Seat("secondary-0", STORE, "u")));
    node.view =
        new ClusterView(
            v.clusterId(),
            v.node(),
            v.role(),
            true,
            null,
            1,
            1,
            0,
            0,
            v.active(),
            1,
            1,
            1,
            new Membership(Configuration.FOUNDING, next),
            List.of(),
            1,
            1);

    assertThat(api.get("/cluster").json().get("configuration"))
        .isEqualTo(
            Map.of(
                "version", 0,
                "seats", List.of(),
                "proposed",
                    Map.of(
                        "version",
                        1,
                        "seats",
                        List.of(Map.of("node", "secondary-0", "store", STORE.toString())))));
  }

  @Test
  void healthIsOpenAndOnTheMasterListsTheSecondaries() {
    Answer answer = api.get("/health");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json()).containsEntry("status", "UP");
    Map<?, ?> cluster = map(map(answer.json().get("details")).get("cluster"));
    assertThat(list(map(cluster.get("details")).get("nodes")))
        .isEqualTo(api.get("/cluster").json().get("nodes"));
    assertThat(map(answer.json().get("details")).keySet().stream().map(Object::toString))
        .containsExactlyInAnyOrder("cluster", "writer", "gracefulShutdown");
  }

  @Test
  void aNodeThatIsNotReadyIsDownButAlive() {
    node.ready = false;

    assertThat(api.get("/health/liveness").status()).isEqualTo(200);
    assertThat(api.get("/health").status()).isEqualTo(503);
    Answer readiness = api.get("/health/readiness");
    assertThat(readiness.status()).isEqualTo(503);
    assertThat(readiness.type()).isEqualTo("application/json");
    assertThat(readiness.json()).containsEntry("status", "DOWN");
    assertThat(map(readiness.json().get("details")).get("cluster")).isNotNull();
  }

  @Test
  void aWriterThatIsDeadIsNotAliveButSaysNothingOfReadiness() {
    node.alive = false;

    assertThat(api.get("/health/liveness").status()).isEqualTo(503);
    assertThat(api.get("/health/readiness").status()).isEqualTo(200);
  }

  @Test
  void nodesAreComparedOnTheMaster() {
    node.report =
        new VerifyReport(
            42,
            false,
            List.of(
                new VerifyReport.NodeReport("secondary-0", true, "ab", null),
                new VerifyReport.NodeReport("secondary-1", null, null, null)));

    assertThat(api.get("/cluster/verify").body())
        .isEqualTo(
            "{\"sequence\":42,\"equal\":false,\"nodes\":["
                + "{\"node\":\"secondary-0\",\"equal\":true,\"hash\":\"ab\",\"firstDifference\":null},"
                + "{\"node\":\"secondary-1\",\"equal\":null,\"hash\":null,\"firstDifference\":null}]}");
  }

  @Test
  void whereNothingIsComparedTheMasterIsNamed() {
    Answer answer = api.get("/cluster/verify");

    assertThat(answer.status()).isEqualTo(421);
    assertThat(answer.json()).containsEntry("active", "http://127.0.0.1:8080");
  }

  private static Map<?, ?> map(Object value) {
    return (Map<?, ?>) value;
  }
}
