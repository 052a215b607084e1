package io.replog.sim;

import java.util.List;
import java.util.function.ObjLongConsumer;
import java.util.random.RandomGenerator;

/** Stops nodes in order, masters that lead above all: they hand over. */
final class Stops extends Mischief {
  private final ObjLongConsumer<SimNode> starter;

  /**
   * @param starter starts a node after some nanoseconds
   */
  Stops(
      SimClock clock,
      SimCluster cluster,
      RandomGenerator random,
      ObjLongConsumer<SimNode> starter) {
    super(clock, cluster, random, 500_000_000L, 6_000_000_000L);
    this.starter = starter;
  }

  @Override
  void act() {
    List<SimNode> leading =
        cluster().masters().stream().filter(node -> node.activeEpoch() > 0).toList();
    List<SimNode> from =
        leading.isEmpty() || random().nextInt(3) == 0 ? cluster().nodes() : leading;
    SimNode node = from.get(random().nextInt(from.size()));
    if (node.up() && !node.paused()) {
      node.stop();
      starter.accept(node, 10_000_000L + random().nextLong(3_000_000_000L));
    }
  }
}
