package io.replog.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The settings of a cluster on one machine, all checked.
 *
 * @param delays one for each secondary
 * @param faultsEnabled true unless it was set otherwise: such a cluster is there to be tried
 */
public record ClusterSettings(
    int masters, List<Duration> delays, String host, int port, Path data, boolean faultsEnabled) {
  public int secondaries() {
    return delays.size();
  }
}
