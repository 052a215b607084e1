package io.replog.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who may ask the Kubernetes API for what: the masters for what they need, nobody else at all. */
class ChartRightsTest {
  private final List<Manifest> objects = Chart.objects(Map.of());

  @Test
  void theMastersMayDoThisAndNothingMore() {
    assertThat(Chart.one(objects, "Role", "replog-master").parts("rules").stream())
        .extracting(Manifest::fields)
        .containsExactly(
            Map.of(
                "apiGroups", List.of(""),
                "resources", List.of("endpoints"),
                "verbs", List.of("list", "watch")),
            Map.of(
                "apiGroups", List.of("apps"),
                "resources", List.of("statefulsets"),
                "resourceNames", List.of("replog-secondary"),
                "verbs", List.of("get")),
            Map.of(
                "apiGroups", List.of(""),
                "resources", List.of("configmaps"),
                "verbs", List.of("create")),
            Map.of(
                "apiGroups", List.of(""),
                "resources", List.of("configmaps"),
                "resourceNames", List.of("replog-cluster"),
                "verbs", List.of("get", "update")));
  }

  @Test
  void theRoleIsOfTheNamespaceAndTheMastersAloneHaveIt() {
    assertThat(objects).noneSatisfy(object -> assertThat(object.kind()).startsWith("ClusterRole"));
    assertThat(Chart.one(objects, "RoleBinding", "replog-master").parts("subjects"))
        .singleElement()
        .satisfies(subject -> assertThat(subject.text("name")).isEqualTo("replog-master"));
  }

  @Test
  void onlyMastersHaveAToken() {
    assertThat(token("Deployment", "replog-master")).isEqualTo("true");
    assertThat(token("StatefulSet", "replog-secondary")).isEqualTo("false");
    assertThat(objects)
        .filteredOn(object -> object.kind().equals("ServiceAccount"))
        .hasSize(2)
        .allSatisfy(
            account -> assertThat(account.text("automountServiceAccountToken")).isEqualTo("false"));
  }

  private String token(String kind, String name) {
    return Chart.one(objects, kind, name)
        .podSpecs()
        .getFirst()
        .text("automountServiceAccountToken");
  }
}
