package io.replog.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A node as HTTP clients see it. A connection that fails is an {@link UncheckedIOException}. */
record NodeApi(URI url) {
  static final Duration LONGEST = Duration.ofSeconds(60);

  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  Answer append(Append append) {
    return send(request(append), LONGEST);
  }

  Answer append(String message) {
    return append(Append.of(message));
  }

  /** Appends; the answer may take as long as it wants. */
  CompletableFuture<Answer> appendLater(Append append) {
    long began = System.nanoTime();
    return HTTP.sendAsync(request(append).build(), BodyHandlers.ofString(UTF_8))
        .thenApply(response -> new Answer(response, since(began)));
  }

  /** Asks; the answer may take as long as it wants. */
  CompletableFuture<Answer> getLater(String path) {
    long began = System.nanoTime();
    return HTTP.sendAsync(at(path).GET().build(), BodyHandlers.ofString(UTF_8))
        .thenApply(response -> new Answer(response, since(began)));
  }

  Answer append(Append append, Duration atMost) {
    return send(request(append), atMost);
  }

  Answer get(String path, String... headers) {
    return send(headers(at(path), headers).GET(), LONGEST);
  }

  /** Asks once, and for a short time: for what is asked again and again. */
  Answer ask(String path) {
    return send(at(path).GET(), Duration.ofSeconds(2));
  }

  Answer send(String method, String path, String mediaType, byte[] body, String... headers) {
    return send(method, path, mediaType, BodyPublishers.ofByteArray(body), headers);
  }

  Answer send(String method, String path, String mediaType, BodyPublisher body, String... headers) {
    HttpRequest.Builder request = headers(at(path), headers).method(method, body);
    if (!mediaType.isEmpty()) {
      request.header("Content-Type", mediaType);
    }
    return send(request, LONGEST);
  }

  Answer put(String path, String json) {
    return send("PUT", path, "application/json", json.getBytes(UTF_8));
  }

  Answer post(String path, String json, String... headers) {
    return send("POST", path, "application/json", json.getBytes(UTF_8), headers);
  }

  Answer delete(String path) {
    return send(at(path).DELETE(), LONGEST);
  }

  /** An answer whose body comes as it is read. */
  HttpResponse<InputStream> open(String path, String... headers) {
    try {
      return HTTP.send(headers(at(path), headers).GET().build(), BodyHandlers.ofInputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(path + " of " + url, e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** All messages, in order. */
  List<String> messages() {
    return get("/messages").expect(200).json().strings("messages");
  }

  /** All records, in order. */
  List<Json> records() {
    return get("/messages", "Accept", "application/x-ndjson")
        .expect(200)
        .body()
        .lines()
        .map(Json::parse)
        .toList();
  }

  /** Records, as {@link #ask}; a list that was broken off is a connection that failed. */
  Answer records(String path) {
    return send(at(path).header("Accept", "application/x-ndjson").GET(), Duration.ofSeconds(2));
  }

  long lastSequence() {
    return ask("/messages?limit=1").expect(200).json().number("last");
  }

  Json cluster() {
    return ask("/cluster").expect(200).json();
  }

  /** The cluster as this node sees it; empty if it does not answer at once. */
  Optional<Json> clusterOrNone() {
    try {
      return Optional.of(send(at("/cluster").GET(), Duration.ofMillis(700)).expect(200).json());
    } catch (UncheckedIOException gone) {
      return Optional.empty();
    }
  }

  /** What the active master says of a secondary. */
  Json secondary(String id) {
    Json cluster = cluster();
    return cluster.list("nodes").stream()
        .filter(node -> node.text("node").equals(id))
        .findFirst()
        .orElseThrow(() -> new AssertionError(id + " is not in " + cluster));
  }

  String status(String id) {
    return secondary(id).text("status");
  }

  private HttpRequest.Builder request(Append append) {
    HttpRequest.Builder request =
        at("/messages")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(append.body(), UTF_8));
    append.key().ifPresent(key -> request.header("Idempotency-Key", key));
    return request;
  }

  private HttpRequest.Builder at(String path) {
    return HttpRequest.newBuilder(url.resolve(path));
  }

  private static HttpRequest.Builder headers(HttpRequest.Builder request, String... headers) {
    return headers.length == 0 ? request : request.headers(headers);
  }

  private Answer send(HttpRequest.Builder request, Duration atMost) {
    HttpRequest built = request.timeout(atMost).build();
    long began = System.nanoTime();
    try {
      HttpResponse<String> response = HTTP.send(built, BodyHandlers.ofString(UTF_8));
      return new Answer(response, since(began));
    } catch (IOException e) {
      throw new UncheckedIOException(built.method() + " " + built.uri(), e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static Duration since(long began) {
    return Duration.ofNanos(System.nanoTime() - began);
  }

  private static UncheckedIOException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    InterruptedIOException io = new InterruptedIOException();
    io.initCause(e);
    return new UncheckedIOException(io);
  }

  /** Members of a PUT of faults. */
  static String faults(Map<String, Object> members) {
    return Json.object(
        out -> {
          for (Map.Entry<String, Object> member : members.entrySet()) {
            out.writeFieldName(member.getKey());
            switch (member.getValue()) {
              case Integer number -> out.writeNumber(number);
              case Double number -> out.writeNumber(number);
              case Boolean truth -> out.writeBoolean(truth);
              case String text -> out.writeString(text);
              default -> throw new IllegalArgumentException(member.toString());
            }
          }
        });
  }
}
