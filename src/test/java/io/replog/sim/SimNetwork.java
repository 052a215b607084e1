package io.replog.sim;

import io.replog.replication.PeerLink;
import io.replog.replication.PeerLinkHandler;
import io.replog.replication.PeerMessage;
import io.replog.replication.PeerTransport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The network of a simulation. A link is two channels that keep order, unless the weather says
 * otherwise; messages are lost, doubled and late; directions between two nodes can be cut; links
 * break, and a node that went down may or may not say so.
 */
final class SimNetwork {
  private static final long CONNECT_TIMEOUT_NANOS = 1_500_000_000L;

  /** Looks at every message on its way and may make it another, several or none. */
  interface Tap {
    List<PeerMessage> passing(String from, String to, PeerMessage message);

    /** A message has arrived at a running node. */
    void arrived(SimNode to, PeerMessage message);

    /** Lets every message through and looks at none. */
    Tap OPEN =
        new Tap() {
          @Override
          public List<PeerMessage> passing(String from, String to, PeerMessage message) {
            return List.of(message);
          }

          @Override
          public void arrived(SimNode to, PeerMessage message) {}
        };
  }

  private record Direction(String from, String to) {}

  private final SimClock clock;
  private final RandomGenerator random;
  private final Map<String, SimNode> byUrl = new HashMap<>();
  private final Set<Direction> cut = new HashSet<>();
  private final List<Link> links = new ArrayList<>();
  private final Weather climate;
  private Weather weather;
  private final Tap tap;
  private long delivered;

  /**
   * @param climate what the network is like while nothing special happens
   * @param tap sees every message
   */
  SimNetwork(SimClock clock, RandomGenerator random, Weather climate, Tap tap) {
    this.tap = tap;
    this.clock = clock;
    this.random = random;
    this.climate = climate;
    this.weather = climate;
  }

  void add(SimNode node) {
    byUrl.put(node.url(), node);
  }

  /** Messages that arrived. */
  long delivered() {
    return delivered;
  }

  // ---- faults

  void weather(Weather now) {
    weather = now;
  }

  void cut(String from, String to) {
    cut.add(new Direction(from, to));
  }

  /** Messages pass in every direction again. */
  void mend() {
    cut.clear();
  }

  /** Directions are open and the weather is what it is on most days. */
  void calm() {
    cut.clear();
    weather = climate;
  }

  void heal() {
    cut.clear();
    weather = Weather.FINE;
  }

  /** Whether every direction is open and the weather is what it is on most days. */
  boolean isCalm() {
    return cut.isEmpty() && weather.equals(climate);
  }

  /** Breaks a random link. */
  void breakLink() {
    links.removeIf(link -> link.broken);
    if (!links.isEmpty()) {
      links.get(random.nextInt(links.size())).breakUp("reset");
    }
  }

  /**
   * A node went down.
   *
   * @param said whether the others are told, as by the system of a process that was killed
   */
  void gone(SimNode node, boolean said) {
    links.removeIf(link -> link.broken);
    for (Link link : List.copyOf(links)) {
      if (link.client == node || link.server == node) {
        if (said) {
          link.breakUp("reset by peer");
        }
      }
    }
  }

  private boolean blocked(String from, String to) {
    return cut.contains(new Direction(from, to));
  }

  private long delay() {
    return weather.minNanos()
        + random.nextLong(Math.max(1, weather.maxNanos() - weather.minNanos()));
  }

  // ---- the port

  /** The port as one incarnation of a node has it. */
  PeerTransport of(SimNode client) {
    long incarnation = client.incarnation();
    return (url, opened, handler) -> open(client, incarnation, url, opened, handler);
  }

  private void open(
      SimNode client,
      long incarnation,
      String url,
      Consumer<PeerLink> opened,
      PeerLinkHandler handler) {
    clock.in(
        delay(),
        client.id(),
        "connect",
        url,
        () -> {
          SimNode server = byUrl.get(url);
          if (server == null
              || blocked(client.id(), server.id())
              || blocked(server.id(), client.id())) {
            clock.in(
                CONNECT_TIMEOUT_NANOS,
                client.id(),
                "timeout",
                url,
                () -> handler.closed("connect timeout"));
          } else if (!server.up()) {
            clock.in(delay(), client.id(), "refused", url, () -> handler.closed("refused"));
          } else {
            connected(new Link(client, incarnation, server), opened, handler);
          }
        });
  }

