package io.replog.replication;

/** What came from a peer is no message of this protocol. The stream cannot be read any further. */
public final class MalformedMessageException extends Exception {
  public MalformedMessageException(String message) {
    super(message);
  }
}
