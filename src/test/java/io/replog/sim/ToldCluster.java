package io.replog.sim;

import io.replog.cluster.ClusterRecord;
import io.replog.cluster.ClusterRecords;
import io.replog.cluster.InMemoryRecords;
import io.replog.cluster.Member;
import io.replog.cluster.MemberSource;
import io.replog.node.EvidenceKeys;
import io.replog.node.MasterNode;
import io.replog.node.NodeConfig;
import io.replog.node.Outside;
import io.replog.node.SecondaryNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.random.RandomGenerator.SplittableGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Nodes in virtual time, and somebody outside who says which secondaries ought to be there, as
 * Kubernetes does: it wants {@code secondary-0} to {@code secondary-(n-1)}, knows addresses without
 * names, keeps the cluster record, and can be away.
 */
final class ToldCluster {
  private static final Duration LOOK_EVERY = Duration.ofSeconds(2);
  private static final long ANSWER_NANOS = 5_000_000;

  private final SimClock clock;
  private final Trace trace = Trace.ofLast(400);
  private final SimNetwork network;
  private final SplittableGenerator random;
  private final InMemoryRecords records = new InMemoryRecords();
  private final Map<String, SimNode> nodes = new LinkedHashMap<>();
  private final Set<String> leaving = new TreeSet<>();
  private int wanted;
  private boolean outsideUp = true;

  ToldCluster(long seed, int masters, int secondaries) {
    random = RandomGeneratorFactory.<SplittableGenerator>of("L64X128MixRandom").create(seed);
    clock = new SimClock(trace);
    network = new SimNetwork(clock, random.split(), Weather.FINE, SimNetwork.Tap.OPEN);
    wanted = secondaries;
    for (int i = 0; i < masters; i++) {
      add("master-" + i, true);
    }
    for (int i = 0; i < 6; i++) {
      add("secondary-" + i, false);
    }
    look();
  }

  private void add(String id, boolean master) {
    NodeConfig config =
        new NodeConfig(
            id,
            "http://" + id + ":8080",
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
            List.of(),
            master,
            true,
            false,
            1000,
            Duration.ofHours(1),
            null,
            null);
    SimNode node =
        new SimNode(
            config,
            master,
            clock,
            network,
            trace,
            random.split(),
            2_000_000,
            new Unwatched(),
            Sabotage.NONE,
            new Outside(new Records(), new Source(id)),
            EvidenceKeys.NONE);
    nodes.put(id, node);
    network.add(node);
  }

  private static final class Unwatched implements SimNode.Watcher {
    @Override
    public void started(SimNode node) {}

    @Override
    public void turned(SimNode node) {}

    @Override
    public void goesDown(SimNode node) {}

    @Override
    public void crashed(SimNode node) {}
  }

  // ---- outside

  private final class Source implements MemberSource {
    private final String master;

    Source(String master) {
      this.master = master;
    }

    @Override
    public String name() {
      return "simulation";
    }

    @Override
    public void look() {
      clock.in(ANSWER_NANOS, "outside", "look", null, () -> tell(node(master)));
    }
  }

  private final class Records implements ClusterRecords {
    @Override
    public String name() {
      return records.name();
    }

    @Override
    public boolean contested() {
      return true;
    }

    @Override
    public void read(Consumer<Answer> answer) {
      clock.in(ANSWER_NANOS, "outside", "read", null, () -> records.read(answer));
    }

    @Override
    public void write(ClusterRecord next, Consumer<Answer> answer) {
      clock.in(ANSWER_NANOS, "outside", "write", next, () -> records.write(next, answer));
    }
  }

  private void look() {
    nodes.values().stream().filter(SimNode::master).forEach(this::tell);
    clock.in(LOOK_EVERY.toNanos(), "outside", "look", null, this::look);
  }

  private void tell(SimNode to) {
    if (!to.up() || !(to.node() instanceof MasterNode master)) {
      return;
    }
    if (!outsideUp) {
      master.unavailable("away");
      return;
    }
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < wanted; i++) {
      members.add(new Member("secondary-" + i, "http://nowhere-" + i + ":8080"));
    }
    master.desired(members);
    Set<String> urls = new TreeSet<>();
    nodes.values().stream()
        .filter(node -> !node.master() && node.up())
        .forEach(node -> urls.add(node.url()));
    master.located(urls);
  }

  InMemoryRecords records() {
    return records;
  }

  void outsideUp(boolean now) {
    outsideUp = now;
    records.up(now);
  }

  /** Wants so many, and does with the nodes what a StatefulSet does with its pods. */
  void scale(int count) {
    int before = wanted;
    wanted = count;
    for (int i = before; i < count; i++) {
      node("secondary-" + i).start();
    }
    for (int i = count; i < before; i++) {
      terminate("secondary-" + i);
    }
  }

  /** Tells a secondary to terminate: it is gone once it may go. */
  void terminate(String id) {
    SimNode node = node(id);
    if (node.up() && node.node() instanceof SecondaryNode secondary && leaving.add(id)) {
      secondary.askToLeave(
          () ->
              clock.in(
                  0,
                  id,
                  "goes",
                  null,
                  () -> {
                    leaving.remove(id);
                    node.kill();
                  }));
    }
  }

  // ---- nodes

  SimNode node(String id) {
    return nodes.get(id);
  }

  void start(String... ids) {
    for (String id : ids) {
      node(id).start();
    }
  }

  /** The master that takes appends, null if none does. */
  SimNode active() {
    return nodes.values().stream()
        .filter(node -> node.master() && node.up() && node.node().cluster().readWrite())
        .findFirst()
        .orElse(null);
  }

  /** Ids of the seats of the committed configuration that are filled, as the active master says. */
  List<String> voting() {
    SimNode active = active();
    return active == null
        ? List.of()
        : active.state().membership().committed().seats().stream()
            .filter(seat -> seat.store() != null)
            .map(seat -> seat.node())
            .toList();
  }

  /** Lets time go on until something is so. */
  boolean until(Duration atMost, BooleanSupplier so) {
    return clock.until(atMost, so);
  }

  void run(Duration time) {
    clock.run(time);
  }

  String story() {
    return String.join("\n", trace.lines());
  }
}
