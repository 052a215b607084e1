package io.replog.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.micronaut.context.annotation.Requires;
import io.micronaut.context.event.BeanCreatedEvent;
import io.micronaut.context.event.BeanCreatedEventListener;
import io.micronaut.http.netty.channel.ChannelPipelineCustomizer;
import io.micronaut.http.server.netty.NettyServerCustomizer;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import jakarta.inject.Singleton;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Counts connections, and has each of them watched. */
@Singleton
@Requires(beans = HttpSettings.class)
final class ConnectionLimits implements BeanCreatedEventListener<NettyServerCustomizer.Registry> {
  private static final byte[] FULL =
      """
      HTTP/1.1 503 Service Unavailable\r
      Retry-After: 1\r
      Connection: close\r
      Content-Length: 0\r
      \r
      """
          .getBytes(US_ASCII);

  private final HttpLimits limits;
  private final AtomicInteger open = new AtomicInteger();

  ConnectionLimits(HttpSettings settings) {
    this.limits = settings.limits();
  }

  @Override
  public NettyServerCustomizer.Registry onCreated(
      BeanCreatedEvent<NettyServerCustomizer.Registry> created) {
    NettyServerCustomizer.Registry registry = created.getBean();
    registry.register(new Customizer(null));
    return registry;
  }

  private final class Customizer implements NettyServerCustomizer {
    private final @Nullable Channel channel;

    Customizer(@Nullable Channel channel) {
      this.channel = channel;
    }

    @Override
    public NettyServerCustomizer specializeForChannel(Channel of, ChannelRole role) {
      if (role == ChannelRole.CONNECTION) {
        open.incrementAndGet();
        var _ =
            of.closeFuture().addListener((ChannelFutureListener) done -> open.decrementAndGet());
      }
      return new Customizer(of);
    }

    /** Of encrypted connections, before their handshake. */
    @Override
    public void onInitialPipelineBuilt() {
      if (channel != null && open.get() > limits.connections()) {
        var _ = channel.close();
      }
    }

    @Override
    public void onStreamPipelineBuilt() {
      if (channel != null
          && channel.pipeline().context(ChannelPipelineCustomizer.HANDLER_HTTP_SERVER_CODEC)
              != null) {
        channel
            .pipeline()
            .addAfter(
                ChannelPipelineCustomizer.HANDLER_HTTP_SERVER_CODEC,
                "replog-connection-watch",
                new ConnectionWatch(limits));
        if (open.get() > limits.connections()) {
          channel.eventLoop().execute(() -> turnAway(channel));
        }
      }
    }
  }

  private static void turnAway(Channel channel) {
    channel.config().setAutoRead(false);
    var _ =
        channel
            .pipeline()
            .firstContext()
            .writeAndFlush(Unpooled.wrappedBuffer(FULL))
            .addListener(ChannelFutureListener.CLOSE);
  }
}
