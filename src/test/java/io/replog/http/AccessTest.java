package io.replog.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.replog.http.AccessTable.Line;
import io.replog.http.AccessTable.Need;
import io.replog.node.Faults;
import io.replog.trust.ClusterSecret;
import io.replog.trust.Role;
import io.replog.trust.Tokens;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every route, asked by everybody. The table that comes of it is a part of docs/security.md. */
@Timeout(60)
class AccessTest {
  private static final Path DOCUMENT = Path.of("docs", "security.md");
  private static final String BEGIN = "<!-- written by AccessTest: begin -->\n";
  private static final String END = "<!-- written by AccessTest: end -->\n";
  private static final String NOBODY = "nobody";
  private static final String LET_IN = "yes";

  private static final Map<Role, String> TOKENS =
      Map.of(
          Role.READ, "a-token-for-reading",
          Role.APPEND, "a-token-for-appending",
          Role.OPERATE, "a-token-for-operators");
  private static final String OURS = "the secret of this cluster";
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @TempDir static Path directory;
  private static Api api;

  private static ClusterSecret secret(String text) {
    return new ClusterSecret(() -> ClusterSecret.Keys.parse(text), System::currentTimeMillis);
  }

  private static Tokens tokens() {
    return Tokens.parse(
        TOKENS.entrySet().stream()
            .map(e -> e.getKey().text() + "er " + e.getKey().text() + " " + e.getValue())
            .collect(Collectors.joining("\n")));
  }

