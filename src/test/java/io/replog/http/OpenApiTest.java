package io.replog.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.replog.core.FeedState;
import io.replog.core.NodeRole;
import io.replog.core.NodeStatus;
import io.replog.node.ClusterView;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.examples.Example;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The served description against the server that serves it. */
@Timeout(60)
class OpenApiTest {
  private static final String JSON = "application/json";
  private static final String PROBLEM = "application/problem+json";
  private static final String SCHEMAS = "#/components/schemas/";
  private static final String RESPONSES = "#/components/responses/";

  @TempDir static Path directory;
  private static Api api;
  private static OpenAPI document;
  private static Map<String, PathItem> paths;

  @BeforeAll
  static void start() {
    api = Api.over(directory);
    Api.Answer answer = api.get("/openapi.yml");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.type()).startsWith("application/yaml");
    SwaggerParseResult result = new OpenAPIV3Parser().readContents(answer.body(), null, null);
    assertThat(result.getMessages()).isEmpty();
    document = result.getOpenAPI();
    assertThat(document.getOpenapi()).isEqualTo("3.1.0");
    paths = document.getPaths();
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  @Test
  void everyPathAndMethodIsServedAndEveryRouteIsDescribed() {
    Set<String> described = new TreeSet<>();
    paths.forEach(
        (path, item) ->
            item.readOperationsMap().keySet().forEach(m -> described.add(m + " " + path)));
    // the endpoint has one route for both
    Set<String> served = new TreeSet<>(api.routes());
    assertThat(served.remove("GET /health/{selector}")).isTrue();
    served.addAll(List.of("GET /health/liveness", "GET /health/readiness"));
    assertThat(described).isEqualTo(served);
  }

  @Test
  void everyProblemIsThereByName() throws IOException {
    Set<String> names =
        Arrays.stream(Problem.Kind.values())
            .map(kind -> kind.name().toLowerCase(Locale.ROOT).replace('_', '-'))
            .map(name -> "urn:replog:problem:" + name)
            .collect(Collectors.toCollection(TreeSet::new));
    names.add("urn:replog:problem:not-secondary"); // of the stream between nodes
    Schema<?> type = (Schema<?>) schema("Problem").getProperties().get("type");
    assertThat(type.getEnum().stream().map(Object::toString))
        .containsExactlyElementsOf(
            type.getEnum().stream().map(Object::toString).distinct().toList());
    assertThat(new TreeSet<>(type.getEnum().stream().map(Object::toString).toList()))
        .isEqualTo(names);
  }

  @Test
  void everyExampleIsWhatItsSchemaSays() {
    int[] examples = {0};
    contents()
        .flatMap(content -> content.values().stream())
        .filter(media -> media.getExamples() != null)
        .forEach(
            media -> {
              for (Example example : media.getExamples().values()) {
                examples[0]++;
                assertFits(plain(example.getValue()), media.getSchema(), "example");
              }
            });
    assertThat(examples[0]).isGreaterThan(10);
  }

  @Test
  void everyAnswerHasAnExampleOfItsOwnStatus() {
    int[] answers = {0};
    paths.forEach(
        (path, item) ->
            item.readOperationsMap()
                .forEach(
                    (method, operation) ->
                        operation
                            .getResponses()
                            .forEach(
                                (status, answer) -> {
                                  answers[0]++;
                                  assertShown(response(answer), status, method + " " + path);
                                })));
    assertThat(answers[0]).isGreaterThan(100);
  }

  private static void assertShown(ApiResponse response, String status, String where) {
    Content content = response.getContent();
    if (content == null || content.keySet().stream().anyMatch(type -> type.contains("frames"))) {
      return; // no body, or one that is not for people
    }
    assertThat(content.values())
        .as("an example of %s of %s", status, where)
        .anyMatch(media -> media.getExample() != null || media.getExamples() != null);
    MediaType problem = content.get(PROBLEM);
    if (problem != null) {
      problem
          .getExamples()
          .values()
          .forEach(
              example ->
                  assertThat(Api.json(example.getValue().toString()))
                      .as(where)
                      .containsEntry("status", Integer.valueOf(status)));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /messages, 200",
    "GET, /messages/{sequence}, 200",
    "GET, /messages/{sequence}, 404",
    "GET, /hash/{sequence}, 200",
    "GET, /cluster, 200",
    "GET, /secondaries, 200",
    "GET, /faults, 200",
    "PUT, /faults, 200",
    "PUT, /faults, 400",
    "POST, /messages, 201",
    "POST, /messages, 400",
    "POST, /secondaries, 201",
    "POST, /replicate, 409",
    "GET, /health, 200",
    "GET, /health/liveness, 200",
    "GET, /health/readiness, 200",
  })
  void whatTheServerAnswersIsWhatTheDocumentSays(String method, String path, int status) {
    api.post("/messages", "{\"message\":\"x\"}", "Idempotency-Key", "k");
    api.node.view =
        FakeNode.view(
            NodeRole.MASTER,
            List.of(
                new ClusterView.Secondary(
                    "s0", "http://s0", NodeStatus.HEALTHY, true, FeedState.STREAMING, 1, 0, 5L)));
    String at = path.replace("{sequence}", status == 404 ? "999999" : "1");
    boolean bad = status == 400;
    Api.Answer answer =
        switch (method) {
          case "GET" -> api.get(at);
          case "PUT" -> api.put(at, bad ? "{\"x\":1}" : "{\"delayMs\":0}");
          default ->
              api.post(
                  at,
                  switch (path) {
                    case "/messages" -> bad ? "{\"W\":1}" : "{\"message\":\"y\",\"w\":1}";
                    case "/secondaries" -> "{\"id\":\"s1\",\"url\":\"http://127.0.0.1:1\"}";
                    default -> "{\"sequence\":1,\"message\":\"x\"}";
                  });
        };
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    ApiResponse response =
        response(
            paths
                .get(path)
                .readOperationsMap()
                .get(PathItem.HttpMethod.valueOf(method))
                .getResponses()
                .get(Integer.toString(status)));
    String type = answer.type().startsWith(PROBLEM) ? PROBLEM : JSON;
    assertFits(answer.json(), response.getContent().get(type).getSchema(), path);
  }

