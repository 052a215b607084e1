package io.replog.sim;

import io.replog.node.NodeConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator.SplittableGenerator;

/** The nodes of a simulation and their network. */
final class SimCluster {
  private static final Duration REGISTER_EVERY = Duration.ofMillis(700);

  private final SimClock clock;
  private final SimNetwork network;
  private final Map<String, SimNode> nodes = new LinkedHashMap<>();
  private final Shape shape;

  /**
   * What a cluster is made of.
   *
   * @param declared whether the secondaries are a declared list, not registered by themselves
   * @param deduplicationEntries window of retried appends
   */
  record Shape(int masters, int secondaries, boolean declared, long deduplicationEntries) {}

  SimCluster(
      Shape shape,
      SimClock clock,
      Trace trace,
      SplittableGenerator random,
      SimNode.Watcher watcher,
      Sabotage sabotage) {
    this.shape = shape;
    this.clock = clock;
    this.network = new SimNetwork(clock, random.split());
    network.tap((from, to, message) -> sabotage.passing(this, from, to, message));
    List<String> declared = new ArrayList<>();
    for (int i = 0; i < shape.secondaries(); i++) {
      declared.add(url("secondary-" + i));
    }
    for (int i = 0; i < shape.masters(); i++) {
      String id = "master-" + i;
      add(
          new SimNode(
              config(id, shape.declared() ? declared : List.of(), i == 0, shape),
              true,
              clock,
              network,
              trace,
              random.split(),
              watcher,
              sabotage));
    }
    for (int i = 0; i < shape.secondaries(); i++) {
      add(
          new SimNode(
              config("secondary-" + i, List.of(), false, shape),
              false,
              clock,
              network,
              trace,
              random.split(),
              watcher,
              sabotage));
    }
  }

  private void add(SimNode node) {
    nodes.put(node.id(), node);
    network.add(node);
  }

  private static String url(String id) {
    return "http://" + id + ":8080";
  }

  private static NodeConfig config(String id, List<String> declared, boolean founder, Shape shape) {
    return new NodeConfig(
        id,
        url(id),
        Duration.ofMillis(250),
        Duration.ofSeconds(1),
        Duration.ofSeconds(3),
        Duration.ofMillis(800),
        Duration.ofSeconds(2),
        Duration.ofMillis(50),
        Duration.ofSeconds(2),
        4096,
        700,
        40,
        declared,
        founder,
        true,
        false,
        shape.deduplicationEntries(),
        Duration.ofHours(1));
  }

  Shape shape() {
    return shape;
  }

  SimNetwork network() {
    return network;
  }

  List<SimNode> nodes() {
    return List.copyOf(nodes.values());
  }

  SimNode node(String id) {
    SimNode node = nodes.get(id);
    if (node == null) {
      throw new IllegalArgumentException("no node " + id);
    }
    return node;
  }

  List<SimNode> masters() {
    return nodes.values().stream().filter(SimNode::master).toList();
  }

  List<SimNode> secondaries() {
    return nodes.values().stream().filter(node -> !node.master()).toList();
  }

  void start() {
    nodes.values().forEach(SimNode::start);
    if (!shape.declared()) {
      register();
    }
  }

  /** Secondaries that register themselves do so again and again, at every master. */
  private void register() {
    for (SimNode secondary : secondaries()) {
      for (SimNode master : masters()) {
        if (secondary.up() && !secondary.paused() && master.up()) {
          master.node().register(secondary.id(), secondary.url(), answer -> {});
        }
      }
    }
    clock.in(REGISTER_EVERY.toNanos(), "cluster", "register", null, this::register);
  }
}
