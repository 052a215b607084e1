package io.replog.http;

import io.micronaut.http.HttpResponse;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.ReadOnlyHttpHeaders;
import io.netty.util.ReferenceCountUtil;
import io.replog.core.Refusal;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns appends away while too many are there that are not begun, before the framework sees them. A
 * refusal by the framework costs nearly as much as an append: at twice the rate that a node can
 * take it would do little but refuse, and what it has accepted would wait for that.
 *
 * <p>Requests of a connection are answered in their order, so one that is turned away waits for the
 * answers of those before it. One that cannot be answered as simply (its client wants the
 * connection closed, or a word before it sends the body, or does not say how long that is, or it is
 * too long) goes on to the framework and is refused there.
 *
 * <p>Behind the HTTP codec, on the event loop.
 */
final class AppendDoor extends ChannelDuplexHandler {
  private static final String PATH = "/messages";

  private final Supplier<Refusal.@Nullable Overloaded> overloaded;
  private final LongConsumer turnedAway;

  /** What was asked and is not answered, in order; true for what is turned away. */
  private final ArrayDeque<Boolean> due = new ArrayDeque<>();

  /** Whether the body of the newest, which is turned away, is still coming. */
  private boolean dropping;

  private long cameNanos;

  private boolean unflushed;
  private @Nullable Answer answer;

  /** Made once for all that find the same. */
  @SuppressWarnings("ArrayRecordComponent") // written, never compared
  private record Answer(Refusal.Overloaded refusal, HttpHeaders headers, byte[] body) {
    static Answer to(Refusal.Overloaded refusal) {
      HttpResponse<byte[]> framed = Problem.overloaded(refusal.limit()).response();
      byte[] body = Objects.requireNonNull(framed.body());
      HttpHeaders headers =
          new ReadOnlyHttpHeaders(
              false,
              HttpHeaderNames.CONTENT_TYPE,
              Problem.MEDIA_TYPE,
              HttpHeaderNames.RETRY_AFTER,
              Objects.requireNonNull(framed.getHeaders().get(HttpHeaderNames.RETRY_AFTER)),
              HttpHeaderNames.CONTENT_LENGTH,
              Integer.toString(body.length));
      return new Answer(refusal, headers, body);
    }

    /** To be written once. */
    DefaultFullHttpResponse response() {
      return new DefaultFullHttpResponse(
          HttpVersion.HTTP_1_1,
          HttpResponseStatus.SERVICE_UNAVAILABLE,
          Unpooled.wrappedBuffer(body),
          headers,
          EmptyHttpHeaders.INSTANCE);
    }
  }

  /**
   * @param overloaded how an append is refused whatever it says, null while it is not
   * @param turnedAway called for each that was, with the nanoseconds since its head was there
   */
  AppendDoor(Supplier<Refusal.@Nullable Overloaded> overloaded, LongConsumer turnedAway) {
    this.overloaded = overloaded;
    this.turnedAway = turnedAway;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof HttpRequest request) {
      dropping = isTurnedAway(request);
      due.add(dropping);
    }
    if (!dropping) {
      context.fireChannelRead(message);
      return;
    }
    boolean over = message instanceof LastHttpContent;
    ReferenceCountUtil.release(message);
    if (over) {
      dropping = false;
      turnedAway.accept(System.nanoTime() - cameNanos);
      answerDue(context);
    }
  }

  private boolean isTurnedAway(HttpRequest request) {
    if (!HttpMethod.POST.equals(request.method())
        || !request.uri().equals(PATH)
        || request.decoderResult().isFailure()) {
      return false;
    }
    Refusal.Overloaded refusal = overloaded.get();
    if (refusal == null
        || !HttpUtil.isKeepAlive(request)
        || !request.protocolVersion().equals(HttpVersion.HTTP_1_1)
        || request.headers().contains(HttpHeaderNames.EXPECT)
        || request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)
        || HttpUtil.getContentLength(request, 0L) > RequestBody.LONGEST) {
      return false;
    }
    cameNanos = System.nanoTime();
    Answer now = answer;
    if (now == null || !now.refusal.equals(refusal)) {
      answer = Answer.to(refusal);
    }
    return true;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (unflushed) {
      unflushed = false;
      context.flush();
    }
    context.fireChannelReadComplete();
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    boolean over = ConnectionWatch.endsAnswer(message);
    var _ = context.write(message, promise);
    if (over) {
      due.poll();
      answerDue(context);
    }
  }

  /** Answers those that are first in order now; the flush of what was written before takes them. */
  private void answerDue(ChannelHandlerContext context) {
    Answer now = answer;
    while (now != null && Boolean.TRUE.equals(due.peek()) && !(dropping && due.size() == 1)) {
      due.poll();
      var _ = context.write(now.response());
      unflushed = true;
    }
  }
}
