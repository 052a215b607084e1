package io.replog.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a connection whose client takes too long: to send a request's head, to send its body, or to
 * take the answer. A request that waits for its copies is none of that and may wait.
 *
 * <p>One timer a connection looks now and then; what passes changes two fields and reads no clock,
 * so that requests pay nothing for it. Behind the HTTP codec, on the event loop.
 */
final class ConnectionWatch extends ChannelDuplexHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionWatch.class);
  private static final String STREAM = "application/vnd.replog.stream";
  private static final String STREAM_PATH = "/replicate";
  private static final byte[] TOO_LATE =
      ("{\"type\":\"urn:replog:problem:too-slow\",\"title\":\"The request took too long\","
              + "\"status\":408,\"detail\":\"the body did not arrive in time\"}")
          .getBytes(US_ASCII);

  private static final byte[] BAD_FRAMING =
      ("{\"type\":\"urn:replog:problem:invalid-request\",\"title\":\"The request is not valid\","
              + "\"status\":400,\"detail\":\"Transfer-Encoding must be chunked, once, without"
              + " Content-Length\"}")
          .getBytes(US_ASCII);

  /** Requests of one connection that are answered at once; one that sends more ahead is closed. */
  private static final int MOST_UNANSWERED = 64;

  /** Bytes of answers that may wait for a client that goes on asking. */
  private static final long MOST_WAITING = 256 << 10;

  private final long tickMillis;
  private final int idleTicks;
  private final int requestTicks;
  private final int readerTicks;

  private @Nullable Future<?> timer;

  /** Requests whose head is there and whose answer is not whole. */
  private int unanswered;

  private boolean refused;
  private boolean receiving;

  /** Whether the newest request is a stream between nodes, or may still become one. */
  private boolean endless;

  private int waited;
  private int stalled;
  private @Nullable Object leaving;
  private long left;

  ConnectionWatch(HttpLimits limits) {
    Duration tick = limits.tick();
    this.tickMillis = tick.toMillis();
    this.idleTicks = ticks(limits.idle(), tick);
    this.requestTicks = ticks(limits.requestTime(), tick);
    this.readerTicks = ticks(limits.slowReader(), tick);
  }

  private static int ticks(Duration limit, Duration tick) {
    return Math.toIntExact(limit.dividedBy(tick));
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    timer =
        context
            .executor()
            .scheduleAtFixedRate(
                () -> look(context), tickMillis, tickMillis, TimeUnit.MILLISECONDS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    Future<?> running = timer;
    if (running != null) {
      running.cancel(false);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (refused) {
      ReferenceCountUtil.release(message);
      return;
    }
    if (message instanceof HttpRequest request) {
      boolean tooMany = unanswered == MOST_UNANSWERED || left(context) > MOST_WAITING;
      if (tooMany || !isPlainlyFramed(request)) {
        refused = true;
        ReferenceCountUtil.release(message);
        refuse(context, tooMany);
        return;
      }
      unanswered++;
      receiving = true;
      waited = 0;
      endless =
          HttpMethod.POST.equals(request.method())
              && request.uri().equals(STREAM_PATH)
              && isStream(request.headers().get(HttpHeaderNames.CONTENT_TYPE));
    }
    if (message instanceof LastHttpContent) {
      receiving = false;
      waited = 0;
    }
    context.fireChannelRead(message);
  }

  /** Whether nobody before this node can have seen the body end elsewhere. */
  private static boolean isPlainlyFramed(HttpRequest request) {
    List<String> encodings = request.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
    return encodings.isEmpty()
        || (encodings.size() == 1
            && encodings.getFirst().equalsIgnoreCase("chunked")
            && !request.headers().contains(HttpHeaderNames.CONTENT_LENGTH));
  }

  /**
   * Ends a connection that cannot be believed or asks too much at once. Only to the first something
   * is said, and only where no answers are due: it would be taken for one of them.
   */
  private void refuse(ChannelHandlerContext context, boolean tooMany) {
    if (tooMany || unanswered > 0) {
      var _ = context.close();
      return;
    }
    answer(context, HttpResponseStatus.BAD_REQUEST, BAD_FRAMING);
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    // what came before a stream is answered before it
    if (endless && unanswered == 1 && message instanceof HttpResponse response) {
      endless = isInterim(response) || takesStream(response);
    }
    if (endsAnswer(message)) {
      unanswered = Math.max(0, unanswered - 1);
      waited = 0;
    }
    var _ = context.write(message, promise);
  }

  /** Whether an answer is whole with this: a word before the body (100) is none. */
  static boolean endsAnswer(Object message) {
    return message instanceof LastHttpContent && !isInterim(message);
  }

  private static boolean isInterim(Object message) {
    return message instanceof HttpResponse response
        && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
  }

  private static boolean takesStream(HttpResponse response) {
    return response.status().equals(HttpResponseStatus.OK)
        && isStream(response.headers().get(HttpHeaderNames.CONTENT_TYPE));
  }

  private static boolean isStream(@Nullable String type) {
    return type != null && type.regionMatches(true, 0, STREAM, 0, STREAM.length());
  }

  private void look(ChannelHandlerContext context) {
    if (isStalled(context)) {
      LOG.info(
          "slow reader cut off from={} waitingBytes={}",
          context.channel().remoteAddress(),
          left(context));
      var _ = context.close();
      return;
    }
    if (receiving && !endless && ++waited > requestTicks) {
      late(context);
    } else if (!receiving && unanswered == 0 && ++waited > idleTicks) {
      var _ = context.close();
    }
  }

  /** Ends a connection whose body does not come; 408 only where that is the answer due next. */
  private void late(ChannelHandlerContext context) {
    if (unanswered == 1) {
      answer(context, HttpResponseStatus.REQUEST_TIMEOUT, TOO_LATE);
    } else {
      var _ = context.close();
    }
  }

  /** Whether something waits to leave and nothing of it has since too long. */
  @SuppressWarnings("ReferenceEquality") // whether it is the same piece, not an equal one
  private boolean isStalled(ChannelHandlerContext context) {
    ChannelOutboundBuffer buffer = context.channel().unsafe().outboundBuffer();
    Object current = buffer == null ? null : buffer.current();
    long progress = buffer == null ? 0 : buffer.currentProgress();
    boolean moved = current == null || current != leaving || progress != left;
    leaving = current;
    left = progress;
    stalled = moved ? 0 : stalled + 1;
    return stalled >= readerTicks;
  }

  private static long left(ChannelHandlerContext context) {
    ChannelOutboundBuffer buffer = context.channel().unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes();
  }

  private static void answer(
      ChannelHandlerContext context, HttpResponseStatus status, byte[] problem) {
    ByteBuf body = Unpooled.wrappedBuffer(problem);
    DefaultFullHttpResponse answer =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
    answer
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "application/problem+json")
        .set(HttpHeaderNames.CONTENT_LENGTH, problem.length)
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    var _ = context.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
  }
}
