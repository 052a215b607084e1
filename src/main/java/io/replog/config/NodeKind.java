package io.replog.config;

import java.util.Locale;

/** What a node was started as; a master-capable one may be active or on standby. */
public enum NodeKind {
  MASTER,
  SECONDARY;

  /** The name of the command that starts one. */
  public String command() {
    return name().toLowerCase(Locale.ROOT);
  }
}
