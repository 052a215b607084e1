package io.replog.client;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A problem as RFC 9457 has it.
 *
 * @param name the last part of its type, such as {@code not-master}
 * @param facts its further members, in the order of the answer
 */
public record Problem(
    int status, String name, String title, @Nullable String detail, Map<String, String> facts) {
  private static final String TYPES = "urn:replog:problem:";

  static Problem of(Json answer, int status) {
    String type = answer.text("type");
    String title = answer.text("title");
    String name = type == null ? "" : type.replace(TYPES, "");
    return new Problem(
        status,
        name,
        title == null ? (name.isEmpty() ? "HTTP " + status : name) : title,
        answer.text("detail"),
        answer.membersExcept("type", "title", "status", "detail"));
  }
}
