package io.replog.replication;

import java.util.function.Consumer;

/** Opens links to secondaries. Two implementations: HTTP, and the simulator's network. */
public interface PeerTransport {
  /**
   * Opens a link. Returns at once; the handler's {@link PeerLinkHandler#closed} is called if it
   * cannot be opened (a connect timeout is the transport's).
   *
   * @param url base URL of the secondary
   * @param opened called with the link once messages can be sent, before anything is received
   */
  void open(String url, Consumer<PeerLink> opened, PeerLinkHandler handler);
}
