package io.replog.node;

import io.replog.core.Configuration;
import io.replog.core.Seat;
import io.replog.replication.PeerLink;
import io.replog.replication.PeerLinkHandler;
import io.replog.replication.PeerMessage;
import io.replog.replication.PeerMessage.Evidence;
import io.replog.replication.PeerTransport;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A secondary's links to the other secondaries, for evidence alone: a master that shows two
 * histories does not pass on what would give it away. What they say comes by the links that they
 * open; nothing is expected on these.
 *
 * <p>On the node's thread only.
 */
final class Neighbours {
  /** Heartbeats between two attempts to open a link. */
  private static final int RETRY_EVERY = 8;

  /** A node that may be gone or back. */
  private static final class Line {
    private final String url;
    private @Nullable PeerLink link;
    private boolean opening;
    private boolean closed;

    private Line(String url) {
      this.url = url;
    }

    private void close() {
      closed = true;
      PeerLink open = link;
      if (open != null) {
        open.close();
      }
    }
  }

  private final NodeConfig config;
  private final NodeLoop loop;
  private final PeerTransport transport;
  private final FaultGate faults;
  private final Map<String, Line> lines = new HashMap<>();
  private int ticks;

  Neighbours(NodeConfig config, NodeLoop loop, PeerTransport transport, FaultGate faults) {
    this.config = config;
    this.loop = loop;
    this.transport = transport;
    this.faults = faults;
  }

  /** At every heartbeat: opens links to those that are members, and closes those to others. */
  void tick(Configuration members) {
    Set<String> present = new HashSet<>();
    boolean due = ticks++ % RETRY_EVERY == 0;
    for (Seat seat : members.seats()) {
      if (!seat.node().equals(config.id())) {
        present.add(seat.node());
        Line line = lines.get(seat.node());
        if (line == null || !line.url.equals(seat.url())) {
          if (line != null) {
            line.close();
          }
          line = new Line(seat.url());
          lines.put(seat.node(), line);
          open(line);
        } else if (due && line.link == null && !line.opening) {
          open(line);
        }
      }
    }
    lines
        .entrySet()
        .removeIf(
            line -> {
              boolean gone = !present.contains(line.getKey());
              if (gone) {
                line.getValue().close();
              }
              return gone;
            });
  }

  void tell(Evidence evidence) {
    lines.forEach(
        (node, line) -> {
          PeerLink open = line.link;
          if (open != null) {
            faults.send(open, node, evidence);
          }
        });
  }

  void close() {
    lines.values().forEach(Line::close);
    lines.clear();
  }

  private void open(Line line) {
    line.opening = true;
    transport.open(
        line.url,
        opened -> loop.execute(() -> opened(line, opened)),
        new PeerLinkHandler() {
          @Override
          public void received(PeerMessage message) {}

          @Override
          public void closed(String why) {
            loop.execute(
                () -> {
                  line.link = null;
                  line.opening = false;
                });
          }
        });
  }

  private static void opened(Line line, PeerLink opened) {
    if (line.closed) {
      opened.close();
    } else {
      line.link = opened;
    }
  }
}
