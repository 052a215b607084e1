package io.replog.sim;

import java.util.List;
import java.util.random.RandomGenerator;

/** Asks whoever leads, or believes to, to trim the log. */
final class Trims extends Mischief {
  private final Trace trace;

  Trims(SimClock clock, SimCluster cluster, Trace trace, RandomGenerator random) {
    super(clock, cluster, random, 100_000_000L, 3_000_000_000L);
    this.trace = trace;
  }

  @Override
  void act() {
    List<SimNode> masters = cluster().masters();
    SimNode node = masters.get(random().nextInt(masters.size()));
    if (node.up() && !node.paused()) {
      long before = 1 + random().nextLong(node.committed() + 2);
      node.node()
          .trim(
              before, answer -> trace.note(node.id() + " trims before " + before + ": " + answer));
    }
  }
}
