package io.replog.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What pods that share one environment make of it. */
class KubernetesSettingsTest {
  private static NodeSettings node(NodeKind kind, Map<String, String> environment) {
    return new Settings(kind, Map.of(), Map.of(), environment, () -> "this-host").node();
  }

  private static Map<String, String> enabled(String... more) {
    Map<String, String> environment = new HashMap<>(Map.of("REPLOG_KUBERNETES_ENABLED", "true"));
    for (int i = 0; i < more.length; i += 2) {
      environment.put(more[i], more[i + 1]);
    }
    return environment;
  }

  @Test
  void nothingIsAskedOfKubernetesUnlessItIsSaid() {
    assertThat(node(NodeKind.MASTER, Map.of("POD_NAMESPACE", "test")).kubernetes()).isNull();
  }

  @Test
  void aMasterKnowsWhatToAskFor() {
    assertThat(
            node(
                    NodeKind.MASTER,
                    enabled(
                        "POD_NAMESPACE", "team-a",
                        "REPLOG_KUBERNETES_STATEFUL_SET", "log-secondary",
                        "REPLOG_KUBERNETES_SERVICE", "log-headless",
                        "REPLOG_KUBERNETES_RECORD", "log-record",
                        "REPLOG_KUBERNETES_LEAVE_WITHIN", "45s"))
                .kubernetes())
        .isEqualTo(
            new NodeSettings.Kubernetes(
                null,
                "team-a",
                "log-secondary",
                "log-headless",
                "log-record",
                "http",
                Duration.ofSeconds(45)));
  }

  @Test
  void itsOwnNameForTheNamespaceGoesBeforeThePods() {
    assertThat(
            node(NodeKind.MASTER, enabled("POD_NAMESPACE", "a", "REPLOG_KUBERNETES_NAMESPACE", "b"))
                .kubernetes())
        .extracting(NodeSettings.Kubernetes::namespace)
        .isEqualTo("b");
  }

  @Test
  void aMasterWithoutANamespaceSaysWhichVariableIsMissing() {
    assertThatThrownBy(() -> node(NodeKind.MASTER, enabled()))
        .isInstanceOf(BadSettingException.class)
        .hasMessageStartingWith("REPLOG_KUBERNETES_NAMESPACE is needed");
  }

  @Test
  void aSecondaryNeedsNoServiceAccount() {
    assertThat(node(NodeKind.SECONDARY, enabled()).kubernetes())
        .extracting(NodeSettings.Kubernetes::leaveWithin)
        .isEqualTo(Duration.ofSeconds(20));
  }

  @Test
  void aListOfSecondariesBesideKubernetesIsAContradiction() {
    assertThatThrownBy(
            () ->
                node(
                    NodeKind.MASTER,
                    enabled("POD_NAMESPACE", "a", "REPLOG_SECONDARIES", "http://s:1")))
        .isInstanceOf(BadSettingException.class)
        .hasMessage(
            "REPLOG_SECONDARIES is set, and so is REPLOG_KUBERNETES_ENABLED; the secondaries are"
                + " either declared or found by Kubernetes");
  }

  @ParameterizedTest
  @CsvSource({
    "'0,500', secondary-0, 0",
    "'0,500', secondary-1, 500",
    "'0,500', secondary-2, 0",
    "'0,500', secondary-12, 0",
    "'0,500', other, 0",
    "'300', secondary-0, 300",
    "'300', secondary-7, 300",
  })
  void oneListHasTheDelaysOfAllSecondaries(String delays, String id, long millis) {
    assertThat(
            node(NodeKind.SECONDARY, Map.of("SECONDARY_DELAYS", delays, "REPLOG_ID", id)).delay())
        .isEqualTo(Duration.ofMillis(millis));
  }

  @Test
  void aSecondarysOwnDelayGoesBeforeTheList() {
    assertThat(
            node(
                    NodeKind.SECONDARY,
                    Map.of("SECONDARY_DELAYS", "9", "DELAY_MS", "0", "REPLOG_ID", "s-0"))
                .delay())
        .isZero();
    assertThat(node(NodeKind.MASTER, Map.of("SECONDARY_DELAYS", "9")).delay()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "REPLOG_PORT, tcp://10.96.0.7:8080",
    "REPLOG_KUBERNETES_STATEFUL_SET, Not_A_Name",
    "REPLOG_KUBERNETES_ENABLED, perhaps"
  })
  void aWrongValueIsRefusedByItsName(String variable, String value) {
    assertThatThrownBy(() -> node(NodeKind.MASTER, enabled("POD_NAMESPACE", "a", variable, value)))
        .isInstanceOf(BadSettingException.class)
        .hasMessageStartingWith(variable + " is '" + value + "'; it must be");
  }
}
