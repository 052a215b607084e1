package io.replog.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import io.micronaut.web.router.Router;
import io.replog.core.WriteConcern;
import io.replog.replication.http.HttpPeerTransport;
import io.replog.replication.http.ReplicationEndpoint;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** The real server over a {@link FakeNode}, and a client of it that hides nothing. */
final class Api implements AutoCloseable {
  private static final Duration TOO_LONG = Duration.ofSeconds(20);

  final FakeNode node;
  private final EmbeddedServer server;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private Api(Path root, boolean faults, URI tracing) {
    this(root, faults, tracing, HttpLimits.DEFAULT, Map.of());
  }

  private Api(
      Path root,
      boolean faults,
      URI tracing,
      HttpLimits limits,
      Map<String, Object> more,
      Object... further) {
    node = new FakeNode(root);
    Map<String, Object> properties = new HashMap<>(more);
    properties.put("micronaut.server.port", -1);
    properties.put("micronaut.server.host", "127.0.0.1");
    ApplicationContext context =
        ApplicationContext.builder()
            .properties(properties)
            .singletons(further)
            .singletons(
                node,
                new HttpSettings(
                    new AppendDefaults(new WriteConcern.All(), true), faults, tracing, limits),
                new ReplicationEndpoint(HttpPeerTransport.DEFAULT_QUEUE_LIMIT_BYTES))
            .banner(false)
            .start();
    server = context.getBean(EmbeddedServer.class).start();
  }

  static Api over(Path root) {
    return new Api(root, true, null);
  }

  /** One that sends its spans there. */
  static Api tracing(Path root, URI endpoint) {
    return new Api(root, true, endpoint);
  }

  /** One that asks who is there. */
  static Api guarded(Path root, Access access) {
    return new Api(
        root,
        true,
        null,
        HttpLimits.DEFAULT,
        Map.of("micronaut.security.enabled", true),
        access,
        access.secret());
  }

  static Api limited(Path root, HttpLimits limits) {
    return new Api(root, true, null, limits, Map.of());
  }

  static Api withoutFaults(Path root) {
    return new Api(root, false, null);
  }

  <T> T bean(Class<T> type) {
    return server.getApplicationContext().getBean(type);
  }

  int port() {
    return server.getPort();
  }

  /** Method and template of every route, without those that the framework adds to each. */
  Set<String> routes() {
    return bean(Router.class)
        .uriRoutes()
        .map(route -> route.getHttpMethodName() + " " + route.getUriMatchTemplate().toPathString())
        .filter(route -> !route.startsWith("HEAD ") && !route.startsWith("OPTIONS "))
        .collect(Collectors.toSet());
  }

  /** An answer: status, headers, and the body as text and as JSON. */
  record Answer(int status, HttpResponse<String> response) {
    String body() {
      return response.body();
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse(null);
    }

    String type() {
      return header("Content-Type");
    }

    Map<String, Object> json() {
      return Api.json(body());
    }

    /** The name of the problem, which is one in every way; else an error. */
    String problem() {
      if (!"application/problem+json".equals(type())) {
        throw new AssertionError(status + " of type " + type() + ": " + body());
      }
      Map<String, Object> json = json();
      if (!json.get("status").equals(status)
          || json.get("title").toString().isEmpty()
          || json.get("detail").toString().isEmpty()) {
        throw new AssertionError(body());
      }
      return json.get("type").toString().replaceFirst("^urn:replog:problem:", "");
    }
  }

  /** Parses one object with nothing after it. */
  @SuppressWarnings("unchecked")
  static Map<String, Object> json(String text) {
    try (JsonReader reader = new JsonReader(text)) {
      return (Map<String, Object>) reader.whole();
    } catch (IOException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }

  Answer get(String path, String... headers) {
    return send(request(path, headers).GET().build());
  }

  Answer delete(String path) {
    return send(request(path).DELETE().build());
  }

  Answer put(String path, String json) {
    return send(
        request(path, "Content-Type", "application/json")
            .PUT(BodyPublishers.ofString(json))
            .build());
  }

  Answer post(String path, String json, String... headers) {
    return send(
        request(path, headers)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json))
            .build());
  }

  Answer send(HttpRequest request) {
    return later(request)
        .orTimeout(TOO_LONG.toSeconds(), java.util.concurrent.TimeUnit.SECONDS)
        .join();
  }

  CompletableFuture<Answer> later(HttpRequest request) {
    return client
        .sendAsync(request, BodyHandlers.ofString())
        .thenApply(response -> new Answer(response.statusCode(), response));
  }

  /** The body as it comes. */
  InputStream stream(String path, String... headers) throws IOException, InterruptedException {
    return client.send(request(path, headers).build(), BodyHandlers.ofInputStream()).body();
  }

  HttpRequest.Builder request(String path, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return request;
  }

  HttpRequest append(String json) {
    return request("/messages", "Content-Type", "application/json")
        .POST(BodyPublishers.ofString(json))
        .build();
  }

  /** A connection of one's own, for what no client would send. */
  Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
    socket.setSoTimeout((int) TOO_LONG.toMillis());
    return socket;
  }

  /** Sends bytes as they are and returns all that comes until the server closes. */
  String raw(byte[] request) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request);
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }

  void stopServer() {
    server.getApplicationContext().close();
  }

  @Override
  public void close() {
    stopServer();
    node.close();
  }

  static List<?> list(Object value) {
    return (List<?>) value;
  }
}
