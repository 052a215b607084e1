package io.replog.http;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
import io.replog.http.Problem.Kind;
import io.replog.node.ClusterView;
import io.replog.node.Faults;
import io.replog.node.Node;
import io.replog.node.Node.Subscription;
import io.replog.replication.http.PeerTrust;
import jakarta.inject.Singleton;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes appends on from a standby to the active master, once: what was passed on already is not
 * passed on again. Nothing is tried twice here, since only the client knows whether that is safe.
 */
@Singleton
final class Forwarder {
  static final String FORWARDED_BY = "Replog-Forwarded-By";

  private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
  private static final List<String> REQUEST_HEADERS =
      List.of(
          HttpHeaders.CONTENT_TYPE,
          AppendHeaders.KEY,
          AppendHeaders.PREFER,
          // the client's own: the master judges for itself whether he may append
          HttpHeaders.AUTHORIZATION,
          AppendTraces.TRACEPARENT);
  private static final List<String> RESPONSE_HEADERS =
      List.of(
          HttpHeaders.CONTENT_TYPE,
          HttpHeaders.LOCATION,
          HttpHeaders.RETRY_AFTER,
          HttpHeaders.WWW_AUTHENTICATE,
          OutcomeMapper.REPLAYED,
          AppendHeaders.PREFERENCE_APPLIED);

  private final Node node;
  private final OpenAnswers open;
  private final HttpClient client;

  Forwarder(Node node, OpenAnswers open, @Nullable PeerTrust trust) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT);
    if (trust != null) {
      builder.sslContext(trust.tls());
    }
    this.client = builder.build();
    this.node = node;
    this.open = open;
  }

  /**
   * Whether a request may be passed on: it was not before, and its headers can be sent unchanged
   * (the client below writes ASCII only).
   */
  static boolean mayPassOn(HttpHeaders headers) {
    return !headers.contains(FORWARDED_BY)
        && REQUEST_HEADERS.stream()
            .flatMap(name -> headers.getAll(name).stream())
            .allMatch(StandardCharsets.US_ASCII.newEncoder()::canEncode);
  }

  /**
   * Passes a request on.
   *
   * @param active URL of the active master
   * @param connection the client's; when it goes away, the request ends at the master too
   */
  CompletableFuture<HttpResponse<?>> passOn(
      String active, HttpHeaders headers, byte[] body, ClientConnection connection) {
    if (swallowed()) {
      return CompletableFuture.completedFuture(unreachable(active));
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(active + "/messages"))
            .header(FORWARDED_BY, node.id())
            .POST(BodyPublishers.ofByteArray(body));
    for (String name : REQUEST_HEADERS) {
      headers.getAll(name).forEach(value -> request.header(name, value));
    }
    var sent = client.sendAsync(request.build(), BodyHandlers.ofPublisher());
    Subscription gone = connection.onGone(() -> sent.cancel(true));
    // a master that lost its role without a word (stopped, cut off) would never answer
    Subscription replaced =
        node.onClusterChange(
            () -> {
              ClusterView.Active now = node.cluster().active();
              if (now != null && !now.url().equals(active)) {
                sent.cancel(true);
              }
            });
    Subscription stopping = open.add(() -> sent.cancel(true));
    return sent.handle(
        (answer, failure) -> {
          gone.close();
          stopping.close();
          replaced.close();
          return answer == null ? failed(failure, active) : answer(answer);
        });
  }

  private HttpResponse<?> answer(
      java.net.http.HttpResponse<Flow.Publisher<List<ByteBuffer>>> answer) {
    MutableHttpResponse<Object> response =
        HttpResponse.status(HttpStatus.valueOf(answer.statusCode()));
    for (String name : RESPONSE_HEADERS) {
      answer.headers().firstValue(name).ifPresent(value -> response.header(name, value));
    }
    return response
        .header(FORWARDED_BY, node.id())
        .body(new RawStream(new ForwardedBody(answer.body())));
  }

  /** Whether a fault that was asked for keeps this node from the active master. */
  private boolean swallowed() {
    ClusterView.Active active = node.cluster().active();
    Faults faults = node.faults();
    return (active != null && faults.partitionedFrom().contains(active.node()))
        || (faults.drop() > 0 && ThreadLocalRandom.current().nextDouble() < faults.drop());
  }

  /** Whether a fault that was asked for keeps away what a standby passes on. */
  static boolean cutOff(HttpHeaders headers, Faults faults) {
    String by = headers.get(FORWARDED_BY);
    return by != null && faults.partitionedFrom().contains(by);
  }

  private HttpResponse<?> unreachable(String active) {
    return new Problem(Kind.NOT_ACTIVE, "the active master at " + active + " does not answer")
        .with("active", active)
        .response()
        .header(FORWARDED_BY, node.id());
  }

  private HttpResponse<?> failed(Throwable failure, String active) {
    Throwable cause = failure instanceof CompletionException e ? e.getCause() : failure;
    if (cause instanceof CancellationException) {
      // the client went away and nobody reads this; or another master leads, or this node stops,
      // and the client waits
      return new Problem(
              Kind.UNKNOWN_OUTCOME,
              "the append was given up while it waited at another master; ask again with the same"
                  + " key")
          .response()
          .header(FORWARDED_BY, node.id());
    }
    LOG.warn("could not pass an append on to active={}: {}", active, String.valueOf(cause));
    boolean nothingSent =
        cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException;
    Problem problem =
        nothingSent
            ? new Problem(Kind.NOT_ACTIVE, "the active master at " + active + " does not answer")
            : new Problem(
                Kind.UNKNOWN_OUTCOME,
                "the active master was lost during the append; ask again with the same key");
    return problem.with("active", active).response().header(FORWARDED_BY, node.id());
  }
}
