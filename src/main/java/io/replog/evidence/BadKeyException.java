package io.replog.evidence;

/** A key, or a directory of keys, that cannot be used; the message never quotes a private one. */
public final class BadKeyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public BadKeyException(String message) {
    super(message);
  }

  public BadKeyException(String message, Throwable cause) {
    super(message, cause);
  }
}
