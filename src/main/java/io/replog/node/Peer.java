package io.replog.node;

import io.replog.replication.PeerLink;
import org.jspecify.annotations.Nullable;

/** A secondary's end of a link: at the other one is a master-capable node. */
final class Peer {
  private final PeerLink link;
  private @Nullable String node;

  Peer(PeerLink link) {
    this.link = link;
  }

  PeerLink link() {
    return link;
  }

  /** Its node id, null until it has introduced itself. */
  @Nullable String node() {
    return node;
  }

  void introduced(String id) {
    node = id;
  }

  void close() {
    link.close();
  }
}
