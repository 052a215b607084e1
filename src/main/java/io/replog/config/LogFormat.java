package io.replog.config;

/** How a process writes its log, on the standard error. */
public enum LogFormat {
  /** A line for people: {@code what happened key=value ...}. */
  TEXT,
  /** One JSON object a line, each key a member. */
  JSON
}
