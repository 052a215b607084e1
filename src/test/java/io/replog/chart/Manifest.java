package io.replog.chart;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One object of Kubernetes, or a part of one, as a reader of its YAML sees it.
 *
 * @param fields what it holds
 */
record Manifest(Map<String, Object> fields) {
  String kind() {
    return text("kind");
  }

  String name() {
    return text("metadata.name");
  }

  /** The text, number or truth value at a path such as {@code spec.replicas}. */
  String text(String path) {
    return String.valueOf(at(path));
  }

  boolean has(String path) {
    return at(path) != null;
  }

  Manifest part(String path) {
    return of(at(path));
  }

  /** The parts of the list at a path; none if there is no list. */
  List<Manifest> parts(String path) {
    return at(path) instanceof List<?> list ? list.stream().map(Manifest::of).toList() : List.of();
  }

  /** What is at a path of names; null if nothing is. */
  @Nullable Object at(String path) {
    Object here = fields;
    for (String name : path.split("\\.", -1)) {
      here = here instanceof Map<?, ?> map ? map.get(name) : null;
    }
    return here;
  }

  /** The spec of the pods that this object makes; nothing if it makes none. */
  List<Manifest> podSpecs() {
    return has("spec.template.spec") ? List.of(part("spec.template.spec")) : List.of();
  }

  @SuppressWarnings("unchecked") // a YAML mapping of Kubernetes has texts for keys
  private static Manifest of(@Nullable Object value) {
    return new Manifest(value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of());
  }
}
