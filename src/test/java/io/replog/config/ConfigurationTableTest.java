package io.replog.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The document is made from the table; {@code -Dconfiguration.table=write} writes it anew. */
class ConfigurationTableTest {
  private static final Path DOCUMENT = Path.of("docs", "configuration.md");

  @Test
  void theDocumentSaysWhatTheTableSays() throws IOException {
    String expected = document();
    if ("write".equals(System.getProperty("configuration.table"))) {
      Files.writeString(DOCUMENT, expected);
    }
    assertThat(DOCUMENT)
        .as("write it with: mvn -q -Dtest=ConfigurationTableTest -Dconfiguration.table=write test")
        .content()
        .isEqualTo(expected);
  }

  @Test
  void everyDefaultIsOfItsForm() {
    assertThat(Property.all())
        .allSatisfy(
            property -> {
              String text = property.defaultText();
              if (text != null) {
                assertThat(property.form().read(text)).as(property.name()).isPresent();
              }
            });
  }

  @Test
  void noVariableSetsTwoProperties() {
    assertThat(Property.all().stream().flatMap(property -> property.allVariables().stream()))
        .doesNotHaveDuplicates();
  }

  private static String document() {
    return """
    # Configuration

    <!-- Made from io.replog.config.Property by ConfigurationTableTest: change it there. -->

    A value comes from the first of these that has one:

    1. the command line's option,
    2. the system property (`-Dreplog.heartbeat=500ms`; with the script `REPLOG_JAVA_OPTS=-Dreplog.heartbeat=500ms`),
    3. the `REPLOG_*` environment variable,
    4. the other environment variables of the row, the first before the second,
    5. the default.

    An empty environment variable is one that is not set. A value of a wrong form stops the start with one line that
    names where it was set and what is allowed, exit code 2. A name such as `replog.write-concern.default` may be
    written `replog.writeConcern.default`, its variable also `REPLOG_WRITECONCERN_DEFAULT`.

    | property | environment | option | default | must be | what for |
    | --- | --- | --- | --- | --- | --- |
    """
        + Property.all().stream().map(ConfigurationTableTest::row).collect(Collectors.joining())
        + """

        The script `./replog` itself reads `REPLOG_JAVA_HOME` (the JDK), `REPLOG_HEAP` (the largest heap) and
        `REPLOG_JAVA_OPTS` (further options of the JVM).

        `replog cluster` takes `--port` and `--data` for all its nodes, gives each its own, and hands on every other
        setting. Its nodes have `replog.faults.enabled` unless it is set to false.
        """;
  }

  private static String row(Property<?> property) {
    String variables =
        property.others().stream()
            .map(ConfigurationTableTest::variable)
            .collect(Collectors.joining(", "));
    String option = property.option();
    String text = property.defaultText();
    return "| `%s` | `%s`%s | %s | %s | %s | %s |\n"
        .formatted(
            property.name(),
            property.variables().getFirst(),
            variables.isEmpty() ? "" : ", " + variables,
            option == null ? "" : "`" + option + "`",
            text == null ? "" : "`" + text + "`",
            property.form().allowed(),
            property.why());
  }

  private static String variable(Property.Variable<?> variable) {
    NodeKind only = variable.only();
    return "`" + variable.name() + "`" + (only == null ? "" : " (" + only.command() + ")");
  }
}
