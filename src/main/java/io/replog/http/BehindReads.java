package io.replog.http;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;

/**
 * Holds what a client asks for behind a read until that read is answered, and the answer is all but
 * taken: answers leave in order, so one that is begun earlier would only wait, in memory. Appends
 * behind appends pass at once. Nothing is begun behind an answer that ends the connection, as most
 * answers to a HEAD do (micronaut-core issue 3685).
 *
 * <p>While something is held no more is read from the connection. The body of a request that takes
 * none is let go. Directly behind the HTTP codec, on the event loop; whoever stands behind sees a
 * client that asks for one thing after the other.
 */
final class BehindReads extends ChannelDuplexHandler {
  /** Requests of one connection that are not answered; as many as {@link ConnectionWatch} lets. */
  private static final int MOST_UNANSWERED = 64;

  /** Pieces of requests that are held: a body may come as one for each of its bytes. */
  private static final int MOST_HELD = 256;

  private final ArrayDeque<Object> held = new ArrayDeque<>();
  private int heldRequests;

  /** Requests that were let through and are not answered; a read is always the last of them. */
  private int unanswered;

  private boolean reading;
  private boolean takesNoBody;
  private boolean refused;

  /** Whether no request is begun any more; the body of the one before may still come. */
  private boolean last;

  /** Whether more was asked for while something was held. */
  private boolean wanted;

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    refused |= last && message instanceof HttpRequest;
    if (refused) {
      ReferenceCountUtil.release(message);
    } else if (held.isEmpty() && !(reading && message instanceof HttpRequest)) {
      pass(context, message);
    } else {
      hold(context, message);
    }
  }

  private void hold(ChannelHandlerContext context, Object message) {
    held.add(message);
    heldRequests += message instanceof HttpRequest ? 1 : 0;
    if (heldRequests + unanswered > MOST_UNANSWERED || held.size() > MOST_HELD) {
      refused = true;
      var _ = context.close();
    }
  }

  private void pass(ChannelHandlerContext context, Object message) {
    if (message instanceof HttpRequest request) {
      unanswered++;
      reading = isRead(request);
      takesNoBody = isBodyless(request);
      context.fireChannelRead(message);
    } else if (takesNoBody && message instanceof HttpContent body) {
      passNothingOf(context, body);
    } else {
      context.fireChannelRead(message);
    }
  }

  /** Whether nobody will ask for the body: it would be kept until the answer is there. */
  private static boolean isBodyless(HttpRequest request) {
    return HttpMethod.GET.equals(request.method()) || HttpMethod.HEAD.equals(request.method());
  }

  private static void passNothingOf(ChannelHandlerContext context, HttpContent body) {
    if (body.decoderResult().isFailure()) {
      context.fireChannelRead(body);
      return;
    }
    body.release();
    if (body instanceof LastHttpContent) {
      context.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
    }
  }

  /** Whether the answer may be long: all but an append's, unless that asks for the whole list. */
  private static boolean isRead(HttpRequest request) {
    return !HttpMethod.POST.equals(request.method())
        || request.headers().contains(AppendHeaders.PREFER);
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    boolean over = ConnectionWatch.endsAnswer(message);
    if (message instanceof HttpResponse response && !HttpUtil.isKeepAlive(response)) {
      last = true; // the connection is closed behind this answer
      refused |= !held.isEmpty();
      drop();
    }
    var _ = context.write(message, promise);
    if (over) {
      unanswered = Math.max(0, unanswered - 1);
      if (unanswered == 0 && reading) {
        reading = false;
        releaseSoon(context);
      }
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    context.fireChannelWritabilityChanged();
    releaseSoon(context);
  }

  /** Not from within what writes the answer to the one before. */
  private void releaseSoon(ChannelHandlerContext context) {
    if (mayPass(context)) {
      context.executor().execute(() -> release(context));
    }
  }

  /** Lets through what waits, up to the next read and with it. */
  private void release(ChannelHandlerContext context) {
    boolean some = false;
    while (mayPass(context)) {
      Object next = held.remove();
      heldRequests -= next instanceof HttpRequest ? 1 : 0;
      some = true;
      pass(context, next);
    }
    if (some) {
      context.fireChannelReadComplete();
    }
    if (wanted && held.isEmpty()) {
      wanted = false;
      context.read();
    }
  }

  private boolean mayPass(ChannelHandlerContext context) {
    return !held.isEmpty()
        && context.channel().isWritable()
        && !(reading && held.peek() instanceof HttpRequest);
  }

  @Override
  public void read(ChannelHandlerContext context) {
    wanted = !held.isEmpty();
    if (!wanted) {
      context.read();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    refused = true;
    drop();
    context.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    refused = true;
    drop();
  }

  private void drop() {
    held.forEach(ReferenceCountUtil::release);
    held.clear();
  }
}
