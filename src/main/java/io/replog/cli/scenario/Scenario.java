package io.replog.cli.scenario;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A story on a cluster.
 *
 * @param source where the script is from, for messages
 * @param title one line
 * @param about what it teaches
 * @param steps played in their order
 */
public record Scenario(
    String source, String title, String about, Cluster cluster, List<Step> steps) {

  /**
   * The cluster that it needs.
   *
   * @param masters the first is the active one at the beginning, the others stand by
   * @param delays of the secondaries, one each
   * @param down nodes that are part of it and not started
   */
  public record Cluster(int masters, List<Duration> delays, List<String> down) {
    /** The ids that a cluster of its own gives to its nodes, the masters first. */
    public List<String> nodes() {
      List<String> nodes = new ArrayList<>();
      IntStream.range(0, masters).forEach(i -> nodes.add("master-" + i));
      IntStream.range(0, delays.size()).forEach(i -> nodes.add("secondary-" + i));
      return List.copyOf(nodes);
    }
  }

  /** Whether it starts or ends processes, which only a cluster of its own has. */
  public boolean needsProcesses() {
    return !cluster.down().isEmpty() || steps.stream().anyMatch(Step::needsProcesses);
  }

  /** Whether it switches faults on. */
  public boolean needsFaults() {
    return steps.stream().anyMatch(Step::needsFaults)
        || cluster.delays().stream().anyMatch(Duration::isPositive);
  }
}
