package io.replog.chart;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Assumptions;
import org.yaml.snakeyaml.Yaml;

/**
 * The chart, rendered as {@code helm template replog helm/replog --namespace replog --no-hooks}
 * does. Helm comes as a library with its own code for the common platforms; on another one the
 * tests that need it are skipped, and say so.
 */
final class Chart {
  static final Path HOME = Path.of("helm", "replog");
  static final String NAMESPACE = "replog";

  private Chart() {}

  /** Value sets that users have; each is a file. */
  static Stream<Path> valueSets() throws IOException {
    try (Stream<Path> files = Files.list(HOME.resolve("ci"))) {
      return files.sorted().toList().stream();
    }
  }

  /** The objects, with the defaults where {@code values} says nothing. */
  static List<Manifest> objects(Path values) {
    return parsed(template().withValuesFile(values).call());
  }

  /**
   * @param set values as {@code --set} takes them
   */
  static List<Manifest> objects(Map<String, ?> set) {
    return parsed(text(set));
  }

  static String text(Map<String, ?> set) {
    TemplateCommand template = template();
    set.forEach(template::set);
    return template.call();
  }

  static Manifest one(List<Manifest> objects, String kind, String name) {
    return objects.stream()
        .filter(object -> object.kind().equals(kind) && object.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + kind + " " + name));
  }

  /** Helm for this chart. Skips the test where Helm's library is not made for the platform. */
  static Helm helm() {
    try {
      Helm.version().call();
    } catch (UnsatisfiedLinkError | IllegalStateException e) {
      System.out.println("skipped: no Helm library for this platform: " + e.getMessage());
      Assumptions.abort("no Helm library for this platform: " + e.getMessage());
    }
    return new Helm(HOME);
  }

  static List<Manifest> parsed(String yaml) {
    return StreamSupport.stream(new Yaml().loadAll(yaml).spliterator(), false)
        .filter(Map.class::isInstance)
        .map(Chart::manifest)
        .toList();
  }

  @SuppressWarnings("unchecked") // the objects of Kubernetes are mappings with texts for keys
  private static Manifest manifest(Object document) {
    return new Manifest((Map<String, Object>) document);
  }

  private static TemplateCommand template() {
    return helm().template().withName("replog").withNamespace(NAMESPACE);
  }
}
