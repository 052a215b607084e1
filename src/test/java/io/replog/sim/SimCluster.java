package io.replog.sim;

import io.replog.node.NodeConfig;
import io.replog.node.Outside;
import io.replog.replication.PeerMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator.SplittableGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The nodes of a simulation and their network. */
final class SimCluster {
  private static final Duration REGISTER_EVERY = Duration.ofMillis(700);

  private final SimClock clock;
  private final SimNetwork network;
  private final Map<String, SimNode> nodes = new LinkedHashMap<>();
  private final Sabotage sabotage;
  private final Shape shape;
  private final Set<String> enrolled = new LinkedHashSet<>();
  private final Set<String> dismissed = new HashSet<>();
  private boolean registering;
  private long quietUntilNanos;

  /**
   * What a cluster is made of.
   *
   * @param declared whether the secondaries are a declared list, not registered by themselves
   * @param deduplicationEntries window of retried appends
   * @param climate what its network is like
   * @param slowestSyncNanos how long a disk takes at most, but for a stall
   * @param retainedBytes how much of the log is kept, null for all
   * @param keys whether every node has a key of its own and all public ones
   */
  record Shape(
      int masters,
      int secondaries,
      boolean declared,
      long deduplicationEntries,
      Weather climate,
      long slowestSyncNanos,
      @Nullable Long retainedBytes,
      boolean keys) {
    /** One whose nodes sign nothing. */
    Shape(
        int masters,
        int secondaries,
        boolean declared,
        long deduplicationEntries,
        Weather climate,
        long slowestSyncNanos,
        @Nullable Long retainedBytes) {
      this(
          masters,
          secondaries,
          declared,
          deduplicationEntries,
          climate,
          slowestSyncNanos,
          retainedBytes,
          false);
    }

    /** The same, whose nodes have keys. */
    Shape withKeys() {
      return new Shape(
          masters,
          secondaries,
          declared,
          deduplicationEntries,
          climate,
          slowestSyncNanos,
          retainedBytes,
          true);
    }

    private List<String> ids() {
      return Stream.concat(
              IntStream.range(0, masters).mapToObj(i -> "master-" + i),
              IntStream.range(0, secondaries).mapToObj(i -> "secondary-" + i))
          .toList();
    }
  }

  /** A master and two secondaries with a fine network, watched by nobody but the test. */
  static SimCluster ofThree(SimClock clock, long seed, Sabotage sabotage) {
    return new SimCluster(
        new Shape(1, 2, true, 10_000, Weather.FINE, 1_000_000, null),
        clock,
        Trace.off(),
        new SplittableRandom(seed),
        new Unwatched(),
        sabotage);
  }

  SimCluster(
      Shape shape,
      SimClock clock,
      Trace trace,
      SplittableGenerator random,
      SimNode.Watcher watcher,
      Sabotage sabotage) {
    this.shape = shape;
    this.clock = clock;
    this.sabotage = sabotage;
    this.network =
        new SimNetwork(
            clock,
            random.split(),
            shape.climate(),
            new SimNetwork.Tap() {
              @Override
              public List<PeerMessage> passing(String from, String to, PeerMessage message) {
                return sabotage.passing(SimCluster.this, from, to, message);
              }

              @Override
              public void arrived(SimNode to, PeerMessage message) {
                sabotage.arrived(to, message);
              }
            });
    SimKeys keys = shape.keys() ? SimKeys.of(shape.ids()) : SimKeys.NONE;
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
              shape.slowestSyncNanos(),
              watcher,
              sabotage,
              Outside.NONE,
              keys.of(id)));
    }
    for (int i = 0; i < shape.secondaries(); i++) {
      String id = "secondary-" + i;
      add(
          new SimNode(
              config(id, List.of(), false, shape),
              false,
              clock,
              network,
              trace,
              random.split(),
              shape.slowestSyncNanos(),
              watcher,
              sabotage,
              Outside.NONE,
              keys.of(id)));
    }
  }

  private void add(SimNode node) {
    nodes.put(node.id(), node);
    if (!node.master()) {
      enrolled.add(node.id());
    }
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
        Duration.ofHours(1),
        shape.retainedBytes(),
        null);
  }

  /** The same, told that it joins a cluster and never begins one. */
  static NodeConfig joining(NodeConfig config) {
    return new NodeConfig(
        config.id(),
        config.url(),
        config.heartbeat(),
        config.suspectedAfter(),
        config.unhealthyAfter(),
        config.electionTimeout(),
        config.requestTimeout(),
        config.backoffBase(),
        config.backoffCeiling(),
        config.inFlightBytes(),
        config.batchBytes(),
        config.maxWaiting(),
        config.declared(),
        false,
        config.quorumAppend(),
        config.deduplicateByContent(),
        config.deduplicationEntries(),
        config.deduplicationWindow(),
        config.retainedBytes(),
        config.retainedFor());
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
      registering = true;
      register();
    }
  }

  /** Secondaries that register themselves do so again and again, at every master. */
  private void register() {
    for (SimNode secondary : secondaries()) {
      boolean registers =
          enrolled.contains(secondary.id())
              && (!shape.declared() || dismissed.contains(secondary.id()));
      for (SimNode master : masters()) {
        if (registers && secondary.up() && !secondary.paused() && master.up()) {
          master.node().register(secondary.id(), secondary.url(), answer -> {});
        }
      }
    }
    clock.in(REGISTER_EVERY.toNanos(), "cluster", "register", null, this::register);
  }

  /** Secondaries that ought to be members. */
  List<SimNode> enrolled() {
    return secondaries().stream().filter(node -> enrolled.contains(node.id())).toList();
  }

  /** A secondary ought to be a member, and registers until it is. */
  void enrol(SimNode secondary) {
    enrolled.add(secondary.id());
    if (!registering) {
      registering = true;
      register();
    }
  }

  /** A secondary has not come yet. Before the start. */
  void withhold(SimNode secondary) {
    enrolled.remove(secondary.id());
  }

  /** A secondary is to leave: whoever leads is told so. */
  void dismiss(SimNode secondary) {
    enrolled.remove(secondary.id());
    dismissed.add(secondary.id());
    for (SimNode master : masters()) {
      if (master.up()) {
        master.node().deregister(secondary.id(), answer -> {});
      }
    }
  }

  /** What is planted, if anything. */
  Sabotage sabotage() {
    return sabotage;
  }

  long nowNanos() {
    return clock.nowNanos();
  }

  /** Nothing goes wrong by chance for a while. */
  void quiet(long nanos) {
    quietUntilNanos = clock.nowNanos() + nanos;
  }

  boolean isQuiet() {
    return clock.nowNanos() < quietUntilNanos;
  }
}
