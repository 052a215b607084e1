package io.replog.node;

import io.replog.cluster.Member;
import io.replog.core.NodeStatus;
import io.replog.node.Node.Registration;
import io.replog.replication.PeerMessage.Standing;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which secondaries there are to connect to: the declared list, or those that register themselves.
 * On the node's thread only.
 */
final class Registrar {
  private static final Logger LOG = LoggerFactory.getLogger(Registrar.class);

  /** Secondaries that register themselves; whoever asks makes the master connect to somebody. */
  private static final int MOST = 100;

  private final MasterContext context;

  /** URL and store of each node that was said to be left out: it reports again and again. */
  private final Set<String> leftOut = new HashSet<>();

  Registrar(MasterContext context) {
    this.context = context;
  }

  /** A secondary registers itself, again and again until it is fed. */
  Registration register(String id, String url) {
    NodeConfig config = context.config();
    if (id.equals(config.id()) || url.equals(config.url())) {
      return new Registration.Conflict(
          "%s at %s is this master, and no secondary; give the other node another --id or --port"
              .formatted(config.id(), config.url()));
    }
    Optional<PeerSession> same = context.peers().byNode(id);
    if (context.desired().told()) {
      return same.isPresent()
          ? new Registration.Known()
          : new Registration.Conflict(
              id + " is not among the secondaries that are wanted: " + wanted());
    }
    if (context.config().membersDeclared()) {
      boolean declared = same.isPresent() || context.config().declared().contains(url);
      boolean takenOut = same.isEmpty() && context.peers().byUrl(url).isEmpty();
      if (declared && takenOut) {
        context.peers().add(url, id);
        return new Registration.Added();
      }
      return declared
          ? new Registration.Known()
          : new Registration.Conflict(
              "the secondaries of this master are declared, and neither "
                  + id
                  + " nor "
                  + url
                  + " is among them: "
                  + context.config().declared());
    }
    if (same.isEmpty()) {
      Optional<PeerSession> atUrl = context.peers().byUrl(url);
      if (atUrl.isPresent() && atUrl.get().introduced()) {
        return new Registration.Conflict("at " + url + " is " + atUrl.get().node() + ", not " + id);
      }
      if (atUrl.isEmpty() && context.peers().all().size() >= MOST) {
        return new Registration.Conflict(
            MOST
                + " secondaries have registered, and that is the most; take out one that is not"
                + " needed: DELETE /secondaries/ID");
      }
      atUrl.ifPresent(stale -> context.peers().remove(stale));
      LOG.info("registered secondary={} url={}", id, url);
      context.peers().add(url, id);
      return new Registration.Added();
    }
    PeerSession session = same.get();
    if (!session.url().equals(url)) {
      if (session.introduced() && session.status() == NodeStatus.HEALTHY) {
        return new Registration.Conflict(
            "node id %s is in use by the node at %s (store %s); the node at %s cannot have it: give"
                    .formatted(id, session.url(), storeOf(session), url)
                + " one of them another --id");
      }
      session.moveTo(url);
    }
    return new Registration.Known();
  }

  private List<String> wanted() {
    return context.desired().members().stream().map(Member::id).toList();
  }

  /**
   * Takes note of the node id that a secondary reports.
   *
   * @return whether the session may go on: false if another node has this id
   */
  boolean named(PeerSession session, String id) {
    if (session.known() && session.node().equals(id)) {
      return true;
    }
    Optional<PeerSession> other = context.peers().byNode(id).filter(s -> s != session);
    if (other.isPresent()) {
      if (leftOut.add(session.url() + " " + storeOf(session))) {
        LOG.warn(
            "two secondaries with one node id: the second is left out nodeId={} at={} store={}"
                + " andAt={} andStore={}; give one of them another --id",
            id,
            other.get().url(),
            storeOf(other.get()),
            session.url(),
            storeOf(session));
      }
      return false;
    }
    leftOut.removeIf(who -> who.startsWith(session.url() + " "));
    session.name(id);
    return true;
  }

  private static String storeOf(PeerSession session) {
    Standing standing = session.standing();
    return standing == null ? "unknown" : standing.store().toString();
  }
}
