package io.replog.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.replog.core.WriteConcern;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SettingsTest {
  private static final Map<String, String> NOTHING = Map.of();

  private static Settings settings(
      NodeKind kind,
      Map<Property<?>, String> options,
      Map<String, String> system,
      Map<String, String> environment) {
    return new Settings(kind, options, system, environment, () -> "this-host");
  }

  private static NodeSettings master(Map<String, String> environment) {
    return settings(NodeKind.MASTER, Map.of(), NOTHING, environment).node();
  }

  private static NodeSettings secondary(Map<String, String> environment) {
    return settings(NodeKind.SECONDARY, Map.of(), NOTHING, environment).node();
  }

  @Test
  void whatIsNotSetHasTheDefaultsOfTheTable() {
    NodeSettings node = master(NOTHING);
    assertThat(node.id()).isNull();
    assertThat(node.defaultId()).isEqualTo("master-0");
    assertThat(node.data()).isEqualTo(Path.of("replog-data", "master-0"));
    assertThat(node.host()).isEqualTo("127.0.0.1");
    assertThat(node.port()).isEqualTo(8080);
    assertThat(node.advertise()).isEqualTo(URI.create("http://127.0.0.1:8080"));
    assertThat(node.secondaries()).isNull();
    assertThat(node.join()).isFalse();
    assertThat(node.delay()).isZero();
    assertThat(node.faultsEnabled()).isFalse();
    assertThat(node.segmentBytes()).isEqualTo(64L << 20);
    assertThat(node.appends())
        .isEqualTo(
            new NodeSettings.Appends(
                new WriteConcern.All(),
                true,
                true,
                100_000,
                DeduplicationMode.KEY,
                100_000,
                Duration.ofHours(24)));
    assertThat(node.detection())
        .isEqualTo(
            new NodeSettings.Detection(
                Duration.ofMillis(250),
                Duration.ofSeconds(1),
                Duration.ofSeconds(3),
                Duration.ofMillis(800)));
    assertThat(node.replication())
        .isEqualTo(
            new NodeSettings.Replication(
                16L << 20, Duration.ofMillis(50), Duration.ofSeconds(2), Duration.ofSeconds(5)));
  }

  @Test
  void aSecondaryIsNamedAfterWhereItIsReached() {
    assertThat(secondary(NOTHING).defaultId()).isEqualTo("127.0.0.1-8081");
    assertThat(secondary(Map.of("SECONDARY_HOST", "s1", "SECONDARY_PORT", "9001")))
        .satisfies(
            node -> {
              assertThat(node.defaultId()).isEqualTo("s1-9001");
              assertThat(node.port()).isEqualTo(9001);
              assertThat(node.advertise()).isEqualTo(URI.create("http://s1:9001"));
            });
  }

  @Test
  void offLoopbackTheHostsNameIsAdvertised() {
    assertThat(secondary(Map.of("REPLOG_HOST", "0.0.0.0")).advertise())
        .isEqualTo(URI.create("http://this-host:8081"));
  }

  /** Every name of every property, with a value of its form. */
  static Stream<List<Object>> everyVariable() {
    List<List<Object>> all = new ArrayList<>();
    for (Property<?> property : Property.all()) {
      for (String name : property.variables()) {
        all.add(List.of(property, name));
      }
      for (Property.Variable<?> variable : property.others()) {
        all.add(List.of(property, variable.name()));
      }
    }
    return all.stream();
  }

  private static final Map<String, String> EXAMPLES =
      Map.ofEntries(
          Map.entry("replog.host", "10.0.0.1"),
          Map.entry("replog.data", "somewhere"),
          Map.entry("replog.id", "node-7"),
          Map.entry("replog.advertise", "http://a:1"),
          Map.entry("replog.advertised-host", "a"),
          Map.entry("replog.secondaries", "http://a:1,http://b:2"),
          Map.entry("replog.join", "true"),
          Map.entry("replog.master", "http://m:1"),
          Map.entry("replog.url", "http://m:1"),
          Map.entry("replog.write-concern.default", "majority"),
          Map.entry("replog.write-concern.journal", "false"),
          Map.entry("replog.quorum-append.enabled", "false"),
          Map.entry("replog.deduplication", "content"),
          Map.entry("replog.log.format", "json"),
          Map.entry("replog.tracing.endpoint", "http://c:4318"),
          Map.entry("replog.faults.enabled", "true"),
          Map.entry("replog.in-flight-limit", "3MiB"),
          Map.entry("replog.segment-size", "3MiB"),
          Map.entry("replog.retention.bytes", "3MiB"),
          Map.entry("replog.retention.age", "1h"),
          Map.entry("replog.cluster.delays", "0,500"),
          Map.entry("replog.kubernetes.enabled", "true"),
          Map.entry("replog.kubernetes.api", "http://a:1"),
          Map.entry("replog.auth.open-metrics", "true"),
          Map.entry("replog.tls.peer-names", "false"),
          Map.entry("replog.deduplication-window.age", "1h"));

  @ParameterizedTest
  @MethodSource("everyVariable")
  void everyVariableOfTheTableIsHeeded(List<Object> propertyAndName) {
    Property<?> property = (Property<?>) propertyAndName.get(0);
    String name = (String) propertyAndName.get(1);
    String text =
        EXAMPLES.getOrDefault(property.name(), property.form().read("7").isPresent() ? "7" : "77");
    NodeKind kind =
        property.others().stream()
            .filter(variable -> variable.name().equals(name) && variable.only() != null)
            .findFirst()
            .map(Property.Variable::only)
            .orElse(NodeKind.MASTER);
    Settings settings = settings(kind, Map.of(), NOTHING, Map.of(name, text));
    Settings untouched = settings(kind, Map.of(), NOTHING, NOTHING);
    assertThat(settings.find(property)).isPresent();
    assertThat(settings.find(property).equals(untouched.find(property))).isFalse();

    // and a system property goes before it, whatever it says
    Settings overruled =
        settings(kind, Map.of(), Map.of(property.name(), text), Map.of(name, "nonsense, , !"));
    assertThat(overruled.find(property)).isPresent();
  }

  @Test
  void whatIsInForceIsWrittenInThePropertysOwnForm() {
    Map<String, String> environment =
        Map.of("REPLICATION_DELAY", "0.5", "SECONDARIES", "a:1,b:2", "SECONDARY_DELAYS", "0,1000");
    Map<String, String> effective =
        settings(NodeKind.MASTER, Map.of(), NOTHING, environment).effective();
    assertThat(effective)
        .containsEntry("replog.delay", "500ms")
        .containsEntry("replog.secondaries", "http://a:1,http://b:2")
        .containsEntry("replog.cluster.delays", "0,1000")
        .containsEntry("replog.write-concern.default", "all")
        .containsEntry("replog.deduplication", "key");
    assertThat(settings(NodeKind.MASTER, Map.of(), effective, NOTHING).effective())
        .isEqualTo(effective);
  }

  @Test
  void anOptionGoesBeforeASystemPropertyBeforeReplogBeforeTheOthers() {
    Map<String, String> environment = new HashMap<>();
    environment.put("PORT", "1");
    assertThat(master(environment).port()).isEqualTo(1);
    environment.put("SECONDARY_PORT", "2");
    assertThat(master(environment).port()).isEqualTo(1);
    environment.put("MASTER_PORT", "3");
    assertThat(master(environment).port()).isEqualTo(3);
    assertThat(secondary(environment).port()).isEqualTo(2);
    environment.put("REPLOG_PORT", "4");
    assertThat(master(environment).port()).isEqualTo(4);
    Map<String, String> system = Map.of("replog.port", "5");
    assertThat(settings(NodeKind.MASTER, Map.of(), system, environment).node().port()).isEqualTo(5);
    assertThat(
            settings(NodeKind.MASTER, Map.of(Property.PORT, "6"), system, environment)
                .node()
                .port())
        .isEqualTo(6);
  }

  @Test
  void delaysAreInTheUnitOfTheirVariable() {
    assertThat(secondary(Map.of("REPLICATION_DELAY", "0.5")).delay())
        .isEqualTo(Duration.ofMillis(500));
    assertThat(secondary(Map.of("REPLICATION_DELAY", "0.5", "DELAY_MS", "20")).delay())
        .isEqualTo(Duration.ofMillis(20));
    assertThat(secondary(Map.of("DELAY_MS", "20", "REPLOG_DELAY", "1s")).delay())
        .isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void anEmptyVariableIsNotSet() {
    assertThat(master(Map.of("REPLOG_PORT", "", "PORT", " ")).port()).isEqualTo(8080);
  }

  @Test
  void bothSpellingsOfACompoundNameAreHeeded() {
    assertThat(master(Map.of("REPLOG_WRITECONCERN_DEFAULT", "2")).appends().writeConcern())
        .isEqualTo(new WriteConcern.Copies(2));
    assertThat(
            settings(NodeKind.MASTER, Map.of(), Map.of("replog.writeConcern.default", "1"), NOTHING)
                .node()
                .appends()
                .writeConcern())
        .isEqualTo(new WriteConcern.Copies(1));
  }

  @Test
  void secondariesMayComeWithoutAScheme() {
    assertThat(master(Map.of("SECONDARIES", "s1:8081, http://s2:8082/")).secondaries())
        .containsExactly(URI.create("http://s1:8081"), URI.create("http://s2:8082"));
  }

  @ParameterizedTest
  @CsvSource({
    "PORT, tcp://10.0.0.1:80, a whole number from 1 to 65535",
    "MASTER_PORT, 0, a whole number from 1 to 65535",
    "DELAY_MS, 1.5, whole milliseconds",
    "REPLICATION_DELAY, soon, seconds",
    "SECONDARIES, 'a,b', 'different URLs separated by commas, such as http://localhost:8081'",
    "SECONDARIES, 'http://a:1,,', different URLs",
    "SECONDARIES, 'http://a:1,a:1', different URLs",
    "SERVER_ID, 'a b', letters",
    "REPLOG_HEARTBEAT, often, a duration",
    "REPLOG_HEARTBEAT, 1ms, from 10ms",
    "REPLOG_FAULTS_ENABLED, yes, true or false",
    "REPLOG_WRITE_CONCERN_DEFAULT, 0, 'a number from 1 to 1000, majority or all'",
    "REPLOG_DEDUPLICATION, both, key or content",
    "REPLOG_SEGMENT_SIZE, 64MB, a size such as",
  })
  void aBadValueIsNamedWithItsVariableAndTheAllowedForm(
      String variable, String value, String allowed) {
    assertThatThrownBy(() -> master(Map.of(variable, value)))
        .isInstanceOf(BadSettingException.class)
        .hasMessageStartingWith(variable + " is '" + value + "'; it must be ")
        .hasMessageContaining(allowed)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void aBadOptionIsNamedAsOne() {
    assertThatThrownBy(
            () -> settings(NodeKind.MASTER, Map.of(Property.PORT, "x"), NOTHING, NOTHING).node())
        .hasMessage("--port is 'x'; it must be a whole number from 1 to 65535");
  }

  @Test
  void aValueOfSeveralLinesIsStillNamedOnOne() {
    assertThatThrownBy(() -> master(Map.of("PORT", "1\n2\u001b[31m" + "x".repeat(500))))
        .message()
        .doesNotContain("\n")
        .doesNotContain("\u001b")
        .hasSizeLessThan(200);
  }

  @Test
  void timesThatContradictEachOtherAreRefused() {
    assertThatThrownBy(() -> master(Map.of("REPLOG_SUSPECTED", "3s")))
        .hasMessage("replog.unhealthy is 3s; it must be above REPLOG_SUSPECTED, which is 3s");
    assertThatThrownBy(() -> master(Map.of("REPLOG_HEARTBEAT", "2s")))
        .hasMessageContaining("must be above REPLOG_HEARTBEAT");
    assertThatThrownBy(() -> master(Map.of("REPLOG_RETRY_BASE", "3s")))
        .hasMessageContaining("must be not below REPLOG_RETRY_BASE");
  }

  @Test
  void mistypedNamesAreFound() {
    assertThat(
            settings(
                    NodeKind.MASTER,
                    Map.of(),
                    Map.of("replog.heartbeet", "1", "replog.heartbeat", "1s"),
                    Map.of("REPLOG_PROT", "1", "REPLOG_PORT", "1", "REPLOG_HEAP", "64m"))
                .unknown())
        .containsExactly("REPLOG_PROT", "replog.heartbeet");
  }

  @Test
  void aClusterHasADelayForEachOfItsSecondaries() {
    Map<String, String> environment =
        Map.of("NUM_SECONDARIES", "3", "SECONDARY_DELAYS", "0,500", "DELAY_MS", "7");
    ClusterSettings cluster = settings(NodeKind.MASTER, Map.of(), NOTHING, environment).cluster();
    assertThat(cluster.delays())
        .containsExactly(Duration.ZERO, Duration.ofMillis(500), Duration.ofMillis(7));
    assertThat(cluster.faultsEnabled()).isTrue();
    assertThatThrownBy(
            () ->
                settings(
                        NodeKind.MASTER,
                        Map.of(Property.CLUSTER_SECONDARIES, "1"),
                        NOTHING,
                        environment)
                    .cluster())
        .hasMessageStartingWith("SECONDARY_DELAYS names 2 delays for 1 secondaries");
  }

  @Test
  void aClusterFindsPortsForAllItsNodes() {
    assertThatThrownBy(
            () ->
                settings(NodeKind.MASTER, Map.of(Property.PORT, "65534"), NOTHING, NOTHING)
                    .cluster())
        .hasMessageStartingWith("--port leaves no room");
  }

  @ParameterizedTest
  @CsvSource({
    "250ms, PT0.25S",
    "1s, PT1S",
    "PT1S, PT1S",
    "250, PT0.25S",
    "1.5s, PT1.5S",
    "2m, PT2M",
    "1h, PT1H",
    "1d, PT24H",
    "0, PT0S"
  })
  void durationsComeInSeveralForms(String text, Duration meant) {
    assertThat(Form.duration(Duration.ZERO, Duration.ofDays(2)).read(text)).contains(meant);
  }

  @ParameterizedTest
  @CsvSource({"16MiB, 16777216", "4096, 4096", "1 KiB, 1024", "1GiB, 1073741824"})
  void sizesComeWithBinaryUnits(String text, long meant) {
    assertThat(Form.size(1, 1L << 40).read(text)).contains(meant);
  }
}
