package io.replog.replication.http;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.ServerHttpRequest;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.runtime.server.EmbeddedServer;
import io.replog.replication.PeerLink;
import io.replog.replication.PeerLinkHandler;
import io.replog.replication.PeerMessage;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A server that takes streams and nothing else, for tests. */
final class StreamServer implements AutoCloseable {
  static final long QUEUE_LIMIT = 8 << 20;

  private static final String NAME = "StreamServer";

  private final EmbeddedServer server =
      ApplicationContext.run(
          EmbeddedServer.class,
          Map.of(
              "spec.name",
              NAME,
              "micronaut.server.port",
              -1,
              "micronaut.server.netty.max-chunk-size",
              64 << 10,
              "micronaut.server.max-request-size",
              Long.MAX_VALUE));
  private final Streams streams = server.getApplicationContext().getBean(Streams.class);

  /** Takes streams so from now on; gives the URL, which has a base path. */
  String listen(Function<PeerLink, @Nullable PeerLinkHandler> accept) {
    streams.accept = accept;
    return "http://localhost:" + port() + "/below/";
  }

  int port() {
    return server.getPort();
  }

  ReplicationEndpoint endpoint() {
    return streams.endpoint;
  }

  void stall() {
    streams.reading = new CountDownLatch(1);
  }

  void resume() {
    streams.reading.countDown();
  }

  @Override
  public void close() {
    resume();
    server.stop();
  }

  /** The route, below a base path. */
  @Controller("/below")
  @Requires(property = "spec.name", value = NAME)
  static class Streams {
    private final ReplicationEndpoint endpoint = new ReplicationEndpoint(QUEUE_LIMIT);
    private volatile Function<PeerLink, @Nullable PeerLinkHandler> accept = link -> null;
    private volatile CountDownLatch reading = new CountDownLatch(0);

    @Post("/replicate")
    @Consumes(MediaType.ALL)
    HttpResponse<?> replicate(ServerHttpRequest<?> request) {
      return endpoint.open(request, this::take);
    }

    private @Nullable PeerLinkHandler take(PeerLink link) {
      PeerLinkHandler handler = accept.apply(link);
      return handler == null ? null : new StallingHandler(handler);
    }

    /** Holds its event loop, and with it the connection, as long as nothing is to be read. */
    private final class StallingHandler implements PeerLinkHandler {
      private final PeerLinkHandler handler;

      StallingHandler(PeerLinkHandler handler) {
        this.handler = handler;
      }

      @Override
      public void received(PeerMessage message) {
        try {
          reading.await();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
        handler.received(message);
      }

      @Override
      public void closed(String why) {
        handler.closed(why);
      }
    }
  }
}
