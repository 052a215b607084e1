package io.replog.replication.http;

import static io.micronaut.http.HttpStatus.MISDIRECTED_REQUEST;
import static io.micronaut.http.HttpStatus.UNSUPPORTED_MEDIA_TYPE;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.ServerHttpRequest;
import io.micronaut.http.server.netty.NettyHttpRequest;
import io.netty.channel.Channel;
import io.replog.replication.PeerHello;
import io.replog.replication.PeerLink;
import io.replog.replication.PeerLinkHandler;
import io.replog.trust.ClusterSecret;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes the streams that other nodes open. The route that calls it must run on the connection's
 * event loop and set no limit to the size of the request as a whole ({@code
 * micronaut.server.max-request-size}).
 */
public final class ReplicationEndpoint implements AutoCloseable {
  private static final String VERSION = Integer.toString(PeerHello.VERSION);
  private static final MediaType STREAM = MediaType.of(HttpLink.MEDIA_TYPE + ";version=" + VERSION);

  /**
   * How long a stream may take until its hello is there. Whoever opens one sends it with the
   * request, and waits less than this for the other. What follows may take for ever: neighbours
   * have nothing to say until somebody lies.
   */
  private static final Duration OPEN = Duration.ofSeconds(10);

  private final Set<ServerLink> links = ConcurrentHashMap.newKeySet();
  private final @Nullable ClusterSecret secret;
  private final long queueLimitBytes;

  /**
   * @param queueLimitBytes a link ends when something is sent while more than this waits to leave
   *     the process, the longest of the waiting messages not counted
   */
  public ReplicationEndpoint(long queueLimitBytes) {
    this(null, queueLimitBytes);
  }

  /**
   * The same where nodes share a secret. Whether the other has it was checked before the route was
   * called; here this node proves that it has it too.
   */
  public ReplicationEndpoint(@Nullable ClusterSecret secret, long queueLimitBytes) {
    this.secret = secret;
    this.queueLimitBytes = queueLimitBytes;
  }

  /**
   * Answers a request to open a stream: 200 and a body without end; 415 for another version or
   * type, which names both; 421 where no streams are taken. A refusal closes the connection, since
   * the request's body has no end either.
   *
   * @param accept takes a link whose messages go to the handler it gives; null refuses
   */
  public HttpResponse<?> open(
      ServerHttpRequest<?> request, Function<PeerLink, @Nullable PeerLinkHandler> accept) {
    String requested = request.getHeaders().get(HttpHeaders.CONTENT_TYPE);
    if (!isStream(request.getContentType().orElse(null))) {
      return refusal(
          UNSUPPORTED_MEDIA_TYPE,
          "unsupported-media-type",
          "Not a stream this node speaks",
          "requested " + requested + ", supported " + STREAM,
          Map.of("requested", String.valueOf(requested), "supported", STREAM.toString()));
    }
    if (!(request instanceof NettyHttpRequest<?> netty)) {
      throw new IllegalStateException("a stream needs its connection, not " + request.getClass());
    }
    Channel channel = netty.getChannelHandlerContext().channel();
    if (!channel.eventLoop().inEventLoop()) {
      throw new IllegalStateException("a stream is opened on its event loop only");
    }
    ServerLink link = new ServerLink(channel, OPEN, queueLimitBytes, links::remove);
    PeerLinkHandler handler = accept.apply(link);
    if (handler == null) {
      return refusal(
          MISDIRECTED_REQUEST,
          "not-secondary",
          "This node takes no streams",
          "only a secondary takes streams",
          Map.of());
    }
    links.add(link);
    link.handler(handler);
    link.read(request.byteBody().toReadBufferPublisher());
    MutableHttpResponse<?> response = HttpResponse.ok(new StreamBody(link)).contentType(STREAM);
    String signed = request.getHeaders().get(HttpHeaders.AUTHORIZATION);
    return secret == null || signed == null
        ? response
        : response.header(
            ClusterSecret.PROOF, secret.proof(signed, request.getMethodName(), request.getPath()));
  }

  private static boolean isStream(@Nullable MediaType type) {
    return type != null
        && type.getName().equalsIgnoreCase(HttpLink.MEDIA_TYPE)
        && type.getParameters().get("version").filter(VERSION::equals).isPresent();
  }

  private static HttpResponse<?> refusal(
      HttpStatus status, String name, String title, String detail, Map<String, String> facts) {
    return HttpResponse.status(status)
        .contentType(StreamProblem.MEDIA_TYPE)
        .header(HttpHeaders.CONNECTION, "close")
        .body(StreamProblem.write(name, title, status.getCode(), detail, facts));
  }

  /** Ends all open streams, so that a server that stops need not wait for them. */
  @Override
  public void close() {
    links.forEach(ServerLink::close);
  }
}
