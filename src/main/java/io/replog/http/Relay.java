package io.replog.http;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.replog.core.NodeRole;
import io.replog.http.Problem.Kind;
import io.replog.node.ClusterView;
import io.replog.node.Node;
import io.replog.node.Node.Subscription;
import io.replog.replication.http.PeerTrust;
import jakarta.inject.Singleton;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks another node of this cluster on behalf of a browser. Only nodes that this one knows as
 * members: the id of a request is looked up, and nothing of the request says where to go. A
 * secondary knows the master alone, so it asks that one for the others; further than that no
 * request goes. Faults that keep nodes apart do not count here, since they are looked at and ended
 * by this way.
 *
 * <p>Any thread.
 */
@Singleton
final class Relay {
  static final String RELAYED_BY = "Replog-Relayed-By";

  private static final int MOST_AT_ONCE = 64;
  private static final int LONGEST_ANSWER = 4 << 20;
  private static final Set<String> PASSED_ON =
      Set.of("application/json", "application/problem+json", "application/x-ndjson");
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

  /** Beyond what the other node was asked to wait. Two hops take at most twice that. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Node node;
  private final OpenAnswers open;
  private final CountedAnswers answers;
  private final @Nullable PeerTrust trust;
  private final Semaphore places = new Semaphore(MOST_AT_ONCE);
  private final Semaphore large = new Semaphore(RelayedBody.MOST_LARGE);

  /** Made when somebody first looks: its threads cost a node that nobody looks at nothing. */
  private @Nullable HttpClient client;

  Relay(Node node, OpenAnswers open, CountedAnswers answers, @Nullable PeerTrust trust) {
    this.trust = trust;
    this.answers = answers;
    this.node = node;
    this.open = open;
  }

  /**
   * Reads from another node.
   *
   * @param waitMillis how long that node was asked to wait before it answers
   */
  CompletableFuture<HttpResponse<?>> get(
      HttpRequest<?> request, String id, String path, long waitMillis) {
    return ask(request, id, path, "GET", new byte[0], waitMillis);
  }

  CompletableFuture<HttpResponse<?>> put(
      HttpRequest<?> request, String id, String path, byte[] json) {
    return ask(request, id, path, "PUT", json, 0);
  }

  CompletableFuture<HttpResponse<?>> delete(HttpRequest<?> request, String id, String path) {
    return ask(request, id, path, "DELETE", new byte[0], 0);
  }

  private CompletableFuture<HttpResponse<?>> ask(
      HttpRequest<?> request, String id, String path, String method, byte[] json, long waitMillis) {
    URI target = target(request, id, path);
    if (!places.tryAcquire()) {
      return CompletableFuture.completedFuture(
          new Problem(Kind.OVERLOADED, MOST_AT_ONCE + " requests to other nodes wait here")
              .response());
    }
    Duration patience = PATIENCE.plusMillis(waitMillis);
    java.net.http.HttpRequest.Builder asked =
        java.net.http.HttpRequest.newBuilder(target)
            .header(RELAYED_BY, node.id())
            .method(
                method,
                json.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(json));
    String accept = request.getHeaders().get(HttpHeaders.ACCEPT);
    asked.header(HttpHeaders.ACCEPT, isLines(accept) ? "application/x-ndjson" : "application/json");
    // whoever asks, asks there too: the other node judges for itself
    String authorization = request.getHeaders().get(HttpHeaders.AUTHORIZATION);
    if (authorization != null) {
      asked.header(HttpHeaders.AUTHORIZATION, authorization);
    }
    if (json.length > 0) {
      asked.header(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON);
    }
    RelayedBody body = new RelayedBody(large, LONGEST_ANSWER);
    var sent = client().sendAsync(asked.build(), head -> body);
    ClientConnection connection = ClientConnection.of(request);
    Subscription gone = connection.onGone(() -> sent.cancel(true));
    Subscription stopping = open.add(() -> sent.cancel(true));
    // a copy: only what is not complete yet can be cancelled, which ends the exchange
    return sent.copy()
        .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
        .handle(
            (answer, failure) -> {
              places.release();
              gone.close();
              stopping.close();
              body.end();
              if (answer == null) {
                sent.cancel(true);
                return failed(id, target, failure);
              }
              return isForThePage(answer)
                  ? answer(answer, connection)
                  : unreachable(id, target, " gave an answer that no node gives");
            });
  }

  private static boolean isLines(@Nullable String accept) {
    return accept != null && accept.startsWith("application/x-ndjson");
  }

  /** Where to ask; only what this node knows of its own cluster decides it. */
  private URI target(HttpRequest<?> request, String id, String path) {
    ClusterView view = node.cluster();
    ClusterView.Active active = view.active();
    if (active != null && active.node().equals(id) && !id.equals(node.id())) {
      return URI.create(active.url() + path);
    }
    for (ClusterView.Secondary secondary : view.nodes()) {
      if (secondary.node().equals(id)) {
        return URI.create(secondary.url() + path);
      }
    }
    boolean first = !request.getHeaders().contains(RELAYED_BY);
    if (first
        && active != null
        && view.role() == NodeRole.SECONDARY
        && !id.equals(node.id())
        && isNodeId(id)) {
      return URI.create(active.url() + "/nodes/" + id + path);
    }
    throw new ProblemException(
        Problem.notFound("this node knows no other node of this name").with("node", id));
  }

  /** What can stand in a path as it is. */
  private static boolean isNodeId(String id) {
    return id.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,252}");
  }

  private HttpResponse<?> answer(
      java.net.http.HttpResponse<byte[]> answer, ClientConnection connection) {
    MutableHttpResponse<?> response =
        answers.of(
            HttpResponse.status(HttpStatus.valueOf(answer.statusCode())),
            answer.body(),
            connection);
    String type = answer.headers().firstValue(HttpHeaders.CONTENT_TYPE).orElse(null);
    if (type != null) {
      response.contentType(type);
    }
    return response;
  }

  /**
   * Whether it is one of a node's own. Whoever registers says where it is: a page from there must
   * not run as one of this node's.
   */
  private static boolean isForThePage(java.net.http.HttpResponse<byte[]> answer) {
    String type = answer.headers().firstValue(HttpHeaders.CONTENT_TYPE).orElse(null);
    if (type == null) {
      return answer.body().length == 0;
    }
    return PASSED_ON.contains(type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT));
  }

  private static HttpResponse<?> failed(String id, URI target, @Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException e ? e.getCause() : failure;
    boolean noPlace =
        cause instanceof RelayedBody.NoPlaceException
            || (cause != null && cause.getCause() instanceof RelayedBody.NoPlaceException);
    if (noPlace) {
      return new Problem(
              Kind.OVERLOADED,
              RelayedBody.MOST_LARGE + " long answers of other nodes are on their way here")
          .response();
    }
    String why =
        cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException
            ? " cannot be reached"
            : " gave no answer that can be passed on (in time, and up to 4 MiB)";
    return unreachable(id, target, why);
  }

  private static HttpResponse<?> unreachable(String id, URI target, String why) {
    String at = target.getScheme() + "://" + target.getRawAuthority();
    return new Problem(Kind.NODE_UNREACHABLE, id + " at " + at + why).with("node", id).response();
  }

  private synchronized HttpClient client() {
    if (client == null) {
      HttpClient.Builder builder =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(CONNECT_TIMEOUT);
      if (trust != null) {
        builder.sslContext(trust.tls());
      }
      client = builder.build();
    }
    return client;
  }
}
