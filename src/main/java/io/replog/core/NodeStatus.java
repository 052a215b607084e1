package io.replog.core;

/** How long ago a secondary answered. */
public enum NodeStatus {
  HEALTHY,
  SUSPECTED,
  UNHEALTHY
}
