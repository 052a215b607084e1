package io.replog.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.replog.core.NodeRole;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests made from the served description, as it has them and otherwise, against the server: each
 * answer's status, media type and members are such as the description declares for that operation,
 * and none is an error of the server. {@code -Dreplog.fuzz.requests=N} sends more.
 */
@Timeout(1800)
class OpenApiFuzzTest {
  private static final int REQUESTS = Integer.getInteger("replog.fuzz.requests", 2000);
  private static final long LONGEST_WAIT_MS = 20;

  /** Endless answers, and what is not JSON. */
  private static final Set<String> LEFT_OUT = Set.of("/cluster/events");

  private static final List<String> ODD =
      List.of(
          "", " ", "0", "-1", "1.5", "x", "null", "9223372036854775808", "\u20ac", "a/b", "%", "'");
  private static final List<String> ODD_JSON =
      List.of("null", "-1", "0", "1e99", "true", "\"\"", "[]", "{}", "\"\\ud800\"", "1001", "[1]");

  @TempDir static Path directory;

  private record Asked(String method, String path, Operation operation) {}

  private ApiDocument document;
  private SplittableRandom random;

  @Test
  void whateverIsAskedTheAnswerIsOneThatIsDeclared() {
    Map<String, Integer> answers = new TreeMap<>();
    try (Api api = Api.over(directory)) {
      document = ApiDocument.of(api);
      api.node.view = FakeNode.view(NodeRole.MASTER, List.of());
      api.node.takesHandFeed = true;
      List<Asked> operations = operations();
      for (int seed = 1; seed <= REQUESTS; seed++) {
        random = new SplittableRandom(seed);
        Asked asked = operations.get(seed % operations.size());
        HttpRequest request = request(api, asked);
        try {
          Api.Answer answer = api.send(request);
          answers.merge(asked.method() + " " + answer.status(), 1, Integer::sum);
          assertThat(answer.status()).as("%s: %s", request, answer.body()).isNotEqualTo(500);
          document.assertDeclared(asked.method(), asked.path(), answer);
        } catch (RuntimeException | AssertionError e) {
          throw new AssertionError("request %d: %s".formatted(seed, request), e);
        }
      }
    }
    System.out.printf("requests made from openapi.yml: %d, answers %s%n", REQUESTS, answers);
    assertThat(answers.keySet()).contains("GET 200", "GET 400", "POST 201", "POST 400", "PUT 200");
  }

  private List<Asked> operations() {
    List<Asked> all = new ArrayList<>();
    document
        .paths()
        .forEach(
            (path, item) -> {
              if (!LEFT_OUT.contains(path)) {
                for (Map.Entry<PathItem.HttpMethod, Operation> each :
                    item.readOperationsMap().entrySet()) {
                  all.add(new Asked(each.getKey().name(), path, each.getValue()));
                }
              }
            });
    return all;
  }

  private HttpRequest request(Api api, Asked asked) {
    String path = asked.path();
    Map<String, String> query = new LinkedHashMap<>();
    Map<String, String> headers = new LinkedHashMap<>();
    List<Parameter> parameters =
        asked.operation().getParameters() == null ? List.of() : asked.operation().getParameters();
    for (Parameter reference : parameters) {
      Parameter parameter = document.parameter(reference);
      String value = text(parameter.getSchema());
      switch (parameter.getIn()) {
        case "path" ->
            path = path.replace("{" + parameter.getName() + "}", encoded(value.strip() + "1"));
        case "header" -> put(headers, parameter.getName(), value.replaceAll("[^ -~]", "?"));
        default -> put(query, parameter.getName(), value);
      }
    }
    bound(query);
    if (one(12)) {
      query.put("unknown", "1");
    }
    String text =
        query.entrySet().stream()
            .map(each -> each.getKey() + "=" + encoded(each.getValue()))
            .collect(Collectors.joining("&"));
    HttpRequest.Builder request = api.request(path + (text.isEmpty() ? "" : "?" + text));
    headers.forEach((name, value) -> header(request, name, value));
    if (asked.path().equals("/messages") && asked.method().equals("GET") && one(3)) {
      header(request, "Accept", one(2) ? "application/x-ndjson" : "text/html");
    }
    return request.method(asked.method(), body(asked, request)).build();
  }

  /** One that asks to wait is not to hold the test up. */
  private static void bound(Map<String, String> query) {
    query.computeIfPresent(
        "wait", (name, value) -> value.matches("\\d{3,5}") ? "" + LONGEST_WAIT_MS : value);
  }

  private void put(Map<String, String> to, String name, String value) {
    if (one(2)) {
      to.put(name, value);
    }
  }

  private static void header(HttpRequest.Builder request, String name, String value) {
    request.header(name, value);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }

  // ---- values

  private boolean one(int of) {
    return random.nextInt(of) == 0;
  }

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  /** As the schema says mostly, else something odd. */
  private String text(Schema<?> schema) {
    if (one(4)) {
      return any(ODD);
    }
    if (schema.getEnum() != null) {
      return any(schema.getEnum()).toString();
    }
    return isOf(schema, "integer") ? "" + (1 + random.nextInt(12)) : "text-" + random.nextInt(9);
  }

  private static boolean isOf(Schema<?> schema, String type) {
    return type.equals(schema.getType())
        || (schema.getTypes() != null && schema.getTypes().contains(type));
  }

  private HttpRequest.BodyPublisher body(Asked asked, HttpRequest.Builder request) {
    if (asked.operation().getRequestBody() == null) {
      return BodyPublishers.noBody();
    }
    Schema<?> schema =
        asked.operation().getRequestBody().getContent().get("application/json").getSchema();
    String body = json(schema, true);
    if (one(6)) {
      int cut = random.nextInt(body.length() + 1);
      body = body.substring(0, cut) + any(List.of("", "}", "\u0000", "[[[[", "\""));
    }
    header(request, "Content-Type", one(10) ? "text/plain" : "application/json");
    return BodyPublishers.ofString(body);
  }

  private String json(Schema<?> reference, boolean whole) {
    Schema<?> schema = document.resolved(reference);
    if (!whole && one(8)) {
      return any(ODD_JSON);
    }
    if (schema.getOneOf() != null) {
      return json(schema.getOneOf().get(random.nextInt(schema.getOneOf().size())), false);
    }
    if (schema.getEnum() != null) {
      return '"' + any(schema.getEnum()).toString() + '"';
    }
    if (schema.getProperties() != null) {
      return object(schema);
    }
    if (isOf(schema, "array")) {
      String item = json(schema.getItems(), false);
      return "[" + String.join(",", java.util.Collections.nCopies(random.nextInt(4), item)) + "]";
    }
    if (isOf(schema, "integer")) {
      return "" + (1 + random.nextInt(3));
    }
    if (isOf(schema, "number")) {
      return "0." + random.nextInt(10);
    }
    return isOf(schema, "boolean") ? "" + one(2) : "\"http://127.0.0.1:" + random.nextInt(9) + "\"";
  }

  private String object(Schema<?> schema) {
    List<String> members = new ArrayList<>();
    boolean any = schema.getRequired() == null;
    schema
        .getProperties()
        .forEach(
            (name, member) -> {
              boolean wanted = any ? one(3) : !one(10);
              if (wanted) {
                members.add('"' + name + "\":" + json(member, false));
              }
            });
    if (one(15)) {
      members.add("\"unknown\":1");
    }
    return "{" + String.join(",", members) + "}";
  }
}
