package io.replog.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.replog.core.AppendOutcome.Refused;
import io.replog.core.AppendOutcome.Unknown;
import io.replog.core.FeedState;
import io.replog.core.NodeRole;
import io.replog.core.NodeStatus;
import io.replog.core.Refusal;
import io.replog.node.ClusterView;
import io.replog.node.NodeNumbers;
import io.replog.observability.Meters;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PrometheusTest {
  private static final Pattern NAME = Pattern.compile("(?m)^(replog_\\w+?)(?:[{ ])");

  @TempDir Path directory;
  private Api api;

  @BeforeEach
  void start() {
    api = Api.over(directory);
  }

  @AfterEach
  void close() {
    api.close();
  }

  private static ClusterView.Secondary secondary(String name, NodeStatus status, long lag) {
    return new ClusterView.Secondary(
        name, "http://" + name, status, true, FeedState.STREAMING, 9, lag, 1500L);
  }

  private String scrape() {
    Api.Answer answer = api.get("/prometheus");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.type()).startsWith("text/plain");
    return answer.body();
  }

  @Test
  void anAppendIsCountedByItsOutcomeAndItsLatency() {
    api.post("/messages", "{\"message\":\"žluť\"}");
    api.post("/messages", "{\"messages\":[\"a\",\"bc\"]}");
    api.node.outcome = request -> new Refused(new Refusal.NoQuorum(2, 1));
    api.post("/messages", "{\"message\":\"x\"}");
    api.node.outcome = request -> new Unknown(3, 1);
    api.post("/messages", "{\"message\":\"x\"}");

    assertThat(scrape().lines())
        .contains(
            "replog_append_seconds_count{outcome=\"satisfied\"} 2",
            "replog_append_seconds_bucket{outcome=\"satisfied\",le=\"10.0\"} 2",
            "replog_append_seconds_count{outcome=\"refused\"} 1",
            "replog_append_seconds_count{outcome=\"unknown\"} 1",
            "replog_append_refusals_total{reason=\"no-quorum\"} 1.0",
            "replog_append_refusals_total{reason=\"overloaded\"} 0.0",
            "replog_append_messages_total 3.0",
            "replog_append_bytes_total 9.0");
  }

  @Test
  void theNodesOwnNumbersAreRead() {
    api.post("/messages", "{\"message\":\"x\"}");
    api.node.numbers = new NodeNumbers(1, 5, Map.of(), 2, 7, 10, 2_500_000_000L, 3);

    assertThat(scrape().lines())
        .contains(
            "replog_last_sequence 1.0",
            "replog_durable_sequence 1.0",
            "replog_epoch 1.0",
            "replog_role{role=\"MASTER\"} 1.0",
            "replog_role{role=\"SECONDARY\"} 0.0",
            "replog_writable 1.0",
            "replog_ready 1.0",
            "replog_appends_waiting 5.0",
            "replog_takeovers_total 2.0",
            "replog_rolled_back_entries_total 7.0",
            "replog_bad_signatures_total 3.0",
            "replog_log_sync_seconds_count 10",
            "replog_log_sync_seconds_sum 2.5");
  }

  @Test
  void eachSecondaryHasItsLineWhileItIsThere() {
    scrape();
    api.node.numbers = new NodeNumbers(1, 0, Map.of("s0", 42L), 0, 0, 0, 0, 0);
    api.node.changeCluster(
        FakeNode.view(
            NodeRole.MASTER,
            List.of(
                secondary("s0", NodeStatus.HEALTHY, 0), secondary("s1", NodeStatus.SUSPECTED, 3))));
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(scrape().lines())
                    .contains(
                        "replog_secondary_lag{secondary=\"s1\"} 3.0",
                        "replog_secondary_last_sequence{secondary=\"s0\"} 9.0",
                        "replog_secondary_last_contact_seconds{secondary=\"s0\"} 1.5",
                        "replog_secondary_in_flight_bytes{secondary=\"s0\"} 42.0",
                        "replog_secondary_voting{secondary=\"s1\"} 1.0",
                        "replog_secondary_status{secondary=\"s1\",status=\"SUSPECTED\"} 1.0",
                        "replog_secondary_status{secondary=\"s1\",status=\"HEALTHY\"} 0.0"));

    api.node.changeCluster(
        FakeNode.view(NodeRole.MASTER, List.of(secondary("s0", NodeStatus.HEALTHY, 0))));
    Awaitility.await()
        .untilAsserted(() -> assertThat(scrape()).contains("\"s0\"").doesNotContain("\"s1\""));
  }

  @Test
  void theProcessAndTheJvmAreThere() {
    assertThat(scrape()).contains("jvm_memory_used_bytes", "process_uptime_seconds");
  }

  @Test
  void watchingChangesNothingOfTheProbes() {
    scrape();
    assertThat(api.get("/health").json().get("status")).isEqualTo("UP");
    assertThat(((Map<?, ?>) api.get("/health").json().get("details")).keySet().toString())
        .doesNotContain("metrics", "prometheus");
    assertThat(api.get("/metrics").status()).isEqualTo(404);
  }

  @Test
  void everyMeterHasItsLineInTheDocuments() throws Exception {
    api.node.changeCluster(
        FakeNode.view(NodeRole.MASTER, List.of(secondary("s0", NodeStatus.HEALTHY, 0))));
    Set<String> shown = new TreeSet<>();
    Awaitility.await()
        .untilAsserted(
            () -> {
              shown.clear();
              NAME.matcher(scrape())
                  .results()
                  .map(name -> name.group(1).replaceFirst("_(bucket|count|sum|max)$", ""))
                  .forEach(shown::add);
              assertThat(shown).contains("replog_secondary_lag");
            });
    String operations = Files.readString(Path.of("docs/operations.md"), UTF_8);
    assertThat(shown).allSatisfy(name -> assertThat(operations).contains("`" + name + "`"));
    long declared =
        Arrays.stream(Meters.class.getFields())
            .filter(field -> Modifier.isStatic(field.getModifiers()))
            .filter(field -> valueOf(field).startsWith("replog."))
            .count();
    assertThat(shown).hasSize((int) declared);
  }

  private static String valueOf(java.lang.reflect.Field field) {
    try {
      return field.get(null).toString();
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }
}
