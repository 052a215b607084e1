package io.replog.cli.scenario;

import java.time.Duration;

/** How long a play waits where its script does not say. */
final class Patience {
  /** A node's start may take that long on a machine with other work. */
  static final Duration START = Duration.ofSeconds(90);

  static final Duration ANSWER = Duration.ofSeconds(60);
  static final Duration TO_HAPPEN = Duration.ofSeconds(30);
  static final Duration LOOK = Duration.ofMillis(20);

  private Patience() {}
}
