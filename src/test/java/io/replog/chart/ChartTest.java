package io.replog.chart;

import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.LintResult;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the chart makes of the values that users have. */
class ChartTest {
  private static final String VALUE_SETS = "io.replog.chart.Chart#valueSets";

  @Test
  void helmHasNothingToSayAgainstIt() {
    LintResult result = Chart.helm().lint().strict().call();
    assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
  }

  @Test
  void byDefaultThereIsOneMasterTwoSecondariesAndWhatGuardsThem() {
    Map<String, Long> kinds =
        Chart.objects(Map.of()).stream()
            .collect(groupingBy(Manifest::kind, TreeMap::new, Collectors.counting()));
    assertThat(kinds)
        .isEqualTo(
            new TreeMap<>(
                Map.ofEntries(
                    Map.entry("Deployment", 1L),
                    Map.entry("StatefulSet", 1L),
                    Map.entry("Service", 3L),
                    Map.entry("PersistentVolumeClaim", 1L),
                    Map.entry("PodDisruptionBudget", 2L),
                    Map.entry("NetworkPolicy", 2L),
                    Map.entry("ServiceAccount", 2L),
                    Map.entry("Role", 1L),
                    Map.entry("RoleBinding", 1L))));
  }

  @ParameterizedTest
  @MethodSource(VALUE_SETS)
  void everyObjectIsOfTheReleaseAndItsNamespace(Path values) {
    assertThat(Chart.objects(values))
        .isNotEmpty()
        .allSatisfy(
            object -> {
              assertThat(object.text("metadata.namespace")).isEqualTo(Chart.NAMESPACE);
              assertThat(object.part("metadata.labels").fields())
                  .containsEntry("app.kubernetes.io/instance", "replog")
                  .containsKey("app.kubernetes.io/component");
            });
  }

  @ParameterizedTest
  @MethodSource(VALUE_SETS)
  void everyPodKeepsTheRestrictedStandard(Path values) {
    List<Manifest> specs =
        Chart.objects(values).stream().flatMap(object -> object.podSpecs().stream()).toList();
    assertThat(specs)
        .hasSize(2)
        .allSatisfy(
            spec -> {
              assertThat(spec.text("enableServiceLinks")).isEqualTo("false");
              assertThat(spec.text("securityContext.runAsNonRoot")).isEqualTo("true");
              assertThat(spec.at("securityContext.runAsUser")).isEqualTo(10001);
              assertThat(spec.text("securityContext.seccompProfile.type"))
                  .isEqualTo("RuntimeDefault");
              assertThat(spec.parts("containers")).hasSize(1);
              assertThat(spec.parts("containers")).allSatisfy(ChartTest::restricted);
            });
  }

  private static void restricted(Manifest container) {
    assertThat(container.text("securityContext.allowPrivilegeEscalation")).isEqualTo("false");
    assertThat(container.text("securityContext.readOnlyRootFilesystem")).isEqualTo("true");
    assertThat(container.at("securityContext.capabilities.drop")).isEqualTo(List.of("ALL"));
    assertThat(container.has("resources.requests.cpu")).isTrue();
    assertThat(container.has("resources.requests.memory")).isTrue();
    assertThat(container.has("resources.limits.memory")).isTrue();
  }

  @ParameterizedTest
  @MethodSource(VALUE_SETS)
  void everyNodeIsProbedAndLivenessIsNoMatterOfPeers(Path values) {
    List<Manifest> nodes =
        Chart.objects(values).stream()
            .filter(object -> List.of("Deployment", "StatefulSet").contains(object.kind()))
            .flatMap(object -> object.podSpecs().stream())
            .flatMap(spec -> spec.parts("containers").stream())
            .toList();
    assertThat(nodes)
        .hasSize(2)
        .allSatisfy(
            node -> {
              assertThat(node.text("startupProbe.httpGet.path")).isEqualTo("/health/liveness");
              assertThat(node.text("livenessProbe.httpGet.path")).isEqualTo("/health/liveness");
              assertThat(node.text("readinessProbe.httpGet.path")).isEqualTo("/health/readiness");
            });
  }

  @ParameterizedTest
  @MethodSource(VALUE_SETS)
  void servicesBudgetsAndPoliciesSelectThePodsThatThereAre(Path values) {
    List<Manifest> objects = Chart.objects(values);
    List<Map<String, Object>> pods =
        objects.stream()
            .filter(object -> object.has("spec.template"))
            .map(object -> object.part("spec.template.metadata.labels").fields())
            .toList();
    assertThat(objects)
        .filteredOn(object -> List.of("Service").contains(object.kind()))
        .allSatisfy(
            service -> assertThat(chosen(pods, service.part("spec.selector"))).isEqualTo(1));
    assertThat(objects)
        .filteredOn(
            object ->
                List.of("PodDisruptionBudget", "Deployment", "StatefulSet").contains(object.kind()))
        .allSatisfy(
            object ->
                assertThat(chosen(pods, object.part("spec.selector.matchLabels"))).isEqualTo(1));
    assertThat(objects)
        .filteredOn(object -> object.kind().equals("NetworkPolicy"))
        .allSatisfy(
            policy ->
                assertThat(chosen(pods, policy.part("spec.podSelector.matchLabels"))).isEqualTo(1));
  }

