package io.replog.http;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpRequestWrapper;
import io.micronaut.http.server.netty.NettyHttpRequest;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.util.concurrent.ScheduledFuture;
import io.replog.node.Node.Subscription;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connection that a request came on: its thread, its timers, and the news that the client is
 * gone. The only class that knows Netty is below (the framework tells of a gone client only while
 * it writes).
 */
final class ClientConnection {
  private final Channel channel;

  private ClientConnection(Channel channel) {
    this.channel = channel;
  }

  static ClientConnection of(HttpRequest<?> request) {
    return new ClientConnection(received(request).getChannelHandlerContext().channel());
  }

  /** Why the head of a request could not be read; null if it could. */
  static @Nullable Throwable whyNotRead(HttpRequest<?> request) {
    return received(request).getNativeRequest().decoderResult().cause();
  }

  private static NettyHttpRequest<?> received(HttpRequest<?> request) {
    HttpRequest<?> inner = request;
    while (inner instanceof HttpRequestWrapper<?> wrapper) {
      inner = wrapper.getDelegate();
    }
    return (NettyHttpRequest<?>) inner;
  }

  /** Runs something short on the connection's event loop, where its answer is written. */
  void execute(Runnable task) {
    channel.eventLoop().execute(task);
  }

  /** Runs something short on the event loop once. */
  Subscription after(Duration delay, Runnable task) {
    return cancelling(channel.eventLoop().schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS));
  }

  /** Runs something short on the event loop again and again. */
  Subscription every(Duration period, Runnable task) {
    long ms = period.toMillis();
    return cancelling(channel.eventLoop().scheduleAtFixedRate(task, ms, ms, TimeUnit.MILLISECONDS));
  }

  /**
   * Calls back when the connection is closed, at once if it is already. A client that closes its
   * sending half counts as gone. To be closed once the request is answered: the connection lives
   * on.
   */
  Subscription onGone(Runnable gone) {
    ChannelFutureListener listener = future -> gone.run();
    channel.closeFuture().addListener(listener);
    return () -> channel.closeFuture().removeListener(listener);
  }

  private static Subscription cancelling(ScheduledFuture<?> timer) {
    return () -> timer.cancel(false);
  }
}