  @BeforeAll
  static void start() {
    api = Api.guarded(directory, new Access(AccessTest::tokens, secret(OURS), false));
    api.node.append("a");
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  @BeforeEach
  void reset() {
    api.node.faults = Faults.NONE;
    api.node.appends.clear();
  }

  /** Who asks: makes the Authorization header of a request, null for none. */
  private interface Caller extends BiFunction<String, String, @Nullable String> {}

  private static Map<String, Caller> callers() {
    Map<String, Caller> callers = new LinkedHashMap<>();
    callers.put(NOBODY, (method, path) -> null);
    callers.put("a wrong token", (method, path) -> "Bearer a-token-that-nobody-has");
    for (Role role : Role.values()) {
      callers.put(role.text(), (method, path) -> "Bearer " + TOKENS.get(role));
    }
    callers.put("a node", (method, path) -> secret(OURS).sign(method, path));
    callers.put(
        "another cluster's node", (m, path) -> secret("not ours, no, not ours").sign(m, path));
    return callers;
  }

  @Test
  void everyRouteHasALineAndEveryLineARoute() {
    assertThat(
            AccessTable.LINES.stream()
                .map(l -> l.method() + " " + l.path())
                .collect(Collectors.toSet()))
        .as("a new route needs a line in AccessTable")
        .isEqualTo(api.routes());
  }

  @Test
  void everyRouteLetsInWhomItShouldAndTheDocumentSaysSo() throws IOException {
    StringBuilder table = new StringBuilder();
    Map<String, Caller> callers = callers();
    table.append("| | needs | ").append(String.join(" | ", callers.keySet())).append(" |\n|---");
    table.append("|---".repeat(callers.size() + 1)).append("|\n");
    for (Line line : AccessTable.LINES) {
      table.append("| `").append(line.name()).append("` | ").append(line.need().text());
      callers.forEach(
          (who, caller) -> {
            String seen = answer(line, caller);
            assertThat(seen).as("%s asked by %s", line.name(), who).isEqualTo(expected(line, who));
            table.append(" | ").append(seen);
          });
      table.append(" |\n");
    }
    String document = Files.readString(DOCUMENT, UTF_8);
    String expected =
        document.substring(0, document.indexOf(BEGIN) + BEGIN.length())
            + table
            + document.substring(document.indexOf(END));
    if ("write".equals(System.getProperty("access.table"))) {
      Files.writeString(DOCUMENT, expected, UTF_8);
    }
    assertThat(DOCUMENT)
        .as("write it with: mvn -q -Dtest=AccessTest -Daccess.table=write test")
        .content(UTF_8)
        .isEqualTo(expected);
  }

  /** Written down once more, apart from the table that the node has. */
  private static String expected(Line line, String who) {
    Set<String> allowed =
        switch (line.need()) {
          case OPEN -> callers().keySet();
          case READ -> Set.of("read", "append", "operate", "a node");
          case APPEND -> Set.of("append", "operate");
          case OPERATE -> Set.of("operate");
          case JOIN -> Set.of("operate", "a node");
          case NODE -> Set.of("a node");
        };
    boolean known = Set.of("read", "append", "operate", "a node").contains(who);
    return allowed.contains(who) ? LET_IN : known ? "403" : "401";
  }

  private static String answer(Line line, Caller caller) {
    String path =
        line.path().replaceAll("\\{[^}]*}", line.path().contains("health") ? "liveness" : "1");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + api.port() + path));
    String body =
        switch (line.name()) {
          case "POST /messages" -> "{\"message\":\"m\",\"w\":1}";
          case "POST /secondaries" -> "{\"id\":\"s1\",\"url\":\"http://127.0.0.1:1\"}";
          case "PUT /faults", "PUT /nodes/{id}/faults" -> "{\"delayMs\":7}";
          case "POST /trim" -> "{\"before\":1}";
          case String name when name.endsWith("json)") -> "{\"sequence\":1,\"message\":\"x\"}";
          default -> "";
        };
    boolean stream = line.path().equals("/replicate") && line.mediaType() == null;
    request.method(
        line.method(), body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (!body.isEmpty() || stream) {
      request.header(
          "Content-Type", stream ? "application/vnd.replog.stream;version=1" : "application/json");
    }
    String authorization = caller.apply(line.method(), path);
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    long lastBefore = api.node.log().lastSequence();
    Faults faultsBefore = api.node.faults;
    HttpResponse<InputStream> answer;
    try {
      answer = CLIENT.send(request.build(), BodyHandlers.ofInputStream());
      if (answer.statusCode() == 401 || answer.statusCode() == 403) {
        assertRefused(line, answer, new String(answer.body().readAllBytes(), UTF_8));
        assertThat(api.node.log().lastSequence()).isEqualTo(lastBefore);
        assertThat(api.node.faults).isEqualTo(faultsBefore);
        return Integer.toString(answer.statusCode());
      }
      answer.body().close();
      assertThat(answer.statusCode()).as(line.name()).isLessThan(500);
      return LET_IN;
    } catch (IOException e) {
      throw new AssertionError(line.name(), e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertRefused(Line line, HttpResponse<?> answer, String body) {
    Map<String, Object> problem = Api.json(body);
    boolean known = answer.statusCode() == 403;
    assertThat(problem)
        .containsEntry("type", "urn:replog:problem:" + (known ? "forbidden" : "unauthenticated"))
        .containsEntry("needs", line.need().text());
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    if (!known) {
      assertThat(answer.headers().firstValue("WWW-Authenticate").orElse(""))
          .startsWith(line.need() == Need.NODE ? "Replog-Node realm=" : "Bearer realm=");
    }
  }

  @Test
  void aTokenIsTakenFromTheHeaderAloneAndOnlyOnce() {
    String token = TOKENS.get(Role.OPERATE);

    assertThat(api.get("/cluster?access_token=" + token).status()).isEqualTo(401);
    assertThat(api.get("/cluster", "Cookie", "JWT=" + token).status()).isEqualTo(401);
    assertThat(api.get("/cluster", "X-Authorization", "Bearer " + token).status()).isEqualTo(401);
    assertThat(api.get("/cluster", "Authorization", "Basic " + token).status()).isEqualTo(401);
    assertThat(api.get("/cluster", "Authorization", "bearer  " + token).status()).isEqualTo(200);
    assertThat(
            api.get(
                    "/cluster",
                    "Authorization",
                    "Bearer " + token,
                    "Authorization",
                    "Bearer a-token-that-nobody-has")
                .status())
        .isEqualTo(401);
  }

  @Test
  void whatANodeSignedIsTakenOnceAndForThatRequestOnly() {
    String signed = secret(OURS).sign("GET", "/cluster");

    assertThat(api.get("/frames", "Authorization", signed).status()).isEqualTo(401);
    assertThat(api.get("/cluster", "Authorization", signed).status()).isEqualTo(200);
    Api.Answer again = api.get("/cluster", "Authorization", signed);
    assertThat(again.status()).isEqualTo(401);
    assertThat(again.json()).containsEntry("detail", "used before");
  }

  @Test
  void aPathWrittenInAnotherWayOpensNothing() throws IOException {
    for (String path :
        List.of(
            "//faults",
            "/./faults",
            "/x/../faults",
            "/%66aults",
            "/faults/",
            "/faults;x=1",
            "/faults%2f",
            "/health/../faults",
            "/health/%2e%2e/faults",
            "/FAULTS",
            "http://x/faults",
            "/faults#/health",
            "/health/..;/faults")) {
      String answer =
          api.raw(
              ("DELETE " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                  .getBytes(UTF_8));
      assertThat(answer).as(path).matches("(?s)HTTP/1.1 (400|401|404|405) .*");
    }
  }

  @Test
  void headNeedsWhatGetNeeds() {
    HttpRequest.Builder head = api.request("/messages").method("HEAD", BodyPublishers.noBody());
    assertThat(api.send(head.build()).status()).isEqualTo(401);
    head.header("Authorization", "Bearer " + TOKENS.get(Role.READ));
    assertThat(api.send(head.build()).status()).isEqualTo(200);
  }

  @Test
  void healthIsOpen() {
    assertThat(api.get("/health").json()).containsEntry("status", "UP");
  }

  @Test
  void metricsCanBeOpened(@TempDir Path other) {
    try (Api open = Api.guarded(other, new Access(AccessTest::tokens, secret(OURS), true))) {
      assertThat(open.get("/prometheus").status()).isEqualTo(200);
      assertThat(open.get("/cluster").status()).isEqualTo(401);
    }
  }

  @Test
  void withASecretAloneClientsAreNotAskedAndNodesAre(@TempDir Path other) {
    try (Api nodes = Api.guarded(other, new Access(null, secret(OURS), false))) {
      assertThat(nodes.post("/messages", "{\"message\":\"m\",\"w\":1}").status()).isEqualTo(201);
      assertThat(nodes.post("/secondaries", "{}").status()).isEqualTo(401);
      assertThat(
              nodes
                  .send(
                      nodes
                          .request(
                              "/replicate",
                              "Content-Type",
                              "application/vnd.replog.stream;version=1")
                          .POST(BodyPublishers.noBody())
                          .build())
                  .status())
          .isEqualTo(401);
    }
  }
}
