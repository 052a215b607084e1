package io.replog.http;

import io.micronaut.context.event.BeanCreatedEvent;
import io.micronaut.context.event.BeanCreatedEventListener;
import io.micronaut.http.server.netty.NettyServerCustomizer;
import io.netty.channel.Channel;
import io.netty.handler.flush.FlushConsolidationHandler;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/**
 * Answers that are made in one turn of a connection's event loop leave by one write: a client that
 * sends sixteen requests ahead is answered by one system call in place of sixteen. Nothing waits
 * for more to come.
 */
@Singleton
final class FlushTogether implements BeanCreatedEventListener<NettyServerCustomizer.Registry> {
  /** Answers of one connection after which it is flushed though its turn goes on. */
  private static final int MOST = 64;

  @Override
  public NettyServerCustomizer.Registry onCreated(
      BeanCreatedEvent<NettyServerCustomizer.Registry> event) {
    event.getBean().register(new OnConnection(null));
    return event.getBean();
  }

  /** Micronaut makes one of each connection out of the one that is registered. */
  private record OnConnection(@Nullable Channel connection) implements NettyServerCustomizer {
    @Override
    public NettyServerCustomizer specializeForChannel(Channel channel, ChannelRole role) {
      return new OnConnection(role == ChannelRole.CONNECTION ? channel : null);
    }

    @Override
    public void onStreamPipelineBuilt() {
      Channel channel = connection;
      if (channel != null) {
        channel.pipeline().addFirst(new FlushConsolidationHandler(MOST, true));
      }
    }
  }
}
