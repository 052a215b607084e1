package io.replog.chart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.replog.observability.Meters;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Alerts and Grafana's dashboard ask for metrics that nodes have, and send people to help. */
class MonitoringTest {
  private static final Path VALUES = Chart.HOME.resolve("ci").resolve("monitoring-values.yaml");
  private static final Pattern METRIC = Pattern.compile("\\breplog_[a-z_]+");
  private static final Pattern LABEL = Pattern.compile("\\b([a-z_]+)=~?\"");
  private static final Pattern GROUPED = Pattern.compile("\\bby \\(([a-z_, ]+)\\)");

  private static final Set<String> METERS =
      constants().stream()
          .filter(name -> name.startsWith("replog."))
          .map(name -> name.replace('.', '_'))
          .collect(Collectors.toSet());
  private static final Set<String> LABELS =
      constants().stream().filter(name -> !name.startsWith("replog.")).collect(Collectors.toSet());

  private static List<String> constants() {
    return Arrays.stream(Meters.class.getDeclaredFields())
        .filter(field -> Modifier.isPublic(field.getModifiers()))
        .map(
            field -> {
              try {
                return (String) field.get(null);
              } catch (IllegalAccessException e) {
                throw new AssertionError(e);
              }
            })
        .toList();
  }

  private static List<Manifest> alerts() {
    Manifest rule = Chart.one(Chart.objects(VALUES), "PrometheusRule", "replog");
    return rule.parts("spec.groups").getFirst().parts("rules");
  }

  @Test
  void everyAlertAsksForWhatNodesTell() {
    assertThat(alerts())
        .hasSizeGreaterThan(10)
        .allSatisfy(alert -> assertKnown(alert.text("expr"), alert.text("alert")));
  }

  @Test
  void everyAlertSendsToASymptomOfTheDocuments() throws IOException {
    List<String> headings =
        Files.readString(Path.of("docs", "operations.md"), UTF_8)
            .lines()
            .filter(line -> line.startsWith("#"))
            .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT))
            .map(line -> line.replaceAll("[^a-z0-9 -]", "").replace(' ', '-'))
            .toList();
    assertThat(alerts())
        .allSatisfy(
            alert -> {
              String runbook = alert.text("annotations.runbook");
              assertThat(runbook).startsWith("docs/operations.md#");
              assertThat(headings).contains(runbook.substring(runbook.indexOf('#') + 1));
              assertThat(alert.text("annotations.summary")).isNotBlank();
              assertThat(alert.text("labels.severity")).isIn("critical", "warning");
            });
    String operations = Files.readString(Path.of("docs", "operations.md"), UTF_8);
    assertThat(alerts()).allSatisfy(alert -> assertThat(operations).contains(alert.text("alert")));
  }

  @Test
  void everyPanelAsksForWhatNodesTell() throws IOException {
    Manifest map = Chart.one(Chart.objects(VALUES), "ConfigMap", "replog-dashboard");
    String json = map.fields().get("data").toString();
    String file = Files.readString(Chart.HOME.resolve("files/grafana-dashboard.json"), UTF_8);
    assertThat(json).contains(file.lines().skip(1).findFirst().orElseThrow().strip());
    Manifest dashboard = Chart.parsed(file).getFirst(); // JSON is YAML
    assertThat(dashboard.parts("panels")).hasSizeGreaterThan(10);
    for (Manifest panel : dashboard.parts("panels")) {
      for (Manifest target : panel.parts("targets")) {
        assertKnown(target.text("expr"), panel.text("title"));
      }
    }
  }

  @Test
  void nothingOfItIsThereByDefault() {
    assertThat(Chart.objects(Map.of()))
        .noneMatch(object -> Set.of("PrometheusRule", "ConfigMap").contains(object.kind()));
  }

  @Test
  void aMistypedMetricWouldBeSeen() {
    assertThat(meter("replog_writable")).isTrue();
    assertThat(meter("replog_append_seconds_bucket")).isTrue();
    assertThat(meter("replog_writeable")).isFalse();
  }

  private static void assertKnown(String expression, String where) {
    METRIC
        .matcher(expression)
        .results()
        .forEach(
            found -> assertThat(meter(found.group())).as("%s: %s", where, found.group()).isTrue());
    if (!expression.contains("replog_")) {
      return; // of the cluster itself
    }
    LABEL
        .matcher(expression)
        .results()
        .map(found -> found.group(1))
        .filter(label -> !Set.of("namespace", "pod").contains(label))
        .forEach(label -> assertThat(LABELS).as(where).contains(label));
    GROUPED
        .matcher(expression)
        .results()
        .flatMap(found -> Arrays.stream(found.group(1).split(", *", -1)))
        .filter(label -> !Set.of("namespace", "pod", "le").contains(label))
        .forEach(label -> assertThat(LABELS).as(where).contains(label));
  }

  /** Whether a node has it, under the ending that its kind gets. */
  private static boolean meter(String name) {
    return METERS.contains(name)
        || METERS.contains(name.replaceFirst("(_seconds)?(_total|_bucket|_count|_sum)?$", ""));
  }
}
