package io.replog.replication.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.replog.replication.PeerHello;
import io.replog.replication.PeerLink;
import io.replog.trust.ClusterSecret;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The end of a stream that opened it. It is open when the peer has answered 200 and its hello was
 * right.
 *
 * <p>Its chunks do not pass Netty's encoder, which makes three buffers of each: length, bytes and
 * end are one here.
 */
final class ClientLink extends HttpLink {
  private static final int CHUNK_HEAD = 10;
  private static final byte[] LINE_END = "\r\n".getBytes(US_ASCII);
  private static final String CONTENT_TYPE = MEDIA_TYPE + ";version=" + PeerHello.VERSION;
  private static final int MAX_REFUSAL = 64 << 10;

  /** Above the second the connection takes no more until it is below the first. */
  private static final WriteBufferWaterMark WATER = new WriteBufferWaterMark(256 << 10, 1 << 20);

  private final StreamTarget target;
  private final PeerTrust trust;
  private final Duration connectTimeout;
  private final Duration openTimeout;
  private final Consumer<PeerLink> opened;
  private final Consumer<ClientLink> whenEnded;
  private @Nullable ChannelHandlerContext beforeCodec;

  /**
   * @param whenEnded given this link once, at its end
   */
  ClientLink(
      EventLoop loop,
      StreamTarget target,
      PeerTrust trust,
      Duration connectTimeout,
      Duration openTimeout,
      long queueLimitBytes,
      Consumer<PeerLink> opened,
      Consumer<ClientLink> whenEnded) {
    super(loop, queueLimitBytes);
    this.target = target;
    this.trust = trust;
    this.connectTimeout = connectTimeout;
    this.openTimeout = openTimeout;
    this.opened = opened;
    this.whenEnded = whenEnded;
  }

  /**
   * Begins. On the event loop. The name is looked up elsewhere, since that can block for seconds.
   */
  void start() {
    deadline(openTimeout, () -> end("no answer within " + openTimeout.toMillis() + " ms"));
    Thread.ofVirtual().name("replog-resolve-" + target.host()).start(this::resolve);
  }

  private void resolve() {
    try {
      InetAddress address = InetAddress.getByName(target.host());
      loop.execute(() -> connect(new InetSocketAddress(address, target.port())));
    } catch (UnknownHostException e) {
      end("unknown host " + target.host());
    } catch (RuntimeException e) {
      end("cannot connect: " + e);
    }
  }

  private void connect(InetSocketAddress address) {
    if (ended()) {
      return;
    }
    var _ =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) connectTimeout.toMillis())
            .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    connection(channel);
                    if (target.tls()) {
                      channel.pipeline().addLast(trust.encrypted(target.host(), target.port()));
                    }
                    HttpClientCodec codec = new HttpClientCodec(4096, 16 << 10, 1 << 20);
                    channel.pipeline().addLast(codec).addLast(new Inbound());
                    beforeCodec = channel.pipeline().context(codec);
                  }
                })
            .connect(address)
            .addListener(
                (ChannelFutureListener)
                    done -> {
                      Throwable cause = done.cause();
                      if (cause != null) {
                        end("cannot connect: " + cause.getMessage());
                      }
                    });
  }

  @Override
  void greeted() {
    inTime();
    opened.accept(this);
  }

  @Override
  void ending() {
    whenEnded.accept(this);
  }

  @Override
  void drain() {
    ChannelHandlerContext to = beforeCodec;
    if (to == null || !to.channel().isActive()) {
      return;
    }
    boolean any = false;
    while (to.channel().isWritable()) {
      ByteBuf piece = outbox.next(to.alloc(), CHUNK_HEAD, LINE_END.length);
      if (piece == null) {
        break;
      }
      int count = piece.readableBytes();
      piece.readerIndex(0);
      piece.setCharSequence(0, HexFormat.of().toHexDigits(count), US_ASCII);
      piece.setBytes(CHUNK_HEAD - LINE_END.length, LINE_END);
      piece.writeBytes(LINE_END);
      var _ = to.write(piece, to.voidPromise());
      outbox.left(count);
      any = true;
    }
    if (any) {
      to.flush();
    }
  }

  private final class Inbound extends SimpleChannelInboundHandler<HttpObject> {
    private @Nullable String signed;
    private @Nullable HttpResponse refusal;
    private final ByteArrayOutputStream refusalBody = new ByteArrayOutputStream(0);

    @Override
    public void channelActive(ChannelHandlerContext context) {
      HttpRequest request =
          new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, target.path());
      request
          .headers()
          .set(HttpHeaderNames.HOST, target.authority())
          .set(HttpHeaderNames.CONTENT_TYPE, CONTENT_TYPE)
          .set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
      signed = trust.sign("POST", target.path());
      if (signed != null) {
        request.headers().set(HttpHeaderNames.AUTHORIZATION, signed);
      }
      var _ = context.write(request, context.voidPromise());
      drain();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
      if (part.decoderResult().isFailure()) {
        end("the peer's answer is no HTTP: " + part.decoderResult().cause().getMessage());
        return;
      }
      if (part instanceof HttpResponse response && !isStream(response)) {
        refusal = response;
      }
      if (part instanceof HttpResponse response && refusal == null && !isProven(response)) {
        end("whoever answers does not have the cluster's secret");
        return;
      }
      if (part instanceof HttpContent content) {
        if (refusal == null) {
          ClientLink.this.received(content.content());
        } else {
          keep(content.content());
        }
        if (content instanceof LastHttpContent) {
          over("the peer ended the stream");
        }
      }
    }

    private boolean isProven(HttpResponse response) {
      String by = signed;
      return by == null || trust.proves(response.headers().get(ClusterSecret.PROOF), by);
    }

    private boolean isStream(HttpResponse response) {
      return response.status().equals(HttpResponseStatus.OK)
          && CONTENT_TYPE.equals(response.headers().get(HttpHeaderNames.CONTENT_TYPE));
    }

    private void keep(ByteBuf body) {
      int count = Math.min(body.readableBytes(), MAX_REFUSAL - refusalBody.size());
      byte[] bytes = new byte[count];
      body.readBytes(bytes);
      refusalBody.writeBytes(bytes);
    }

    private void over(String why) {
      HttpResponse refused = refusal;
      if (refused == null) {
        end(why);
      } else if (refused.status().equals(HttpResponseStatus.OK)) {
        String type = refused.headers().get(HttpHeaderNames.CONTENT_TYPE);
        end("refused: the answer is " + type + ", not " + CONTENT_TYPE);
      } else {
        String problem = StreamProblem.describe(refusalBody.toByteArray());
        end("refused: " + refused.status() + (problem.isEmpty() ? "" : ": " + problem));
      }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      if (context.channel().isWritable()) {
        drain();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      over("the peer closed the connection");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      over("connection lost: " + cause.getMessage());
    }
  }
}
