package io.replog.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.flush.FlushConsolidationHandler;

/**
 * What HTTP alone costs: a server on one event loop that numbers the appends it is sent and keeps
 * nothing. {@code replog bench} takes it for a master. Run as a source file with the project's jar
 * as its class path; see bench/README.md.
 */
final class BareEcho {
  private static final int LONGEST_BODY = 8 << 20;

  private BareEcho() {}

  /**
   * Serves until the process is ended.
   *
   * @param arguments the port on 127.0.0.1
   */
  public static void main(String[] arguments) throws InterruptedException {
    var loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    new ServerBootstrap()
        .group(loop)
        .channel(NioServerSocketChannel.class)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel
                    .pipeline()
                    .addLast(
                        new FlushConsolidationHandler(256, true),
                        new HttpServerCodec(),
                        new HttpObjectAggregator(LONGEST_BODY),
                        new Answers());
              }
            })
        .bind("127.0.0.1", Integer.parseInt(arguments[0]))
        .sync()
        .channel()
        .closeFuture()
        .sync();
  }

  private static final class Answers extends SimpleChannelInboundHandler<FullHttpRequest> {
    private long sequence;

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
      boolean append = request.method().equals(HttpMethod.POST);
      byte[] body =
          (append
                  ? "{\"sequence\":" + ++sequence + "}"
                  : "{\"node\":\"echo\",\"role\":\"MASTER\",\"mode\":\"READ_WRITE\"}")
              .getBytes(US_ASCII);
      var response =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1,
              append ? HttpResponseStatus.CREATED : HttpResponseStatus.OK,
              Unpooled.wrappedBuffer(body));
      response
          .headers()
          .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
          .setInt(HttpHeaderNames.CONTENT_LENGTH, body.length);
      var _ = context.writeAndFlush(response);
    }
  }
}
