package io.replog.replication.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.micronaut.buffer.netty.NettyReadBufferFactory;
import io.micronaut.core.io.buffer.ReadBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.replog.replication.PeerHello;
import io.replog.replication.RecordingHandler;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** How long the end that takes a stream waits for the other, on a clock of the test's own. */
class ServerLinkTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final RecordingHandler handler = new RecordingHandler();
  private final List<ServerLink> ended = new ArrayList<>();
  private Subscriber<? super ReadBuffer> request;

  @BeforeEach
  void open() {
    channel.freezeTime();
    ServerLink link = new ServerLink(channel, LIMIT, 1 << 20, ended::add);
    handler.opened(link);
    link.handler(handler);
    link.read(
        subscriber -> {
          request = subscriber;
          subscriber.onSubscribe(
              new Subscription() {
                @Override
                public void request(long count) {}

                @Override
                public void cancel() {}
              });
        });
  }

  @AfterEach
  void end() {
    channel.finishAndReleaseAll();
    assertThat(handler.broken()).isEmpty();
  }

  @Test
  void whoeverSaysNothingIsEndedThen() {
    pass(LIMIT.minusMillis(1));
    assertThat(channel.isOpen()).isTrue();
    pass(Duration.ofMillis(1));
    assertNoHello();
  }

  @Test
  void aPartOfAHelloIsNone() {
    comes(PeerHello.bytes().limit(PeerHello.BYTES - 1));
    pass(LIMIT);
    assertNoHello();
  }

  @Test
  void whoeverHasSaidHelloMaySayNothingMore() {
    pass(LIMIT.dividedBy(2));
    comes(PeerHello.bytes());
    pass(LIMIT.multipliedBy(100));
    assertThat(channel.isOpen()).isTrue();
    assertThat(handler.isOpen()).isTrue();
  }

  @Test
  void aStreamThatEndsBeforeIsToldOfItOnce() {
    request.onComplete();
    pass(LIMIT.multipliedBy(2));
    assertThat(handler.closedBecause()).containsExactly("the peer ended the stream");
    assertThat(ended).hasSize(1);
  }

  private void assertNoHello() {
    assertThat(channel.isOpen()).isFalse();
    assertThat(handler.closedBecause()).containsExactly("no hello within 10000 ms");
    assertThat(ended).hasSize(1);
  }

  private void comes(ByteBuffer bytes) {
    request.onNext(NettyReadBufferFactory.of(channel.alloc()).copyOf(bytes));
  }

  private void pass(Duration time) {
    channel.advanceTimeBy(time.toMillis(), TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    channel.runPendingTasks();
  }
}