  private void connected(Link link, Consumer<PeerLink> opened, PeerLinkHandler handler) {
    Channel toServer = link.toServer;
    Channel toClient = link.toClient;
    toClient.handler = handler;
    PeerLinkHandler accepted = link.server.accept(toClient);
    if (accepted == null) {
      clock.in(
          delay(), link.client.id(), "refused", null, () -> handler.closed("takes no streams"));
      return;
    }
    toServer.handler = accepted;
    links.add(link);
    clock.in(
        delay(),
        link.client.id(),
        "connected",
        link.server.id(),
        () -> {
          if (!link.broken && link.clientThere()) {
            opened.accept(toServer);
          }
        });
  }

  private final class Link {
    private final SimNode client;
    private final SimNode server;
    private final long clientIncarnation;
    private final long serverIncarnation;
    private final Channel toServer;
    private final Channel toClient;
    private boolean broken;

    Link(SimNode client, long incarnation, SimNode server) {
      this.client = client;
      this.server = server;
      this.clientIncarnation = incarnation;
      this.serverIncarnation = server.incarnation();
      this.toServer = new Channel(this, client, server);
      this.toClient = new Channel(this, server, client);
    }

    boolean clientThere() {
      return client.up() && client.incarnation() == clientIncarnation;
    }

    boolean serverThere() {
      return server.up() && server.incarnation() == serverIncarnation;
    }

    void breakUp(String why) {
      if (broken) {
        return;
      }
      broken = true;
      tell(client, toClient, why);
      tell(server, toServer, why);
    }

    private void tell(SimNode end, Channel channel, String why) {
      PeerLinkHandler handler = channel.handler;
      if (handler != null) {
        clock.in(
            delay(),
            end.id(),
            "closed",
            why,
            () -> {
              if (end == client ? clientThere() : serverThere()) {
                handler.closed(why);
              }
            });
      }
    }
  }

  /** One direction of a link; what its sender holds. */
  private final class Channel implements PeerLink {
    private final Link link;
    private final SimNode from;
    private final SimNode to;
    private @Nullable PeerLinkHandler handler;
    private long lastArrivalNanos;

    Channel(Link link, SimNode from, SimNode to) {
      this.link = link;
      this.from = from;
      this.to = to;
    }

    @Override
    public void send(PeerMessage message) {
      if (link.broken) {
        return;
      }
      for (PeerMessage passing : tap.passing(from.id(), to.id(), message)) {
        if (random.nextDouble() >= weather.lost()) {
          plan(passing);
          if (random.nextDouble() < weather.doubled()) {
            plan(passing);
          }
        }
      }
    }

    private void plan(PeerMessage message) {
      long arrival = clock.nowNanos() + delay();
      if (random.nextDouble() < weather.late()) {
        arrival += random.nextLong(weather.lateNanos());
      } else {
        arrival = Math.max(arrival, lastArrivalNanos);
        lastArrivalNanos = arrival;
      }
      clock.in(
          arrival - clock.nowNanos(),
          to.id(),
          "from",
          new Passing(from.id(), message),
          () -> arrived(message));
    }

    private void arrived(PeerMessage message) {
      PeerLinkHandler receiver = handler;
      if (link.broken || receiver == null || blocked(from.id(), to.id())) {
        return;
      }
      boolean there = to == link.client ? link.clientThere() : link.serverThere();
      if (there) {
        delivered++;
        clock.note(message.hashCode());
        tap.arrived(to, message);
        receiver.received(message);
      } else if (to.up()) {
        link.breakUp("reset: the other end is another process now");
      }
    }

    @Override
    public long queuedBytes() {
      return 0;
    }

    @Override
    public void close() {
      link.breakUp("closed");
    }
  }

  /** For the trace. */
  private record Passing(String from, PeerMessage message) {
    @Override
    public String toString() {
      return from + " " + Trace.text(message);
    }
  }
}
