package io.replog.core;

/** What a node is now. */
public enum NodeRole {
  /** Active: it sequences. */
  MASTER,
  /** Master-capable, not active. */
  STANDBY,
  /** Copies the log. */
  SECONDARY
}
