package io.replog.cluster.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * As much of an API server as a master asks: one StatefulSet, the Endpoints of its Service with
 * list and watch, and ConfigMaps with resource versions. It can refuse connections, take them and
 * not answer, or forbid.
 */
public final class ApiServerStub implements AutoCloseable {
  /** How it answers. */
  public enum Mood {
    WELL,
    FORBIDDING,
    HANGING
  }

  private static final String NAMESPACE = "/namespaces/test";

  private final int port;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, JsonObject> configMaps = new HashMap<>();
  private final List<Watch> watches = new CopyOnWriteArrayList<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private volatile Mood mood = Mood.WELL;
  private @Nullable HttpServer server;
  private JsonObject statefulSet = new JsonObject();
  private List<String> addresses = List.of();
  private int addressPort = 8081;
  private long version = 100;

  private record Watch(HttpExchange exchange, OutputStream out) {}

  public ApiServerStub() {
    this.server = listen(0);
    this.port = server.getAddress().getPort();
    replicas(2);
  }

  private HttpServer listen(int at) {
    try {
      HttpServer made =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), at), 50);
      made.setExecutor(threads);
      made.createContext("/", this::handle);
      made.start();
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** Requests so far: method and path. */
  public List<String> asked() {
    return List.copyOf(asked);
  }

  public void mood(Mood now) {
    mood = now;
  }

  /** Refuses connections, or takes them again. */
  public synchronized void up(boolean now) {
    HttpServer present = server;
    if (!now && present != null) {
      present.stop(0);
      watches.clear();
      server = null;
    } else if (now && present == null) {
      server = listen(port);
    }
  }

  /** What the StatefulSet asks for, with members that no typed model knows. */
  public synchronized void replicas(int count) {
    statefulSet =
        JsonParser.parseString(
                """
                {"apiVersion": "apps/v1", "kind": "StatefulSet", "ofTheFuture": {"a": 1},
                 "metadata": {"name": "sec", "namespace": "test", "uid": "uid-1", "labels": {"app": "replog"}},
                 "spec": {"replicas": %d, "serviceName": "sec", "fieldOfTheFuture": true,
                          "volumeClaimTemplates": [{}],
                          "template": {"spec": {"containers": [{"ports": [
                             {"name": "other", "containerPort": 1}, {"name": "http", "containerPort": 8081}]}]}}},
                 "status": {"terminatingReplicas": 0}}
                """
                    .formatted(count))
            .getAsJsonObject();
  }

  /** The StatefulSet, to be changed. */
  public synchronized JsonObject statefulSet() {
    return statefulSet;
  }

  /** Where pods answer, ready or not. */
  public synchronized void addresses(int portOfAll, List<String> ips) {
    addresses = List.copyOf(ips);
    addressPort = portOfAll;
    version++;
    JsonObject event = new JsonObject();
    event.addProperty("type", "MODIFIED");
    event.add("object", endpoints());
    for (Watch watch : watches) {
      tell(watch, event);
    }
  }

  public synchronized @Nullable JsonObject configMap(String name) {
    return configMaps.get(name);
  }

  /** Puts a ConfigMap there as somebody else would. */
  public synchronized void put(String name, JsonObject data) {
    JsonObject metadata = new JsonObject();
    metadata.addProperty("name", name);
    metadata.addProperty("namespace", "test");
    JsonObject object = new JsonObject();
    object.addProperty("apiVersion", "v1");
    object.addProperty("kind", "ConfigMap");
    object.add("metadata", metadata);
    object.add("data", data);
    store(name, object);
  }

  private JsonObject store(String name, JsonObject object) {
    object.getAsJsonObject("metadata").addProperty("resourceVersion", Long.toString(++version));
    configMaps.put(name, object);
    return object;
  }

  private JsonObject endpoints() {
    JsonObject metadata = new JsonObject();
    metadata.addProperty("name", "sec");
    metadata.addProperty("namespace", "test");
    metadata.addProperty("resourceVersion", Long.toString(version));
    JsonArray ips = new JsonArray();
    for (String address : addresses) {
      JsonObject ip = new JsonObject();
      ip.addProperty("ip", address);
      ips.add(ip);
    }
    JsonObject named = new JsonObject();
    named.addProperty("name", "http");
    named.addProperty("port", addressPort);
    JsonArray ports = new JsonArray();
    ports.add(named);
    JsonObject subset = new JsonObject();
    subset.add("addresses", ips);
    subset.add("ports", ports);
    JsonArray subsets = new JsonArray();
    if (!addresses.isEmpty()) {
      subsets.add(subset);
    }
    JsonObject object = new JsonObject();
    object.addProperty("apiVersion", "v1");
    object.addProperty("kind", "Endpoints");
    object.add("metadata", metadata);
    object.add("subsets", subsets);
    return object;
  }

  // ---- requests

  private void handle(HttpExchange exchange) throws IOException {
    String method = exchange.getRequestMethod();
    String path = exchange.getRequestURI().getPath();
    String query = String.valueOf(exchange.getRequestURI().getQuery());
    asked.add(method + " " + path);
    hang();
    if (mood == Mood.FORBIDDING) {
      refuse(exchange, 403, "Forbidden", method + " " + path + " is forbidden");
      return;
    }
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    if (path.equals("/api/v1" + NAMESPACE + "/endpoints") && query.contains("watch=true")) {
      watch(exchange);
    } else {
      answer(exchange, method, path, body);
    }
  }

  /** As a process that is stopped: it goes on with what it was asked once it runs again. */
  private void hang() {
    try {
      while (mood == Mood.HANGING) {
        Thread.sleep(20);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void answer(HttpExchange exchange, String method, String path, String body)
      throws IOException {
    String configs = "/api/v1" + NAMESPACE + "/configmaps";
    String name = path.substring(path.lastIndexOf('/') + 1);
    if (path.equals("/apis/apps/v1" + NAMESPACE + "/statefulsets/sec")) {
      send(exchange, 200, statefulSet);
    } else if (path.equals("/api/v1" + NAMESPACE + "/endpoints")) {
      JsonArray items = new JsonArray();
      items.add(endpoints());
      send(exchange, 200, list("EndpointsList", items));
    } else if (path.equals(configs) && method.equals("POST")) {
      JsonObject object = JsonParser.parseString(body).getAsJsonObject();
      String created = object.getAsJsonObject("metadata").get("name").getAsString();
      if (configMaps.containsKey(created)) {
        refuse(exchange, 409, "AlreadyExists", "configmaps \"" + created + "\" already exists");
      } else {
        send(exchange, 201, store(created, object));
      }
    } else if (path.startsWith(configs + "/") && configMaps.containsKey(name)) {
      configMap(exchange, method, name, body);
    } else {
      refuse(exchange, 404, "NotFound", path + " not found");
    }
  }

  private void configMap(HttpExchange exchange, String method, String name, String body)
      throws IOException {
    JsonObject present = configMaps.get(name);
    if (method.equals("GET")) {
      send(exchange, 200, present);
      return;
    }
    JsonObject next = JsonParser.parseString(body).getAsJsonObject();
    boolean latest =
        next.getAsJsonObject("metadata")
            .get("resourceVersion")
            .equals(present.getAsJsonObject("metadata").get("resourceVersion"));
    if (latest) {
      send(exchange, 200, store(name, next));
    } else {
      refuse(exchange, 409, "Conflict", "the object has been modified");
    }
  }

  private JsonObject list(String kind, JsonArray items) {
    JsonObject metadata = new JsonObject();
    metadata.addProperty("resourceVersion", Long.toString(version));
    JsonObject list = new JsonObject();
    list.addProperty("apiVersion", "v1");
    list.addProperty("kind", kind);
    list.add("metadata", metadata);
    list.add("items", items);
    return list;
  }

  private void watch(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, 0);
    watches.add(new Watch(exchange, exchange.getResponseBody()));
    exchange.getResponseBody().flush();
  }

  private void tell(Watch watch, JsonObject event) {
    try {
      watch.out().write((event + "\n").getBytes(UTF_8));
      watch.out().flush();
    } catch (IOException gone) {
      watches.remove(watch);
    }
  }

  private static void refuse(HttpExchange exchange, int status, String reason, String message)
      throws IOException {
    JsonObject body = new JsonObject();
    body.addProperty("kind", "Status");
    body.addProperty("apiVersion", "v1");
    body.addProperty("status", "Failure");
    body.addProperty("message", message);
    body.addProperty("reason", reason);
    body.addProperty("code", status);
    send(exchange, status, body);
  }

  private static void send(HttpExchange exchange, int status, JsonObject body) throws IOException {
    byte[] bytes = body.toString().getBytes(UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  /** Ends every watch, as an API server does now and then. */
  public void endWatches() {
    List<Watch> open = new ArrayList<>(watches);
    watches.clear();
    open.forEach(watch -> watch.exchange().close());
  }

  @Override
  public void close() {
    up(false);
    threads.shutdownNow();
  }
}
