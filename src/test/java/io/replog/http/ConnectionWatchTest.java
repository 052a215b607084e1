package io.replog.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whom the limits of time end, on a clock of the test's own. */
class ConnectionWatchTest {
  private static final Duration LIMIT = Duration.ofSeconds(8);

  private final EmbeddedChannel channel = new EmbeddedChannel();

  @BeforeEach
  void watch() {
    channel.freezeTime();
    channel.pipeline().addLast(new ConnectionWatch(new HttpLimits(1, 1, LIMIT, LIMIT, LIMIT)));
  }

  @AfterEach
  void end() {
    channel.finishAndReleaseAll();
  }

  @Test
  void whoeverAsksNothingIsEnded() {
    pass(LIMIT.dividedBy(2));
    assertThat(channel.isOpen()).isTrue();
    pass(LIMIT);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void aWordBeforeTheBodyIsNoAnswerAndWhatIsWaitedForNotIdle() {
    channel.writeInbound(post("/messages", "application/json"));
    channel.writeOutbound(answer(HttpResponseStatus.CONTINUE));
    channel.writeInbound(LastHttpContent.EMPTY_LAST_CONTENT);
    pass(LIMIT.multipliedBy(5));
    assertThat(channel.isOpen()).as("while its answer is due").isTrue();

    channel.writeOutbound(answer(HttpResponseStatus.CREATED));
    pass(LIMIT.multipliedBy(2));
    assertThat(channel.isOpen()).as("after its answer").isFalse();
  }

  private static HttpRequest post(String uri, String type) {
    HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, uri);
    request.headers().set(HttpHeaderNames.CONTENT_TYPE, type);
    return request;
  }

  private static DefaultFullHttpResponse answer(HttpResponseStatus status) {
    return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.EMPTY_BUFFER);
  }

  /** Lets so much time pass, in steps shorter than any that is looked at. */
  private void pass(Duration time) {
    for (long ms = 0; ms < time.toMillis() && channel.isOpen(); ms += 500) {
      channel.advanceTimeBy(500, TimeUnit.MILLISECONDS);
      channel.runScheduledPendingTasks();
    }
  }
}
