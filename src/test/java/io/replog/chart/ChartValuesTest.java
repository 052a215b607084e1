package io.replog.chart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.Yaml;

/** A wrong value is refused before anything is made, by a sentence that names it. */
class ChartValuesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          secondaries: {replicaCount: -1}           | /secondaries/replicaCount
          secondaries: {replicaCount: two}          | /secondaries/replicaCount
          secondaries: {replicaCount: 1.5}          | /secondaries/replicaCount
          secondaries: {delaysMs: abc}              | /secondaries/delaysMs
          secondaries: {delaysMs: '0,500'}          | /secondaries/delaysMs
          secondaries: {delaysMs: [0, -5]}          | /secondaries/delaysMs/1
          secondaries: {delaysMs: [0, fast]}        | /secondaries/delaysMs/1
          secondaries: {delaysMs: 3600001}          | /secondaries/delaysMs
          secondaries: {replicas: 2}                | replicas
          secondarys: {replicaCount: 2}             | secondarys
          master: {replicaCount: 0}                 | /master/replicaCount
          master: {delayMs: -1}                     | /master/delayMs
          master: {persistence: {enabled: maybe}}   | /master/persistence/enabled
          image: {tga: 1.0.0}                       | tga
          image: {digest: latest}                   | /image/digest
          writeConcern: {default: most}             | /writeConcern/default
          writeConcern: {default: 0}                | /writeConcern/default
          writeConcern: {default: 4}                | writeConcern.default: 4 copies are more
          persistence: {size: much}                 | /persistence/size
          persistence: {retention: {whenScaled: No}} | /persistence/retention/whenScaled
          antiAffinity: strong                      | /antiAffinity
          secondaries: {autoscaling: {enabled: true, minReplicas: 9}} | autoscaling.minReplicas
          networkPolicy: {clients: [{pod: x}]}      | /networkPolicy/clients/0
          evidence: {existingSecret: k}             | evidence: existingSecret goes with
          evidence: {ringConfigMap: r}              | evidence: existingSecret goes with
          {evidence: {existingSecret: k, ringConfigMap: r}, master: {replicaCount: 2}} | master.replicaCount=1
          {evidence: {existingSecret: k, ringConfigMap: r}, secondaries: {autoscaling: {enabled: true}}} | autoscaling
          extraEnv: [{name: A, vale: b}]            | /extraEnv/0
          """)
  void aWrongValueIsRefusedByName(String values, String named, @TempDir Path directory)
      throws IOException {
    Path file = Files.writeString(directory.resolve("values.yaml"), values, UTF_8);
    assertThatThrownBy(() -> Chart.objects(file)).hasMessageContaining(named);
  }

  @Test
  void theSchemaKnowsEveryValueAndNoOther() throws IOException {
    List<String> unequal = new ArrayList<>();
    compare("", yaml("values.yaml"), yaml("values.schema.json"), unequal);
    assertThat(unequal).isEmpty();
  }

  /** Where the schema names the members of a mapping, the values have them all, and no others. */
  private static void compare(String path, Manifest values, Manifest schema, List<String> unequal) {
    if (!schema.has("properties")) {
      return;
    }
    if (!"false".equals(schema.text("additionalProperties"))) {
      unequal.add(path + ": takes any member");
    }
    Map<String, Object> known = schema.part("properties").fields();
    for (String name : known.keySet()) {
      if (values.fields().containsKey(name)) {
        compare(
            path + "." + name, values.part(name), schema.part("properties").part(name), unequal);
      } else if (!name.equals("global")) {
        unequal.add(path + "." + name + ": no default");
      }
    }
    values.fields().keySet().stream()
        .filter(name -> !known.containsKey(name))
        .forEach(name -> unequal.add(path + "." + name + ": not in the schema"));
  }

  private static Manifest yaml(String file) throws IOException {
    Map<String, Object> fields = new Yaml().load(Files.readString(Chart.HOME.resolve(file), UTF_8));
    return new Manifest(fields);
  }
}
