package io.replog.evidence;

/** A text that is no receipt or proof; the message says what is wrong with it. */
public final class BadEvidenceException extends Exception {
  private static final long serialVersionUID = 1L;

  public BadEvidenceException(String message) {
    super(message);
  }

  public BadEvidenceException(String message, Throwable cause) {
    super(message, cause);
  }
}
