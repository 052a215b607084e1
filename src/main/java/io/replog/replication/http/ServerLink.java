package io.replog.replication.http;

import io.micronaut.buffer.netty.NettyReadBufferFactory;
import io.micronaut.core.io.buffer.ReadBuffer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of a stream that took it: reads the request's body, and is the response's. */
final class ServerLink extends HttpLink implements Publisher<ReadBuffer> {
  private static final Logger LOG = LoggerFactory.getLogger(ServerLink.class);

  private final Channel channel;
  private final Duration openTimeout;
  private final NettyReadBufferFactory buffers;
  private final Consumer<ServerLink> whenEnded;
  private volatile @Nullable Subscriber<? super ReadBuffer> response;

  // on the event loop only
  private long demand;
  private boolean draining;

  /**
   * @param openTimeout how long the peer may take until its hello is there
   * @param whenEnded given this link once, at its end
   */
  ServerLink(
      Channel channel, Duration openTimeout, long queueLimitBytes, Consumer<ServerLink> whenEnded) {
    super(channel.eventLoop(), queueLimitBytes);
    this.channel = channel;
    this.openTimeout = openTimeout;
    this.buffers = NettyReadBufferFactory.of(channel.alloc());
    this.whenEnded = whenEnded;
    connection(channel);
  }

  /** Begins to read, now that there is somebody to tell. On the event loop. */
  void read(Publisher<ReadBuffer> request) {
    var _ =
        channel
            .closeFuture()
            .addListener((ChannelFutureListener) done -> end("the peer closed the connection"));
    deadline(openTimeout, this::late);
    request.subscribe(new Request());
  }

  /** Nobody else watches: the body of a stream has all the time there is. */
  private void late() {
    long ms = openTimeout.toMillis();
    LOG.info("stream without a hello ended from={} afterMs={}", channel.remoteAddress(), ms);
    end("no hello within " + ms + " ms");
  }

  @Override
  public void subscribe(Subscriber<? super ReadBuffer> subscriber) {
    response = subscriber;
    subscriber.onSubscribe(
        new Subscription() {
          @Override
          public void request(long count) {
            if (loop.inEventLoop()) {
              wanted(count);
            } else {
              loop.execute(() -> wanted(count));
            }
          }

          @Override
          public void cancel() {
            response = null;
            end("the peer closed the connection");
          }
        });
  }

  private void wanted(long count) {
    demand = demand + count < 0 ? Long.MAX_VALUE : demand + count;
    drain();
  }

  @Override
  void drain() {
    Subscriber<? super ReadBuffer> to = response;
    if (to == null || draining || !channel.isActive()) {
      return;
    }
    draining = true;
    while (demand > 0) {
      ByteBuf piece = outbox.next(channel.alloc(), 0, 0);
      if (piece == null) {
        break;
      }
      demand--;
      int count = piece.readableBytes();
      to.onNext(buffers.adapt(piece));
      outbox.left(count);
    }
    draining = false;
  }

  @Override
  void greeted() {
    inTime();
  }

  @Override
  void ending() {
    whenEnded.accept(this);
  }

  private final class Request implements Subscriber<ReadBuffer> {
    /**
     * No demand is counted: what is dealt with at once holds the connection's event loop back by
     * itself.
     */
    @Override
    public void onSubscribe(Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(ReadBuffer piece) {
      ByteBuf bytes = NettyReadBufferFactory.toByteBuf(piece);
      try {
        received(bytes);
      } finally {
        bytes.release();
      }
    }

    @Override
    public void onError(Throwable cause) {
      end("connection lost: " + cause.getMessage());
    }

    @Override
    public void onComplete() {
      end("the peer ended the stream");
    }
  }
}