  private static long chosen(List<Map<String, Object>> pods, Manifest selector) {
    return pods.stream()
        .filter(pod -> pod.entrySet().containsAll(selector.fields().entrySet()))
        .count();
  }

  @Test
  void aSingleMasterHasAClaimAndEndsBeforeTheNextStarts() {
    List<Manifest> objects = Chart.objects(Map.of());
    Manifest master = Chart.one(objects, "Deployment", "replog-master");
    assertThat(master.text("spec.strategy.type")).isEqualTo("Recreate");
    assertThat(volume(master)).contains("claimName=replog-master");
    assertThat(env(master)).containsEntry("REPLOG_ID", "master-0");
    assertThat(
            Chart.one(objects, "PersistentVolumeClaim", "replog-master")
                .part("metadata.annotations")
                .fields())
        .containsEntry("helm.sh/resource-policy", "keep");
  }

  @Test
  void standbysHaveAnEmptyDirAndANameEach() {
    List<Manifest> objects = Chart.objects(Map.of("master.replicaCount", 2));
    Manifest master = Chart.one(objects, "Deployment", "replog-master");
    assertThat(master.at("spec.replicas")).isEqualTo(2);
    assertThat(master.text("spec.strategy.type")).isEqualTo("RollingUpdate");
    assertThat(volume(master)).contains("emptyDir");
    assertThat(env(master)).containsEntry("REPLOG_ID", "$(POD_NAME)");
    assertThat(objects).noneSatisfy(o -> assertThat(o.kind()).isEqualTo("PersistentVolumeClaim"));
  }

  @Test
  void secondariesStartAtOnceAndAreFoundBeforeTheyAreReady() {
    List<Manifest> objects = Chart.objects(Map.of());
    Manifest set = Chart.one(objects, "StatefulSet", "replog-secondary");
    assertThat(set.text("spec.podManagementPolicy")).isEqualTo("Parallel");
    assertThat(set.at("spec.replicas")).isEqualTo(2);
    Manifest service = Chart.one(objects, "Service", set.text("spec.serviceName"));
    assertThat(service.text("spec.publishNotReadyAddresses")).isEqualTo("true");
    assertThat(service.text("spec.clusterIP")).isEqualTo("None");
    assertThat(env(set)).containsEntry("REPLOG_ID", "secondary-$(POD_INDEX)");
  }

  @Test
  void aSecondaryHasTimeToLeaveBeforeItIsKilled() {
    Manifest set = secondary(Map.of("terminationGracePeriodSeconds", 40));
    assertThat(set.at("spec.template.spec.terminationGracePeriodSeconds")).isEqualTo(40);
    assertThat(env(set))
        .containsEntry("REPLOG_KUBERNETES_ENABLED", "true")
        .containsEntry("REPLOG_KUBERNETES_LEAVE_WITHIN", "25s");
  }

  @Test
  void delaysAreAListByOrdinalOrOneNumberForAll() {
    assertThat(env(secondary(Map.of("secondaries.delaysMs[0]", 0, "secondaries.delaysMs[1]", 500))))
        .containsEntry("SECONDARY_DELAYS", "0,500")
        .doesNotContainKey("REPLOG_DELAY");
    assertThat(env(secondary(Map.of("secondaries.delaysMs", 3_600_000))))
        .containsEntry("REPLOG_DELAY", "3600000")
        .doesNotContainKey("SECONDARY_DELAYS");
    assertThat(env(secondary(Map.of()))).doesNotContainKeys("REPLOG_DELAY", "SECONDARY_DELAYS");
  }

  @Test
  void anAutoscalerSetsTheNumberAlone() {
    List<Manifest> objects =
        Chart.objects(Chart.HOME.resolve("ci").resolve("autoscaling-values.yaml"));
    assertThat(Chart.one(objects, "StatefulSet", "replog-secondary").has("spec.replicas"))
        .isFalse();
    assertThat(
            Chart.one(objects, "HorizontalPodAutoscaler", "replog-secondary")
                .text("spec.scaleTargetRef.name"))
        .isEqualTo("replog-secondary");
  }

  @Test
  void secondariesAreReachedByTheReleaseAndByTheNamespaceOnly() {
    Manifest policy = Chart.one(Chart.objects(Map.of()), "NetworkPolicy", "replog-secondary");
    List<Manifest> from = policy.parts("spec.ingress").getFirst().parts("from");
    assertThat(from).hasSize(2);
    assertThat(from).noneSatisfy(peer -> assertThat(peer.has("namespaceSelector")).isTrue());
    assertThat(policy.at("spec.policyTypes")).isEqualTo(List.of("Ingress", "Egress"));
  }

  private static Manifest secondary(Map<String, ?> set) {
    return Chart.one(Chart.objects(set), "StatefulSet", "replog-secondary");
  }

  private static String volume(Manifest workload) {
    return String.valueOf(
        workload.podSpecs().getFirst().parts("volumes").stream()
            .filter(volume -> volume.text("name").equals("data"))
            .findFirst()
            .orElseThrow()
            .fields());
  }

  private static Map<String, String> env(Manifest workload) {
    return workload.podSpecs().getFirst().parts("containers").getFirst().parts("env").stream()
        .collect(
            Collectors.toMap(
                variable -> variable.text("name"), variable -> variable.text("value")));
  }
}
