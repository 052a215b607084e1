package io.replog.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whom the limits of time end, on a clock of the test's own. */
class ConnectionWatchTest {
  private static final Duration LIMIT = Duration.ofSeconds(8);
  private static final String STREAM = "application/vnd.replog.stream;version=1";

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

  @Test
  void theBodyOfAStreamMayComeForEver() {
    channel.writeInbound(post("/replicate", STREAM));
    channel.writeOutbound(taken(STREAM));
    pass(LIMIT.multipliedBy(5));
    assertThat(channel.isOpen()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /messages, application/vnd.replog.stream;version=1",
    "PUT, /replicate, application/vnd.replog.stream;version=1",
    "POST, /replicate, application/json",
  })
  void noOtherBodyMay(String method, String uri, String type) {
    channel.writeInbound(request(HttpMethod.valueOf(method), uri, type));
    pass(LIMIT.multipliedBy(2));
    assertThat(channel.isOpen()).isFalse();
    FullHttpResponse late = channel.readOutbound();
    assertThat(late.status()).isEqualTo(HttpResponseStatus.REQUEST_TIMEOUT);
    late.release();
  }

  @Test
  void aStreamThatIsNotTakenHasTheLimitsOfEverybody() {
    channel.writeInbound(post("/replicate", STREAM));
    channel.writeOutbound(answer(HttpResponseStatus.CONTINUE));
    channel.writeOutbound(answer(HttpResponseStatus.MISDIRECTED_REQUEST));
    channel.releaseOutbound();
    pass(LIMIT.multipliedBy(2));
    assertThat(channel.isOpen()).isFalse();
    assertThat(channel.<Object>readOutbound()).as("a second answer").isNull();
  }

  @Test
  void anAnswerOfAnotherTypeIsNoStreamEither() {
    channel.writeInbound(post("/replicate", STREAM));
    channel.writeOutbound(taken("application/json"));
    pass(LIMIT.multipliedBy(2));
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void theAnswerToWhatCameBeforeAStreamIsNotTheStreams() {
    channel.writeInbound(post("/messages", "application/json"), LastHttpContent.EMPTY_LAST_CONTENT);
    channel.writeInbound(post("/replicate", STREAM));
    channel.writeOutbound(answer(HttpResponseStatus.CREATED));
    channel.writeOutbound(taken(STREAM));
    pass(LIMIT.multipliedBy(5));
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void aBodyThatIsLateBehindAnswersThatAreDueIsToldNothing() {
    channel.writeInbound(post("/messages", "application/json"), LastHttpContent.EMPTY_LAST_CONTENT);
    channel.writeInbound(post("/messages", "application/json"));
    pass(LIMIT.multipliedBy(2));
    assertThat(channel.isOpen()).isFalse();
    assertThat(channel.<Object>readOutbound()).as("it would be the first one's").isNull();
  }

  private static DefaultHttpResponse taken(String type) {
    DefaultHttpResponse response =
        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, type);
    return response;
  }

  private static HttpRequest post(String uri, String type) {
    return request(HttpMethod.POST, uri, type);
  }

  private static HttpRequest request(HttpMethod method, String uri, String type) {
    HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, method, uri);
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
