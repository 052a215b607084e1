package io.replog.cli;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Appends as fast as the answers come, or as fast as it was told. All connections are on one event
 * loop, which is all that touches the fields. The JDK's client would cost several times the
 * processor time of the cluster that it is to measure.
 */
final class BenchRun implements AutoCloseable {
  private static final int CONNECT_TIMEOUT_MS = 3000;

  /** What was sent gets that long to be answered after the end. */
  private static final long DRAIN_MS = 5000;

  /** After a failure, so that a node that refuses is not asked without a pause. */
  private static final long PAUSE_MS = 20;

  private static final long TICK_MS = 1;
  private static final int CREATED = 201;
  private static final int ACCEPTED = 202;

  private final BenchLoad load;
  private final BenchReport report;
  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final ArrayDeque<Connection> free = new ArrayDeque<>();
  private long sent;
  private long countedInFlight;
  private long inFlight;
  private long began;
  private long countFrom;
  private long countUntil;
  private long due;
  private boolean ending;

  BenchRun(BenchLoad load, BenchReport report) {
    this.load = load;
    this.report = report;
  }

  /**
   * Runs to its end.
   *
   * @param progress is told once a second how many appends are done
   */
  void run(LongConsumer progress) throws InterruptedException {
    loop.execute(this::begin);
    var ticking =
        loop.scheduleAtFixedRate(() -> progress.accept(report.done()), 1, 1, TimeUnit.SECONDS);
    try {
      ended.join();
    } finally {
      ticking.cancel(false);
    }
  }

  private void begin() {
    began = System.nanoTime();
    countFrom = began + load.warmUp().toNanos();
    countUntil = countFrom + load.duration().toNanos();
    for (int i = 0; i < load.clients(); i++) {
      connect();
    }
    var _ = loop.schedule(this::end, countUntil - System.nanoTime(), TimeUnit.NANOSECONDS);
    if (load.rate() != null) {
      var _ = loop.scheduleAtFixedRate(this::sendDue, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
    }
  }

  private void connect() {
    if (ending) {
      return;
    }
    Connection connection = new Connection();
    var _ =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    if (load.isEncrypted()) {
                      channel.pipeline().addLast(load.encrypted());
                    }
                    channel
                        .pipeline()
                        .addLast(
                            new FlushConsolidationHandler(), new HttpResponseDecoder(), connection);
                  }
                })
            .connect(load.url().getHost(), load.port())
            .addListener(
                connected -> {
                  if (!connected.isSuccess()) {
                    report.failed("cannot connect");
                    later(this::connect);
                  }
                });
  }

  private void later(Runnable task) {
    var _ = loop.schedule(task, PAUSE_MS, TimeUnit.MILLISECONDS);
  }

  /** A client can send again. */
  private void isFree(Connection connection) {
    if (ending) {
      return;
    }
    if (load.rate() == null) {
      connection.send(System.nanoTime());
    } else {
      free.addLast(connection);
      sendDue();
    }
  }

  /** Open loop: what is due by now, by as many clients as are free. */
  private void sendDue() {
    Double rate = load.rate();
    if (rate == null || ending) {
      return;
    }
    long now = System.nanoTime();
    due = (long) ((now - began) / 1e9 * rate);
    while (sent < due && !free.isEmpty() && !isEnough()) {
      Connection next = free.removeFirst();
      if (next.isOpen()) {
        next.send(began + (long) ((sent + 1) / rate * 1e9));
      }
    }
  }

  /** Whether as many as are wanted are answered, or on their way. */
  private boolean isEnough() {
    Long count = load.count();
    return count != null && report.done() + countedInFlight >= count;
  }

  private boolean counts(long since) {
    return since >= countFrom && since < countUntil;
  }

  private void settled() {
    inFlight--;
    Long count = load.count();
    if (!ending && count != null && report.done() >= count) {
      end();
    } else if (ending && inFlight == 0) {
      ended.complete(null);
    }
  }

  private void end() {
    if (ending) {
      return;
    }
    ending = true;
    long now = Math.min(System.nanoTime(), countUntil);
    boolean left = load.rate() != null && !isEnough();
    report.ended(now - countFrom, left ? Math.max(0, due - sent) : 0);
    if (inFlight == 0) {
      ended.complete(null);
    } else {
      var _ = loop.schedule(() -> ended.complete(null), DRAIN_MS, TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void close() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  /** One client. */
  private final class Connection extends SimpleChannelInboundHandler<HttpObject> {
    private @Nullable ChannelHandlerContext context;

    /** When the latencies of what is in flight begin, oldest first. */
    private final ArrayDeque<Long> since = new ArrayDeque<>();

    private int status;

    boolean isOpen() {
      return context != null && context.channel().isActive();
    }

    /**
     * Sends the next append.
     *
     * @param from when its latency begins
     */
    void send(long from) {
      ChannelHandlerContext open = context;
      if (open == null || (counts(from) && isEnough())) {
        return;
      }
      since.addLast(from);
      if (counts(from)) {
        countedInFlight++;
      }
      inFlight++;
      sent++;
      var _ = open.writeAndFlush(load.request(open.alloc(), sent));
    }

    @Override
    public void channelActive(ChannelHandlerContext now) {
      if (!load.isEncrypted()) {
        begin(now);
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext now, Object event) {
      if (event instanceof SslHandshakeCompletionEvent handshake) {
        if (handshake.isSuccess()) {
          begin(now);
        } else {
          report.failed("TLS handshake failed");
        }
      }
    }

    private void begin(ChannelHandlerContext now) {
      context = now;
      for (int i = 0; i < load.pipeline(); i++) {
        isFree(this);
      }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext now, HttpObject part) {
      if (part instanceof HttpResponse response) {
        status = response.status().code();
      }
      if (part instanceof LastHttpContent && !since.isEmpty()) {
        long from = since.removeFirst();
        boolean inTheLog = status == CREATED || status == ACCEPTED;
        if (counts(from)) {
          countedInFlight--;
          if (inTheLog) {
            report.answered(status == CREATED, System.nanoTime() - from);
          } else {
            report.failed("HTTP " + status);
          }
        }
        settled();
        if (inTheLog) {
          isFree(this);
        } else {
          later(() -> isFree(this));
        }
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext now) {
      while (!since.isEmpty()) {
        if (counts(since.removeFirst())) {
          countedInFlight--;
          report.failed("connection lost");
        }
        settled();
      }
      later(BenchRun.this::connect);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext now, Throwable cause) {
      var _ = now.close(); // counted as lost when it is closed
    }
  }
}
