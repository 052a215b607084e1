package io.replog.node;

import io.replog.core.Backoff;
import io.replog.core.FailureDetector;
import io.replog.core.NodeStatus;
import io.replog.replication.PeerLink;
import io.replog.replication.PeerLinkHandler;
import io.replog.replication.PeerMessage;
import io.replog.replication.PeerMessage.FromSecondary;
import io.replog.replication.PeerMessage.Introduce;
import io.replog.replication.PeerMessage.Report;
import io.replog.replication.PeerMessage.Standing;
import io.replog.replication.PeerMessage.ToSecondary;
import io.replog.replication.PeerMessage.Vote;
import io.replog.replication.PeerTransport;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A master-capable node's connection to one secondary, over as many links as it takes: opens them,
 * with a backoff; introduces itself; knows when the secondary answered last and where it said it
 * stands. What is said beyond that is its listener's business.
 *
 * <p>On the node's thread only.
 */
final class PeerSession {
  private static final Logger LOG = LoggerFactory.getLogger(PeerSession.class);

  /** What happens on a session. */
  interface Listener {
    /** A link is open and the secondary has said who it is; also whenever it says so again. */
    void reported(PeerSession session, Standing standing);

    /** Anything else that it said. */
    void said(PeerSession session, FromSecondary message);

    /** The link is gone; another is being opened. */
    void disconnected(PeerSession session);
  }

  private final NodeConfig config;
  private final NodeLoop loop;
  private final PeerTransport transport;
  private final FaultGate faults;
  private final Listener listener;
  private final Supplier<Introduce> introduction;
  private final FailureDetector detector;
  private final Backoff backoff;

  private String url;
  private @Nullable String node;
  private @Nullable Standing standing;
  private @Nullable PeerLink link;
  private long attempt;
  private boolean introduced;
  private long silentTicks;
  private boolean closed;

  PeerSession(
      String url,
      @Nullable String node,
      NodeConfig config,
      NodeLoop loop,
      PeerTransport transport,
      FaultGate faults,
      Backoff backoff,
      Supplier<Introduce> introduction,
      Listener listener) {
    this.url = url;
    this.node = node;
    this.config = config;
    this.loop = loop;
    this.transport = transport;
    this.faults = faults;
    this.backoff = backoff;
    this.introduction = introduction;
    this.listener = listener;
    this.detector =
        new FailureDetector(config.suspectedAfter(), config.unhealthyAfter(), loop.nanoTime());
  }

  String url() {
    return url;
  }

  /** The node id; the URL until the node has said who it is. */
  String node() {
    return node == null ? url : node;
  }

  boolean known() {
    return node != null;
  }

  void name(String id) {
    node = id;
  }

  /** Where the secondary stood when it said so last, null if it never did. */
  @Nullable Standing standing() {
    return standing;
  }

  /** Whether it has introduced itself on the present link. */
  boolean introduced() {
    return introduced;
  }

  NodeStatus status() {
    return detector.status(loop.nanoTime());
  }

  long lastContactMillis() {
    return detector.lastContactMillis(loop.nanoTime());
  }

  /** Bytes that wait to leave this process. */
  long queuedBytes() {
    PeerLink now = link;
    return now == null ? 0 : now.queuedBytes();
  }

  void send(ToSecondary message) {
    PeerLink now = link;
    if (now != null) {
      faults.send(now, node, message);
    }
  }

  /** Opens a link, and another one after each that ends, until {@link #close}. */
  void connect() {
    if (closed) {
      return;
    }
    long mine = ++attempt;
    silentTicks = 0;
    transport.open(
        url,
        opened -> loop.execute(() -> opened(mine, opened)),
        new PeerLinkHandler() {
          @Override
          public void received(PeerMessage message) {
            loop.execute(() -> received(mine, message));
          }

          @Override
          public void closed(String why) {
            loop.execute(() -> lost(mine, why));
          }

          private void received(long of, PeerMessage message) {
            PeerSession.this.received(of, message);
          }
        });
  }

  /**
   * At every heartbeat: asks again where nothing was said, and gives up a link on which nothing
   * comes any more. The silence is counted in heartbeats: what came while this process stood still
   * has not been heard yet, and is no silence of the other's.
   */
  void tick() {
    PeerLink now = link;
    if (now == null) {
      return;
    }
    if (++silentTicks > config.unhealthyAfter().dividedBy(config.heartbeat())) {
      now.close();
      lost(attempt, "no answer");
    } else if (!introduced) {
      send(introduction.get());
    }
  }

  /** Asks where the secondary stands. */
  void introduce() {
    send(introduction.get());
  }

  /** The secondary is somewhere else now. */
  void moveTo(String newUrl) {
    if (!newUrl.equals(url)) {
      LOG.info("secondary moved secondary={} from={} to={}", node(), url, newUrl);
      url = newUrl;
      reopen();
    }
  }

  /** Gives up the present link and opens another at once. */
  void reopen() {
    PeerLink now = link;
    if (now != null) {
      now.close();
    }
    drop();
    connect();
  }

  /** Somebody else answers there: the link is given up, and tried again only after a while. */
  void mistaken() {
    PeerLink now = link;
    if (now != null) {
      now.close();
    }
    drop();
    connectAfter(config.suspectedAfter());
  }

  void close() {
    closed = true;
    attempt++;
    PeerLink now = link;
    if (now != null) {
      now.close();
    }
    drop();
  }

  private void opened(long of, PeerLink opened) {
    if (of != attempt || closed) {
      opened.close();
      return;
    }
    link = opened;
    silentTicks = 0;
    send(introduction.get());
  }

  private void received(long of, PeerMessage message) {
    if (of != attempt || closed || faults.swallows(node)) {
      return;
    }
    if (!(message instanceof FromSecondary said)) {
      reopen();
      return;
    }
    detector.answered(loop.nanoTime());
    silentTicks = 0;
    if (said instanceof Report report) {
      standing = report.standing();
      introduced = true;
      backoff.reset();
      listener.reported(this, report.standing());
    } else {
      if (said instanceof Vote vote) {
        standing = vote.standing();
      }
      if (introduced) {
        listener.said(this, said);
      }
    }
  }

  private void lost(long of, String why) {
    if (of != attempt || closed) {
      return;
    }
    boolean was = introduced;
    drop();
    Duration wait = backoff.next();
    if (was || backoff.failures() == 1) {
      LOG.warn(
          "secondary not reachable secondary={} url={} why={} retryInMs={}",
          node(),
          url,
          why,
          wait.toMillis());
    }
    connectAfter(wait);
  }

  private void connectAfter(Duration wait) {
    long mine = ++attempt;
    loop.schedule(
        wait,
        () -> {
          if (attempt == mine) {
            connect();
          }
        });
  }

  private void drop() {
    boolean had = link != null;
    link = null;
    introduced = false;
    if (had) {
      listener.disconnected(this);
    }
  }
}
