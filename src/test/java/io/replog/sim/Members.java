package io.replog.sim;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Grows and shrinks the cluster while other things go wrong: secondaries are told to leave, as few
 * as two are left, and come back later with the log that they had.
 */
final class Members extends Mischief {
  private static final int FEWEST = 2;
  private static final long MISSED_NANOS = 2_000_000_000L;

  private final Trace trace;

  Members(SimClock clock, SimCluster cluster, Trace trace, RandomGenerator random) {
    super(clock, cluster, random, 200_000_000L, 3_000_000_000L);
    this.trace = trace;
    if (!cluster().shape().declared()) {
      int first = random.nextInt(cluster().shape().secondaries() + 1);
      cluster().secondaries().stream().skip(Math.max(1, first)).forEach(cluster()::withhold);
    }
  }

  @Override
  void act() {
    List<SimNode> in = cluster().enrolled();
    List<SimNode> out =
        cluster().secondaries().stream().filter(secondary -> !in.contains(secondary)).toList();
    boolean shrinks = out.isEmpty() || random().nextBoolean();
    if (shrinks && in.size() > FEWEST && everyLossIsKnown()) {
      SimNode leaver = in.get(random().nextInt(in.size()));
      trace.note(leaver.id() + " is to leave");
      cluster().dismiss(leaver);
    } else if (!out.isEmpty()) {
      SimNode comer = out.get(random().nextInt(out.size()));
      trace.note(comer.id() + " comes back");
      cluster().enrol(comer);
    }
  }

  /**
   * Whether every disk that is lost has been missed: one that a master still counts on may be
   * needed for the change, and never comes.
   */
  private boolean everyLossIsKnown() {
    return cluster().secondaries().stream()
        .noneMatch(node -> node.harmed() || clock().nowNanos() - node.lostNanos() < MISSED_NANOS);
  }

  @Override
  void stop() {
    super.stop();
    cluster().secondaries().forEach(cluster()::enrol);
  }
}
