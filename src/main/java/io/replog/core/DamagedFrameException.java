package io.replog.core;

/** Bytes that are not a whole, sound frame. The message says what is wrong with them. */
public final class DamagedFrameException extends Exception {
  private static final long serialVersionUID = 1;

  public DamagedFrameException(String what) {
    super(what);
  }
}
