package io.replog.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What becomes of the Secrets that a user names. */
class ChartTrustTest {
  private static final Map<String, String> BOTH =
      Map.of(
          "auth.existingSecret", "replog-auth",
          "tls.existingSecret", "replog-tls",
          "metrics.serviceMonitor.enabled", "true");

  private static List<Manifest> pods(List<Manifest> objects) {
    return objects.stream().flatMap(object -> object.podSpecs().stream()).toList();
  }

  private static Map<String, String> environment(Manifest pod) {
    return pod.parts("containers").getFirst().parts("env").stream()
        .filter(variable -> variable.has("value"))
        .collect(Collectors.toMap(v -> v.text("name"), v -> v.text("value")));
  }

  @Test
  void everyNodeFindsItsFilesWhereTheyChange() {
    assertThat(pods(Chart.objects(BOTH)))
        .hasSize(2)
        .allSatisfy(
            pod -> {
              Map<String, String> environment = environment(pod);
              assertThat(environment)
                  .containsEntry("REPLOG_AUTH_TOKENS_FILE", "/etc/replog/auth/tokens")
                  .containsEntry("REPLOG_CLUSTER_SECRET_FILE", "/etc/replog/auth/cluster-secret")
                  .containsEntry("REPLOG_TLS_CERTIFICATE_FILE", "/etc/replog/tls/tls.crt")
                  .containsEntry("REPLOG_TLS_KEY_FILE", "/etc/replog/tls/tls.key")
                  .containsEntry("REPLOG_TLS_CA_FILE", "/etc/replog/tls/ca.crt")
                  .containsEntry("REPLOG_TOKEN_FILE", "/etc/replog/auth/client-token");
              assertThat(environment.get("REPLOG_ADVERTISE")).startsWith("https://");
              assertThat(pod.parts("containers").getFirst().parts("volumeMounts"))
                  .filteredOn(mount -> mount.text("mountPath").startsWith("/etc/replog/"))
                  .hasSize(2)
                  .allSatisfy(
                      mount -> {
                        assertThat(mount.text("readOnly")).isEqualTo("true");
                        assertThat(mount.has("subPath")).as("would never change").isFalse();
                      });
              assertThat(pod.parts("volumes"))
                  .extracting(volume -> volume.text("secret.secretName"))
                  .contains("replog-auth", "replog-tls");
            });
  }

  @Test
  void probesSpeakTlsAndNeedNoToken() {
    for (Manifest pod : pods(Chart.objects(BOTH))) {
      Manifest container = pod.parts("containers").getFirst();
      for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
        assertThat(container.text(probe + ".httpGet.scheme")).isEqualTo("HTTPS");
        assertThat(container.text(probe + ".httpGet.path")).startsWith("/health/");
        assertThat(container.has(probe + ".httpGet.httpHeaders")).isFalse();
      }
    }
  }

  @Test
  void prometheusShowsATokenUnlessMetricsAreOpen() {
    Manifest endpoint = scraped(BOTH);
    assertThat(endpoint.text("scheme")).isEqualTo("https");
    assertThat(endpoint.text("authorization.credentials.name")).isEqualTo("replog-auth");

    Map<String, String> open = new java.util.HashMap<>(BOTH);
    open.put("auth.openMetrics", "true");
    assertThat(scraped(open).has("authorization")).isFalse();
  }

  private static Manifest scraped(Map<String, String> values) {
    return Chart.one(Chart.objects(values), "ServiceMonitor", "replog")
        .parts("spec.endpoints")
        .getFirst();
  }

  @Test
  void withoutSecretsNothingOfItIsThere() {
    assertThat(Chart.text(Map.of()))
        .doesNotContain("/etc/replog", "https://", "HTTPS", "REPLOG_AUTH", "REPLOG_TLS");
  }

  @Test
  void everyPodIsShownItsOwnSigningKeyAndNoOther() {
    assertThat(
            pods(
                Chart.objects(
                    Map.of(
                        "evidence.existingSecret", "replog-keys",
                        "evidence.ringConfigMap", "replog-ring"))))
        .hasSize(2)
        .allSatisfy(
            pod -> {
              assertThat(environment(pod))
                  .containsEntry("REPLOG_EVIDENCE_RING", "/etc/replog/evidence/ring")
                  .containsEntry("REPLOG_EVIDENCE_KEY_FILE", "/etc/replog/evidence/node.key");
              List<Manifest> mounts = pod.parts("containers").getFirst().parts("volumeMounts");
              assertThat(mounts)
                  .filteredOn(mount -> mount.text("name").equals("evidence-keys"))
                  .singleElement()
                  .satisfies(
                      mount -> {
                        assertThat(mount.text("subPathExpr")).isEqualTo("$(REPLOG_ID).key");
                        assertThat(mount.text("readOnly")).isEqualTo("true");
                      });
              assertThat(mounts)
                  .filteredOn(mount -> mount.text("name").equals("evidence-ring"))
                  .singleElement()
                  .satisfies(mount -> assertThat(mount.text("readOnly")).isEqualTo("true"));
              assertThat(pod.parts("volumes"))
                  .filteredOn(volume -> volume.text("name").equals("evidence-keys"))
                  .extracting(volume -> volume.text("secret.secretName"))
                  .containsExactly("replog-keys");
            });
  }

  @Test
  void noSecretIsMadeOrRead() {
    assertThat(Chart.objects(BOTH)).noneMatch(object -> object.kind().equals("Secret"));
    assertThat(Chart.one(Chart.objects(BOTH), "Role", "replog-master").parts("rules"))
        .noneMatch(rule -> rule.text("resources").contains("secrets"));
  }
}
