package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionTimeoutException;

/**
 * What goes wrong in a cluster of real processes, by chance, one step after the other: nodes are
 * killed, paused, stopped, cut off, made to lose messages; secondaries lose their disk or find it
 * damaged. At most two nodes are in trouble at a time as a rule, three now and then, so that there
 * is a quorum mostly and none sometimes. A disk is taken only while every seat is filled, one after
 * the other: more than that no cluster has to survive.
 */
final class ProcessNemesis {
  private static final Duration TO_REFUSE = Duration.ofSeconds(40);
  private static final Duration TO_FIND = Duration.ofSeconds(60);
  private static final String REPAIRED = "damage repaired";
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final int PROGRESS = 10;

  private enum Trouble {
    KILLED,
    STOPPED,
    PAUSED,
    CUT_OFF
  }

  private enum Blow {
    KILL,
    PAUSE,
    STOP,
    CUT_OFF,
    DROP,
    DELAY,
    FULL,
    LOSE_DISK,
    DAMAGE,
    ROT
  }

  private final TestCluster cluster;
  private final Random random;
  private final long beganNanos = System.nanoTime();
  private final Map<TestNode, Trouble> troubled = new LinkedHashMap<>();
  private final Set<TestNode> starting = new HashSet<>();
  private final Map<Blow, Integer> blows = new EnumMap<>(Blow.class);
  private final List<String> events = new ArrayList<>();
  private final List<Path> lostDirectories = new ArrayList<>();
  private Optional<LostStore> lost = Optional.empty();

  /** A store that was taken away and not replaced in its seat yet. */
  private record LostStore(String node, String store) {}

  ProcessNemesis(TestCluster cluster, Random random) {
    this.cluster = cluster;
    this.random = random;
  }

  /** One line an action, with its time. */
  List<String> events() {
    return List.copyOf(events);
  }

  /** How often which blow fell. */
  Map<?, Integer> blows() {
    return blows;
  }

  /** Data directories that were taken away; their files are still there. */
  List<Path> lostDirectories() {
    return List.copyOf(lostDirectories);
  }

