package io.replog.http;

import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.event.BeanCreatedEvent;
import io.micronaut.context.event.BeanCreatedEventListener;
import io.micronaut.http.netty.channel.ChannelPipelineCustomizer;
import io.micronaut.http.server.netty.NettyServerCustomizer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.replog.node.Node;
import jakarta.inject.Singleton;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Counts connections. Each is watched, and its appends are turned away while too many are there.
 */
@Singleton
@Requires(beans = HttpSettings.class)
final class ConnectionLimits implements BeanCreatedEventListener<NettyServerCustomizer.Registry> {
  private static final String ORDER = "replog-behind-reads";
  private static final String WATCH = "replog-connection-watch";

  private final HttpLimits limits;
  private final BeanProvider<Node> node;
  private final BeanProvider<AppendMetrics> metrics;
  private final AtomicInteger open = new AtomicInteger();

  ConnectionLimits(
      HttpSettings settings, BeanProvider<Node> node, BeanProvider<AppendMetrics> metrics) {
    this.limits = settings.limits();
    this.node = node;
    this.metrics = metrics;
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

    /** Nothing is said to one connection too many: it would have to be read first. */
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
            .addAfter(ChannelPipelineCustomizer.HANDLER_HTTP_SERVER_CODEC, ORDER, new BehindReads())
            .addAfter(ORDER, WATCH, new ConnectionWatch(limits))
            .addAfter(
                WATCH,
                "replog-append-door",
                new AppendDoor(node.get()::overloaded, metrics.get()::turnedAway));
      }
    }
  }
}
