package io.replog.replication;

/** What a node does with one end of a link. Calls come one at a time, on any thread. */
public interface PeerLinkHandler {
  /** A message arrived. */
  void received(PeerMessage message);

  /**
   * The link is at its end; nothing comes after this.
   *
   * @param why one line for people
   */
  void closed(String why);
}
