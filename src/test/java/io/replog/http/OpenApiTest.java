package io.replog.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.replog.core.FeedState;
import io.replog.core.NodeRole;
import io.replog.core.NodeStatus;
import io.replog.node.ClusterView;
import io.swagger.v3.oas.models.examples.Example;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
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

  @TempDir static Path directory;
  private static Api api;
  private static ApiDocument document;

  @BeforeAll
  static void start() {
    api = Api.over(directory);
    document = ApiDocument.of(api);
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  @Test
  void everyPathAndMethodIsServedAndEveryRouteIsDescribed() {
    Set<String> described = new TreeSet<>();
    document
        .paths()
        .forEach(
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
    Schema<?> type = (Schema<?>) document.schema("Problem").getProperties().get("type");
    assertThat(type.getEnum().stream().map(Object::toString))
        .containsExactlyElementsOf(
            type.getEnum().stream().map(Object::toString).distinct().toList());
    assertThat(new TreeSet<>(type.getEnum().stream().map(Object::toString).toList()))
        .isEqualTo(names);
  }

  @Test
  void everyExampleIsWhatItsSchemaSays() {
    int[] examples = {0};
    document
        .contents()
        .flatMap(content -> content.values().stream())
        .filter(media -> media.getExamples() != null)
        .forEach(
            media -> {
              for (Example example : media.getExamples().values()) {
                examples[0]++;
                document.assertFits(
                    ApiDocument.plain(example.getValue()), media.getSchema(), "example");
              }
            });
    assertThat(examples[0]).isGreaterThan(10);
  }

  @Test
  void everyAnswerHasAnExampleOfItsOwnStatus() {
    int[] answers = {0};
    document
        .paths()
        .forEach(
            (path, item) ->
                item.readOperationsMap()
                    .forEach(
                        (method, operation) ->
                            operation
                                .getResponses()
                                .forEach(
                                    (status, answer) -> {
                                      answers[0]++;
                                      assertShown(
                                          document.response(answer), status, method + " " + path);
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
    MediaType problem = content.get("application/problem+json");
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
    "POST, /trim, 200",
    "POST, /trim, 400",
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
                    case "/trim" -> bad ? "{\"before\":0}" : "{\"before\":1}";
                    case "/secondaries" -> "{\"id\":\"s1\",\"url\":\"http://127.0.0.1:1\"}";
                    default -> "{\"sequence\":1,\"message\":\"x\"}";
                  });
        };
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    document.assertDeclared(method, path, answer);
  }

  @Test
  void aMemberThatIsNotDescribedWouldBeSeen() {
    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(
                () ->
                    document.assertFits(
                        Map.of("node", "n", "secret", 1), document.schema("Copy"), "copy")))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void theDocumentsNameIt() throws IOException {
    assertThat(Files.readString(Path.of("docs/http.md"), UTF_8)).contains("GET /openapi.yml");
  }
}
