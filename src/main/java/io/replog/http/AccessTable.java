package io.replog.http;

import io.replog.trust.Role;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who may ask what: every route, in one table. A route without a line is refused to everybody, and
 * a test fails. What is no route (files of the page, unknown paths) tells nothing and is open.
 */
final class AccessTable {
  private static final String JSON = "application/json";

  /** What a request needs. */
  enum Need {
    /** Nothing. */
    OPEN("nothing"),
    /** A token of any role, or to be a node. */
    READ("read"),
    /** A token that may append. */
    APPEND("append"),
    /** A token that may change the cluster. */
    OPERATE("operate"),
    /** To be a node, or a token that may change the cluster. */
    JOIN("node or operate"),
    /** To be a node of the cluster. */
    NODE("node");

    private final String text;

    Need(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  /**
   * A route.
   *
   * @param mediaType of the request, where it makes a difference; null for any other
   */
  record Line(String method, String path, @Nullable String mediaType, Need need) {
    String name() {
      return method + " " + path + (mediaType == null ? "" : " (" + mediaType + ")");
    }
  }

  static final List<Line> LINES =
      List.of(
          line("GET", "/", Need.OPEN),
          line("GET", "/api", Need.OPEN),
          line("GET", "/pages/{file}", Need.OPEN),
          line("GET", "/openapi.yml", Need.OPEN),
          line("GET", "/health", Need.OPEN),
          line("GET", "/health/{selector}", Need.OPEN),
          line("GET", "/prometheus", Need.READ),
          line("GET", "/messages", Need.READ),
          line("GET", "/messages/{sequence}", Need.READ),
          line("GET", "/messages/{sequence}/receipt", Need.READ),
          line("GET", "/hash/{sequence}", Need.READ),
          line("GET", "/cluster", Need.READ),
          line("GET", "/cluster/events", Need.READ),
          line("GET", "/cluster/verify", Need.READ),
          line("GET", "/secondaries", Need.READ),
          line("GET", "/faults", Need.READ),
          line("GET", "/frames", Need.READ),
          line("GET", "/nodes/{id}/cluster", Need.READ),
          line("GET", "/nodes/{id}/messages", Need.READ),
          line("GET", "/nodes/{id}/messages/{sequence}", Need.READ),
          line("GET", "/nodes/{id}/faults", Need.READ),
          line("POST", "/messages", Need.APPEND),
          line("POST", "/secondaries", Need.JOIN),
          line("DELETE", "/secondaries/{id}", Need.OPERATE),
          line("POST", "/trim", Need.OPERATE),
          line("PUT", "/nodes/{id}/faults", Need.OPERATE),
          line("DELETE", "/nodes/{id}/faults", Need.OPERATE),
          line("PUT", "/faults", Need.OPERATE),
          line("DELETE", "/faults", Need.OPERATE),
          new Line("POST", "/replicate", JSON, Need.OPERATE),
          line("POST", "/replicate", Need.NODE));

  private AccessTable() {}

  private static Line line(String method, String path, Need need) {
    return new Line(method, path, null, need);
  }

  /** The need of a route; nothing if it has no line. */
  static Optional<Need> need(String method, String path, @Nullable String mediaType) {
    String asked = method.equals("HEAD") ? "GET" : method;
    return LINES.stream()
        .filter(line -> line.method().equals(asked) && line.path().equals(path))
        .filter(line -> line.mediaType() == null || line.mediaType().equals(mediaType))
        .findFirst()
        .map(Line::need);
  }

  /** Whether the holder of a role, or nobody (null), may do what needs this. */
  static boolean allows(Need need, @Nullable Role role) {
    return switch (need) {
      case OPEN -> true;
      case READ -> role != null;
      case APPEND -> role != null && role.covers(Role.APPEND);
      case OPERATE, JOIN -> role != null && role.covers(Role.OPERATE);
      case NODE -> false;
    };
  }

  /** Whether a node of the cluster may do what needs this. */
  static boolean allowsNode(Need need) {
    return switch (need) {
      case OPEN, READ, JOIN, NODE -> true;
      case APPEND, OPERATE -> false;
    };
  }
}
