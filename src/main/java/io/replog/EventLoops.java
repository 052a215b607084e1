package io.replog;

import io.micronaut.context.ApplicationContext;
import io.micronaut.inject.qualifiers.Qualifiers;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The event loops of a process: one for the node and its streams, and half as many for HTTP as
 * there are processors. Where that is one, it is the same: what a loop reads is then dealt with,
 * sent on and answered without waking another thread, which costs more than the work itself.
 */
final class EventLoops implements AutoCloseable {
  private static final String HTTP = "http";

  private final EventLoopGroup node;
  private final EventLoopGroup http;

  /**
   * @param processors what the process may use
   */
  EventLoops(int processors) {
    int loops = processors / 2;
    node = group("node", 1);
    http = loops < 2 ? node : group(HTTP, loops);
  }

  private static EventLoopGroup group(String name, int threads) {
    return new MultiThreadIoEventLoopGroup(
        threads, new DefaultThreadFactory(name, true), NioIoHandler.newFactory());
  }

  /** Where the turns of the node run, and its outgoing streams. */
  EventLoop node() {
    return node.next();
  }

  /** What a server is to be told so that it uses these. */
  Map<String, Object> properties() {
    return Map.of(
        "micronaut.server.netty.worker.event-loop-group",
        HTTP,
        // its own: to accept connections, and for its client
        "micronaut.netty.event-loops.default.num-threads",
        1);
  }

  /** Lets a context that is not started yet find them. They stay this one's. */
  void offerTo(ApplicationContext context) {
    context.registerSingleton(EventLoopGroup.class, http, Qualifiers.byName(HTTP), false);
  }

  /** Ends the loops, soon. */
  @Override
  public void close() {
    var _ = http.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    var _ = node.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
