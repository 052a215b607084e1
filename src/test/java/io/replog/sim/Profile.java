package io.replog.sim;

import java.time.Duration;

/**
 * What kind of runs there are.
 *
 * @param masters master-capable nodes
 * @param secondaries at most
 * @param faults whether anything goes wrong
 * @param disks whether disks fail and fill up
 * @param lostDisks whether disks are lost and replaced
 * @param ambushes whether faults wait for their moment, in place of most that come by chance
 * @param length how long things go wrong
 */
record Profile(
    String name,
    int masters,
    int secondaries,
    boolean faults,
    boolean disks,
    boolean lostDisks,
    boolean ambushes,
    Duration length) {

  static Profile named(String name) {
    Duration length = Duration.ofSeconds(15);
    return switch (name) {
      case "calm" -> new Profile(name, 1, 2, false, false, false, false, length);
      case "single" -> new Profile(name, 1, 3, true, false, false, false, length);
      case "masters" -> new Profile(name, 3, 4, true, false, false, false, length);
      case "disks" -> new Profile(name, 3, 4, true, true, false, false, length);
      case "lost" -> new Profile(name, 3, 4, true, false, true, false, length);
      case "ambushes" -> new Profile(name, 2, 2, true, false, false, true, Duration.ofSeconds(20));
      default -> throw new IllegalArgumentException("no profile " + name);
    };
  }
}
