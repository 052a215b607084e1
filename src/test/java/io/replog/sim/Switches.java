package io.replog.sim;

import io.replog.node.Faults;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** Puts the faults in force that every node offers to whoever asks for them. */
final class Switches extends Mischief {
  private final Trace trace;

  Switches(SimClock clock, SimCluster cluster, Trace trace, RandomGenerator random) {
    super(clock, cluster, random, 100_000_000L, 2_000_000_000L);
    this.trace = trace;
  }

  @Override
  void act() {
    List<SimNode> nodes = cluster().nodes();
    SimNode node = nodes.get(random().nextInt(nodes.size()));
    if (!node.up()) {
      return;
    }
    Faults faults = some(node);
    trace.note(node.id() + " has " + faults);
    node.switchFaults(faults);
    later(random().nextLong(5_000_000_000L), () -> node.switchFaults(Faults.NONE));
  }

  private Faults some(SimNode node) {
    RandomGenerator dice = random();
    return switch (dice.nextInt(6)) {
      case 0 -> Faults.delayed(Duration.ofMillis(1 + dice.nextInt(3000)));
      case 1 -> new Faults(Duration.ZERO, rate(), false, 0, Set.of(), false);
      case 2 -> new Faults(Duration.ZERO, rate(), true, 0, Set.of(), false);
      case 3 -> new Faults(Duration.ZERO, 0, false, 0.5 * dice.nextDouble(), Set.of(), false);
      case 4 -> new Faults(Duration.ZERO, 0, false, 0, others(node), false);
      default ->
          new Faults(
              Duration.ofMillis(dice.nextInt(200)),
              dice.nextDouble(),
              dice.nextBoolean(),
              0.2 * dice.nextDouble(),
              Set.of(),
              dice.nextBoolean());
    };
  }

  /** All, or some. */
  private double rate() {
    return random().nextBoolean() ? 1 : random().nextDouble();
  }

  private Set<String> others(SimNode node) {
    return cluster().nodes().stream()
        .filter(other -> other != node && random().nextBoolean())
        .map(SimNode::id)
        .collect(Collectors.toUnmodifiableSet());
  }
}
