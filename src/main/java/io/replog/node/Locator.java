package io.replog.node;

import io.replog.cluster.Member;
import io.replog.core.Configuration;
import io.replog.core.Membership;
import io.replog.core.Seat;
import io.replog.replication.PeerMessage.FromSecondary;
import io.replog.replication.PeerMessage.Standing;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a session to every secondary that is wanted or has a seat, where a source outside says who
 * that is. Such a source knows addresses without names: each new one is asked once, by a session
 * that is closed again, who is there. Who it is is only ever what the node itself says; the
 * member's session is then led to the address, unless it has a way already.
 *
 * <p>On the node's thread only.
 */
final class Locator {
  private static final Logger LOG = LoggerFactory.getLogger(Locator.class);

  private final MasterContext context;
  private final BiFunction<String, PeerSession.Listener, PeerSession> probeTo;
  private final Map<String, PeerSession> probes = new HashMap<>();
  private final Map<String, String> nodeAt = new HashMap<>();

  /**
   * @param probeTo makes a session to a URL of which nothing is known
   */
  Locator(MasterContext context, BiFunction<String, PeerSession.Listener, PeerSession> probeTo) {
    this.context = context;
    this.probeTo = probeTo;
  }

  /** At every heartbeat, and when something new was said. */
  void tick() {
    if (!context.desired().told() || context.phaseOrNull() == null) {
      return;
    }
    addMissing();
    dropUnwanted();
    lead();
    probe();
  }

  /** At a member's address is somebody else now: it has been given away. */
  void mistaken(PeerSession session, String node) {
    LOG.info("address of another secondary={} is={} url={}", session.node(), node, session.url());
    if (context.desired().urls().contains(session.url())) {
      nodeAt.put(session.url(), node);
    }
    session.mistaken();
    context.loop().execute(this::tick);
  }

  void close() {
    probes.values().forEach(PeerSession::close);
    probes.clear();
  }

  private void addMissing() {
    for (Member member : context.desired().members()) {
      if (context.peers().byNode(member.id()).isEmpty()) {
        LOG.info("member wanted secondary={} url={}", member.id(), member.url());
        context.peers().add(member.url(), member.id());
      }
    }
    for (Configuration configuration : context.newestMembership().inForce()) {
      for (Seat seat : configuration.seats()) {
        if (context.peers().byNode(seat.node()).isEmpty()) {
          context.peers().add(context.stableUrl(seat.node(), seat.url()), seat.node());
        }
      }
    }
  }

  private void dropUnwanted() {
    Membership membership = context.newestMembership();
    for (PeerSession session : context.peers().all()) {
      boolean seated =
          membership.inForce().stream().anyMatch(c -> c.seat(session.node()).isPresent());
      if (!seated && !context.desired().wants(session.node(), membership.newest())) {
        LOG.info("member no longer wanted secondary={} url={}", session.node(), session.url());
        context.peers().remove(session);
      }
    }
  }

  /** A member that is not reached is looked for where it said it is, else under its own name. */
  private void lead() {
    Set<String> urls = context.desired().urls();
    nodeAt.keySet().retainAll(urls);
    for (PeerSession session : context.peers().all()) {
      if (session.introduced()) {
        continue;
      }
      String better =
          nodeAt.entrySet().stream()
              .filter(at -> at.getValue().equals(session.node()))
              .map(Map.Entry::getKey)
              .findFirst()
              .orElse(context.stableUrl(session.node(), session.url()));
      session.moveTo(better);
    }
  }

  private void probe() {
    Set<String> urls = context.desired().urls();
    for (String url : Set.copyOf(probes.keySet())) {
      if (!urls.contains(url) || nodeAt.containsKey(url) || reached(url)) {
        PeerSession done = probes.remove(url);
        if (done != null) {
          done.close();
        }
      }
    }
    for (String url : urls) {
      if (!probes.containsKey(url) && !nodeAt.containsKey(url) && !reached(url)) {
        PeerSession session = probeTo.apply(url, new Probe(url));
        probes.put(url, session);
        session.connect();
      }
    }
    probes.values().forEach(PeerSession::tick);
  }

  private boolean reached(String url) {
    return context.peers().byUrl(url).filter(PeerSession::introduced).isPresent();
  }

  /** What comes of asking who is there. */
  private final class Probe implements PeerSession.Listener {
    private final String url;

    Probe(String url) {
      this.url = url;
    }

    @Override
    public void reported(PeerSession session, Standing standing) {
      nodeAt.put(url, standing.node());
      // the session is closed from here, but not while it hands out what it heard
      context.loop().execute(Locator.this::tick);
    }

    @Override
    public void said(PeerSession session, FromSecondary message) {}

    @Override
    public void disconnected(PeerSession session) {}
  }
}
