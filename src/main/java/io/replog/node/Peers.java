package io.replog.node;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The secondaries that a master-capable node knows of: a session each. On the node's thread only.
 */
final class Peers {
  private final List<PeerSession> sessions = new ArrayList<>();
  private final BiFunction<String, @Nullable String, PeerSession> sessionTo;

  /**
   * @param sessionTo makes a session to a URL, of a node id where it is known
   */
  Peers(BiFunction<String, @Nullable String, PeerSession> sessionTo) {
    this.sessionTo = sessionTo;
  }

  Collection<PeerSession> all() {
    return List.copyOf(sessions);
  }

  Optional<PeerSession> byNode(String node) {
    return sessions.stream().filter(session -> session.node().equals(node)).findFirst();
  }

  Optional<PeerSession> byUrl(String url) {
    return sessions.stream().filter(session -> session.url().equals(url)).findFirst();
  }

  /** The session whose secondary has this store, by its last report. */
  Optional<PeerSession> byStore(UUID store) {
    return sessions.stream()
        .filter(session -> session.standing() != null && session.standing().store().equals(store))
        .findFirst();
  }

  /** Adds a secondary and begins to connect to it. */
  PeerSession add(String url, @Nullable String node) {
    PeerSession session = sessionTo.apply(url, node);
    sessions.add(session);
    session.connect();
    return session;
  }

  void remove(PeerSession session) {
    session.close();
    sessions.remove(session);
  }

  void close() {
    sessions.forEach(PeerSession::close);
  }
}
