package io.replog.replication;

/**
 * One end of an ordered, full-duplex stream of messages between a master-capable node and a
 * secondary. A link that fails is closed, never repaired: another is opened.
 */
public interface PeerLink {
  /**
   * Sends a message, in order with those before. Never blocks. On a closed link it does nothing:
   * the handler is told of the end.
   */
  void send(PeerMessage message);

  /** Bytes that were sent and have not left this process yet; the sender stops at its limit. */
  long queuedBytes();

  /** Ends the link, both ways. */
  void close();
}
