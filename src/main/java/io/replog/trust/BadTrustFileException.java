package io.replog.trust;

/** A file of tokens, secrets or certificates that cannot be used; the message never quotes it. */
public final class BadTrustFileException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public BadTrustFileException(String message) {
    super(message);
  }

  public BadTrustFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
