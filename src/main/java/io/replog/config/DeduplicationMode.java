package io.replog.config;

import java.util.Locale;

/** What makes an append a repetition of an earlier one. */
public enum DeduplicationMode {
  /** The same {@code Idempotency-Key}. */
  KEY,
  /** The same message (SHA-256), key or not. */
  CONTENT;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
