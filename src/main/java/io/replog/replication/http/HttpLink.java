package io.replog.replication.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import io.replog.replication.MalformedMessageException;
import io.replog.replication.PeerLink;
import io.replog.replication.PeerLinkHandler;
import io.replog.replication.PeerMessage;
import io.replog.replication.PeerMessageDecoder;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What both ends of a stream have in common. All that is sent in one turn of any thread leaves by
 * one task of the event loop, in one write where the socket takes it. The handler is called on the
 * event loop, which serves other connections too: it must not block.
 *
 * <p>It ends once, for whatever reason comes first: what was sent before leaves if the socket takes
 * it at once, the connection is closed, the handler is told. A peer that takes nothing ends it too,
 * when more than the limit waits.
 */
abstract sealed class HttpLink implements PeerLink permits ClientLink, ServerLink {
  private static final Logger LOG = LoggerFactory.getLogger(HttpLink.class);

  /** The media type of the stream without its parameter. */
  static final String MEDIA_TYPE = "application/vnd.replog.stream";

  final EventLoop loop;
  final Outbox outbox = new Outbox();

  private final long queueLimitBytes;
  private final AtomicBoolean drainScheduled = new AtomicBoolean();
  private final AtomicBoolean ended = new AtomicBoolean();
  private final PeerMessageDecoder decoder;
  private volatile @Nullable Channel channel;

  // on the event loop only
  private @Nullable PeerLinkHandler handler;
  private @Nullable String endedBecause;
  private @Nullable Future<?> deadline;

  /**
   * @param queueLimitBytes when more than this waits, the link ends; the longest of the waiting
   *     messages is not counted, so that a long one never ends it alone
   */
  HttpLink(EventLoop loop, long queueLimitBytes) {
    this.loop = loop;
    this.queueLimitBytes = queueLimitBytes;
    this.decoder =
        new PeerMessageDecoder(
            new PeerMessageDecoder.Sink() {
              @Override
              public void greeted() {
                HttpLink.this.greeted();
              }

              @Override
              public void received(PeerMessage message) {
                PeerLinkHandler now = handler;
                if (now != null && !ended.get()) {
                  now.received(message);
                }
              }
            });
  }

  /** Writes what waits, as far as the connection takes it. On the event loop. */
  abstract void drain();

  /** The peer's hello is there. On the event loop. */
  abstract void greeted();

  /** The end, before the connection is closed. On the event loop. */
  abstract void ending();

  /** Does something then, unless it is {@link #inTime} before or ends. On the event loop. */
  final void deadline(Duration within, Runnable late) {
    deadline = loop.schedule(late, within.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The deadline is kept. On the event loop. */
  final void inTime() {
    Future<?> now = deadline;
    if (now != null) {
      now.cancel(false);
      deadline = null;
    }
  }

  /** The link's connection is this one. */
  final void connection(Channel connection) {
    channel = connection;
  }

  /** The link's connection, null before there is one. */
  final @Nullable Channel connection() {
    return channel;
  }

  /** Says who is called from now on. On the event loop, before anything is received. */
  final void handler(PeerLinkHandler called) {
    handler = called;
    String why = endedBecause;
    if (why != null) {
      called.closed(why);
    }
  }

  final boolean ended() {
    return ended.get();
  }

  @Override
  public final void send(PeerMessage message) {
    if (ended.get()) {
      return;
    }
    long waiting = queuedBytes();
    if (waiting - outbox.longest() > queueLimitBytes) {
      end(
          "the peer takes nothing: %d bytes wait to be sent, over %d"
              .formatted(waiting, queueLimitBytes));
      return;
    }
    outbox.add(message);
    if (drainScheduled.compareAndSet(false, true)) {
      run(
          () -> {
            drainScheduled.set(false);
            drain();
          });
    }
  }

  @Override
  public final long queuedBytes() {
    if (ended.get()) {
      return 0;
    }
    Channel now = channel;
    ChannelOutboundBuffer socket = now == null ? null : now.unsafe().outboundBuffer();
    return outbox.bytes() + (socket == null ? 0 : socket.totalPendingWriteBytes());
  }

  @Override
  public final void close() {
    end("closed by this node");
  }

  /** Ends the link, the first time. From any thread. */
  final void end(String why) {
    if (ended.compareAndSet(false, true)) {
      run(() -> finish(why));
    }
  }

  private void finish(String why) {
    drain();
    outbox.clear();
    inTime();
    ending();
    Channel now = channel;
    if (now != null) {
      var _ = now.close();
    }
    endedBecause = why;
    PeerLinkHandler told = handler;
    if (told != null) {
      told.closed(why);
    }
  }

  /** A piece of the peer's stream came, which stays the caller's. On the event loop. */
  final void received(ByteBuf piece) {
    if (ended.get()) {
      return;
    }
    try {
      decoder.feed(piece.nioBuffer());
    } catch (MalformedMessageException e) {
      end(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      LOG.error("a peer's message could not be dealt with, closing its link", e);
      end("a message could not be dealt with: " + e);
    }
  }

  /** Runs later on the event loop, or here where that is over. */
  private void run(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException stopped) {
      task.run();
    }
  }
}
