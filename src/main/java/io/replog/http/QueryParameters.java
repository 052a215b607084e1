package io.replog.http;

import io.micronaut.http.HttpRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The query of a request, read strictly: a mistyped parameter is refused by name, never ignored.
 */
final class QueryParameters {
  private final Map<String, List<String>> values;

  private QueryParameters(Map<String, List<String>> values) {
    this.values = values;
  }

  /**
   * The parameters of a request.
   *
   * @param allowed all that it may have, each at most once
   */
  static QueryParameters of(HttpRequest<?> request, List<String> allowed) {
    Map<String, List<String>> values = request.getParameters().asMap();
    for (Map.Entry<String, List<String>> parameter : values.entrySet()) {
      if (!allowed.contains(parameter.getKey())) {
        throw ProblemException.invalid(
            "unknown parameter \"%s\"; allowed are %s"
                .formatted(
                    parameter.getKey(), allowed.isEmpty() ? "none" : String.join(", ", allowed)));
      }
      if (parameter.getValue().size() != 1) {
        throw ProblemException.invalid("parameter \"" + parameter.getKey() + "\" is there twice");
      }
    }
    return new QueryParameters(values);
  }

  @Nullable String text(String name) {
    List<String> value = values.get(name);
    return value == null ? null : value.getFirst();
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  /** A whole number, {@code otherwise} where it is not there. */
  long whole(String name, long lowest, long highest, long otherwise) {
    String text = text(name);
    return text == null ? otherwise : parse("parameter \"" + name + "\"", text, lowest, highest);
  }

  /** Parses a whole number: decimal digits alone, no sign, no space. */
  static long parse(String what, String text, long lowest, long highest) {
    if (!text.isEmpty() && text.length() < 20 && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      try {
        long value = Long.parseLong(text);
        if (value >= lowest && value <= highest) {
          return value;
        }
      } catch (NumberFormatException e) {
        // above what a long can hold: refused below
      }
    }
    throw ProblemException.invalid(
        "%s must be a whole number from %d%s"
            .formatted(what, lowest, highest == Long.MAX_VALUE ? " on" : " to " + highest));
  }
}
