package io.replog.replication.http;

import io.netty.channel.EventLoop;
import io.replog.replication.PeerLink;
import io.replog.replication.PeerLinkHandler;
import io.replog.replication.PeerTransport;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Opens links by {@code POST /replicate}, whose request and response bodies are open at the same
 * time.
 *
 * <p>All links share one event loop. A node sends to all its secondaries in one turn: where its
 * turns run on this loop too, nobody has to be woken for that. Handlers are called on this loop and
 * must not block.
 */
public final class HttpPeerTransport implements PeerTransport, AutoCloseable {
  /** Far above what a sender lets wait that watches {@link PeerLink#queuedBytes}. */
  public static final long DEFAULT_QUEUE_LIMIT_BYTES = 64 << 20;

  private final EventLoop loop;
  private final Set<ClientLink> links = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;
  private final PeerTrust trust;
  private final Duration connectTimeout;
  private final Duration openTimeout;
  private final long queueLimitBytes;

  /**
   * @param loop stays its owner's, and runs longer than this
   * @param connectTimeout how long the TCP connection may take
   * @param openTimeout how long everything may take until the peer's hello is there: name,
   *     connection, answer
   * @param queueLimitBytes a link ends when something is sent while more than this waits to leave
   *     the process, the longest of the waiting messages not counted
   */
  public HttpPeerTransport(
      EventLoop loop, Duration connectTimeout, Duration openTimeout, long queueLimitBytes) {
    this(loop, PeerTrust.NONE, connectTimeout, openTimeout, queueLimitBytes);
  }

  /**
   * The same among nodes that do not believe everybody.
   *
   * @param trust by what this node is known and knows the others
   */
  public HttpPeerTransport(
      EventLoop loop,
      PeerTrust trust,
      Duration connectTimeout,
      Duration openTimeout,
      long queueLimitBytes) {
    this.loop = loop;
    this.trust = trust;
    this.connectTimeout = connectTimeout;
    this.openTimeout = openTimeout;
    this.queueLimitBytes = queueLimitBytes;
  }

  /**
   * {@inheritDoc}
   *
   * @param url {@code http}, or {@code https} where this node has TLS; a path before {@code
   *     /replicate} is kept
   */
  @Override
  public void open(String url, Consumer<PeerLink> opened, PeerLinkHandler handler) {
    try {
      loop.execute(() -> start(url, opened, handler));
    } catch (RejectedExecutionException stopped) {
      handler.closed("this node is stopping");
    }
  }

  private void start(String url, Consumer<PeerLink> opened, PeerLinkHandler handler) {
    if (closed) {
      handler.closed("this node is stopping");
      return;
    }
    StreamTarget target;
    try {
      target = StreamTarget.of(url);
    } catch (IllegalArgumentException e) {
      handler.closed(String.valueOf(e.getMessage()));
      return;
    }
    ClientLink link =
        new ClientLink(
            loop,
            target,
            trust,
            connectTimeout,
            openTimeout,
            queueLimitBytes,
            opened,
            links::remove);
    links.add(link);
    link.handler(handler);
    link.start();
    if (closed) {
      link.close();
    }
  }

  /** Closes all links and opens no more. Handlers are told on the event loop, soon after. */
  @Override
  public void close() {
    closed = true;
    links.forEach(ClientLink::close);
  }
}
