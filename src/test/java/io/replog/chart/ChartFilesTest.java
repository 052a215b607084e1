package io.replog.chart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Files that are made from the chart say what it says; {@code -Dchart.files=write} makes them anew.
 */
class ChartFilesTest {
  private static final Path INSTALL = Path.of("k8s", "install.yaml");
  private static final String COMMAND = "mvn -q -Dtest=ChartFilesTest -Dchart.files=write test";

  @Test
  void theReadmeListsEveryValue() throws IOException {
    Path readme = Chart.HOME.resolve("README.md");
    String values = Files.readString(Chart.HOME.resolve("values.yaml"), UTF_8);
    String now = Files.readString(readme, UTF_8);
    check(readme, ValuesTable.into(now, values));
  }

  @Test
  void installYamlIsTheRenderedChart() throws IOException {
    check(
        INSTALL,
        "# Made from helm/replog with its defaults; make it anew with:\n#   "
            + COMMAND
            + "\n# kubectl apply -f k8s/namespace.yaml -f k8s/install.yaml\n"
            + Chart.text(Map.of()).replaceAll("(?m)[ \t]+$", ""));
  }

  @Test
  void chartAndImageAreOfThisRelease() throws IOException {
    Matcher pom =
        Pattern.compile("<version>(([0-9.]+)(?:-SNAPSHOT)?)</version>")
            .matcher(Files.readString(Path.of("pom.xml"), UTF_8));
    assertThat(pom.find()).isTrue();
    assertThat(Files.readString(Path.of("Dockerfile"), UTF_8))
        .contains("ARG VERSION=" + pom.group(1) + "\n");
    assertThat(Files.readString(Path.of("k8s", "kind-values.yaml"), UTF_8))
        .contains("  tag: " + pom.group(2) + "\n");
    assertThat(Files.readString(Chart.HOME.resolve("Chart.yaml"), UTF_8))
        .contains("appVersion: \"" + pom.group(2) + "\"");
  }

  private static void check(Path file, String expected) throws IOException {
    if ("write".equals(System.getProperty("chart.files"))) {
      Files.writeString(file, expected, UTF_8);
    }
    assertThat(file).as("write it with: " + COMMAND).content().isEqualTo(expected);
  }
}