  /**
   * Goes on for a time. Between two steps it waits until the clients have got on, for a moment at
   * most: on a busy machine too most blows shall hit a cluster that works.
   *
   * @param progress how many appends were answered so far
   */
  void run(Duration time, IntSupplier progress) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      int before = progress.getAsInt();
      step();
      Thread.sleep(100 + random.nextInt(800));
      long patience = Math.min(end, System.nanoTime() + PATIENCE.toNanos());
      while (progress.getAsInt() < before + PROGRESS && System.nanoTime() < patience) {
        Thread.sleep(20);
      }
    }
  }

  /** Ends all trouble. */
  void heal() {
    for (TestNode node : List.copyOf(troubled.keySet())) {
      repair(node);
    }
  }

  private void step() {
    int most = random.nextInt(6) == 0 ? 3 : 2;
    boolean repairs = !troubled.isEmpty() && random.nextInt(3) == 0;
    if (repairs || troubled.size() >= most) {
      List<TestNode> nodes = List.copyOf(troubled.keySet());
      repair(nodes.get(random.nextInt(nodes.size())));
      return;
    }
    starting.removeIf(node -> node.api().clusterOrNone().isPresent());
    TestNode target = target();
    if (!troubled.containsKey(target) && !starting.contains(target)) {
      strike(target);
    }
  }

  /** The active master more often than others. */
  private TestNode target() {
    if (random.nextInt(5) < 2) {
      try {
        return cluster.active();
      } catch (AssertionError none) {
        event("no master is active");
      }
    }
    return cluster.nodes().get(random.nextInt(cluster.nodes().size()));
  }

  private void strike(TestNode node) {
    boolean master = cluster.masters().contains(node);
    List<Blow> possible =
        master
            ? List.of(
                Blow.KILL, Blow.KILL, Blow.PAUSE, Blow.PAUSE, Blow.STOP, Blow.CUT_OFF, Blow.FULL)
            : List.of(
                Blow.KILL,
                Blow.PAUSE,
                Blow.STOP,
                Blow.CUT_OFF,
                Blow.DROP,
                Blow.DELAY,
                Blow.FULL,
                Blow.LOSE_DISK,
                Blow.DAMAGE,
                Blow.ROT);
    Blow blow = possible.get(random.nextInt(possible.size()));
    if (blow == Blow.ROT && SegmentFiles.of(node).size() < 2) {
      blow = Blow.DAMAGE;
    }
    if (List.of(Blow.LOSE_DISK, Blow.DAMAGE, Blow.ROT).contains(blow) && !mayLoseDisk(node)) {
      blow = Blow.KILL;
    }
    blows.merge(blow, 1, Integer::sum);
    switch (blow) {
      case KILL -> {
        event("kill -9 " + node.id());
        node.process().kill();
        troubled.put(node, Trouble.KILLED);
      }
      case PAUSE -> {
        event("SIGSTOP " + node.id());
        node.process().pause();
        troubled.put(node, Trouble.PAUSED);
      }
      case STOP -> {
        event("SIGTERM " + node.id());
        node.process().stop();
        troubled.put(node, Trouble.STOPPED);
      }
      case CUT_OFF -> cutOff(node);
      case DROP ->
          faults(node, "{\"drop\":%s}".formatted(List.of(0.1, 0.5, 0.9).get(random.nextInt(3))));
      case DELAY -> faults(node, "{\"delayMs\":%d}".formatted(10 + random.nextInt(500)));
      case FULL -> faults(node, "{\"diskFull\":true}");
      case LOSE_DISK -> {
        event("kill -9 " + node.id() + ", its disk is lost");
        node.process().kill();
        takeDisk(node);
        troubled.put(node, Trouble.KILLED);
      }
      case DAMAGE -> damage(node);
      case ROT -> rot(node);
    }
  }

  /** From some of the others; both ways, since what is not sent is not answered. */
  private void cutOff(TestNode node) {
    List<TestNode> others =
        cluster.nodes().stream()
            .filter(other -> !other.equals(node) && random.nextInt(3) > 0)
            .toList();
    String ids = others.stream().map(n -> '"' + n.id() + '"').collect(Collectors.joining(","));
    faults(node, "{\"partitionedFrom\":[%s]}".formatted(ids));
  }

  private void faults(TestNode node, String faults) {
    event("faults at " + node.id() + " " + faults);
    try {
      node.api().put("/faults", faults).expect(200);
      troubled.put(node, Trouble.CUT_OFF);
    } catch (UncheckedIOException notYetListening) {
      event("not reachable: " + node.id());
    }
  }

  private void repair(TestNode node) {
    Trouble trouble = troubled.remove(node);
    event("repair " + node.id() + " " + trouble);
    switch (trouble) {
      case KILLED, STOPPED -> {
        node.start();
        starting.add(node);
      }
      case PAUSED -> node.process().resume();
      case CUT_OFF -> node.api().delete("/faults").expect(204);
    }
  }

  // ---- disks

  /** Whether all seats are filled and none by a store that is lost; notes this node's store. */
  private boolean mayLoseDisk(TestNode node) {
    Json cluster;
    try {
      cluster = this.cluster.active().api().cluster();
    } catch (AssertionError | UncheckedIOException none) {
      return false;
    }
    if (!cluster.text("mode").equals("READ_WRITE") || hasProposal(cluster)) {
      return false;
    }
    Optional<LostStore> next = Optional.empty();
    for (Json seat : cluster.list("configuration", "seats")) {
      String id = seat.text("node");
      if (!seat.has("store")) {
        return false;
      }
      LostStore filled = new LostStore(id, seat.text("store"));
      if (lost.filter(filled::equals).isPresent()) {
        return false;
      }
      if (id.equals(node.id())) {
        next = Optional.of(filled);
      }
    }
    if (next.isPresent()) {
      lost = next;
    }
    return next.isPresent();
  }

  private static boolean hasProposal(Json cluster) {
    return cluster.at("configuration").has("proposed");
  }

  private void takeDisk(TestNode node) {
    Path away = node.data().resolveSibling(node.data().getFileName() + "-lost-" + events.size());
    try {
      Files.move(node.data(), away);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    lostDirectories.add(away);
  }

  /**
   * A byte in the middle of the log flips while the node is down. It must name the file, and either
   * put back what is damaged from the others and go on, or end; then its disk is replaced.
   */
  private void damage(TestNode node) {
    node.process().kill();
    Path file = SegmentFiles.last(node);
    String what = "kill -9 %s, a byte of %s flips".formatted(node.id(), file.getFileName());
    event(what);
    SegmentFiles.flip(file, SegmentFiles.end(file) / 2);
    node.start();
    repairedOrReplaced(node, file, what);
  }

  /**
   * A byte of a log file that is closed flips while the node runs. It must find that by itself, and
   * put it right while it runs, or end, and put it right at its start.
   */
  private void rot(TestNode node) {
    List<Path> closed = SegmentFiles.of(node);
    Path file = closed.get(random.nextInt(closed.size() - 1));
    String what = "a byte of %s flips while %s runs".formatted(file.getFileName(), node.id());
    event(what);
    int before = repairs(node);
    SegmentFiles.flip(file, SegmentFiles.end(file) / 2);
    try {
      await().atMost(TO_FIND).until(() -> !node.process().isAlive() || repairs(node) > before);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(what + ": not put right: " + node.process().output(), e);
    }
    if (node.process().isAlive()) {
      event(node.id() + " has put right what was damaged, while it ran");
      lost = Optional.empty();
    } else {
      assertThat(node.process().output()).as(what).contains(file.getFileName().toString());
      event(node.id() + " has ended at its damage");
      node.start();
      repairedOrReplaced(node, file, what);
    }
  }

  /** How often its process has put something right since its start. */
  private static int repairs(TestNode node) {
    return node.process().output().split(REPAIRED, -1).length - 1;
  }

  private void repairedOrReplaced(TestNode node, Path file, String what) {
    await()
        .atMost(TO_REFUSE)
        .until(() -> !node.process().isAlive() || node.process().output().contains(" listening "));
    String output = node.process().output();
    if (!output.contains(file.getFileName().toString())) {
      throw new AssertionError(what + ": not reported in: " + output);
    }
    if (node.process().isAlive()) {
      assertThat(output).as(what).contains(REPAIRED);
      event(node.id() + " has put back what was damaged");
      lost = Optional.empty();
    } else {
      int code = node.process().awaitExit(TO_REFUSE);
      assertThat(code).as("%s: %s", what, output).isEqualTo(1);
      assertThat(output).as(what).contains("at byte");
      takeDisk(node);
      troubled.put(node, Trouble.KILLED);
    }
  }

  private void event(String what) {
    double seconds = (System.nanoTime() - beganNanos) / 1e9;
    events.add("%7.2f s  %s".formatted(seconds, what));
  }
}
