package io.replog.config;

import java.util.Locale;

/** How a process writes its log, on the standard error. */
public enum LogFormat {
  /** A line for people: {@code what happened key=value ...}. */
  TEXT,
  /** One JSON object a line, each key a member. */
  JSON;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