  @Test
  void aMemberThatIsNotDescribedWouldBeSeen() {
    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(
                () -> assertFits(Map.of("node", "n", "secret", 1), schema("Copy"), "copy")))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void theDocumentsNameIt() throws IOException {
    assertThat(Files.readString(Path.of("docs/http.md"), UTF_8)).contains("GET /openapi.yml");
  }

  private static Stream<Content> contents() {
    Stream<Content> ofOperations =
        paths.values().stream()
            .flatMap(item -> item.readOperations().stream())
            .flatMap(
                operation ->
                    Stream.concat(
                        Stream.ofNullable(operation.getRequestBody())
                            .map(body -> body.getContent()),
                        operation.getResponses().values().stream()
                            .map(response -> response(response).getContent())));
    return ofOperations.filter(content -> content != null);
  }

  private static ApiResponse response(ApiResponse response) {
    String reference = response.get$ref();
    return reference == null
        ? response
        : document.getComponents().getResponses().get(reference.replace(RESPONSES, ""));
  }

  private static Schema<?> schema(String name) {
    return document.getComponents().getSchemas().get(name);
  }

  private static Object plain(Object value) {
    return Api.json("{\"value\":" + value + "}").get("value");
  }

  /** What the schemas of this document use, and no more of JSON Schema than that. */
  private static void assertFits(Object value, Schema<?> schema, String where) {
    if (schema.get$ref() != null) {
      assertFits(value, schema(schema.get$ref().replace(SCHEMAS, "")), where);
      return;
    }
    if (schema.getOneOf() != null) {
      assertThat(schema.getOneOf())
          .as("%s %s", where, value)
          .anyMatch(one -> typeFits(value, (Schema<?>) one));
      return;
    }
    assertThat(typeFits(value, schema)).as("%s: %s is not %s", where, value, schema).isTrue();
    if (schema.getEnum() != null) {
      assertThat(schema.getEnum().stream().map(Object::toString))
          .as(where)
          .contains(String.valueOf(value));
    }
    if (schema.getPattern() != null) {
      assertThat(value.toString()).as(where).matches(schema.getPattern());
    }
    if (value instanceof List<?> list) {
      list.forEach(item -> assertFits(item, schema.getItems(), where + "[]"));
    }
    if (value instanceof Map<?, ?> object && schema.getProperties() != null) {
      Map<String, Object> members = new LinkedHashMap<>();
      object.forEach((name, member) -> members.put(name.toString(), member));
      if (schema.getRequired() != null) {
        assertThat(members.keySet()).as(where).containsAll(schema.getRequired());
      }
      if (Boolean.FALSE.equals(schema.getAdditionalProperties())
          || isFalse(schema.getAdditionalProperties())) {
        assertThat(schema.getProperties().keySet()).as(where).containsAll(members.keySet());
      }
      members.forEach(
          (name, member) -> {
            Schema<?> of = schema.getProperties().get(name);
            if (of != null) {
              assertFits(member, of, where + "." + name);
            }
          });
    }
  }

  /** How OpenAPI 3.1 has the schema that nothing fits. */
  private static boolean isFalse(Object additional) {
    return additional instanceof Schema<?> schema
        && Boolean.FALSE.equals(schema.getBooleanSchemaValue());
  }

  private static boolean typeFits(Object value, Schema<?> schema) {
    Set<String> types =
        schema.getTypes() == null
            ? (schema.getType() == null ? Set.of() : Set.of(schema.getType()))
            : schema.getTypes();
    return types.isEmpty() || types.stream().anyMatch(type -> isOf(type, value));
  }

  private static boolean isOf(String type, Object value) {
    return switch (type) {
      case "null" -> value == null;
      case "string" -> value instanceof String;
      case "boolean" -> value instanceof Boolean;
      case "integer" -> value instanceof Integer || value instanceof Long;
      case "number" -> value instanceof Number;
      case "array" -> value instanceof List;
      case "object" -> value instanceof Map;
      default -> false;
    };
  }
}
