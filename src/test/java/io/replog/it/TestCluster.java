package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntBiFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Masters (one, unless more are asked for) and their secondaries as separate processes. Nothing is
 * started by its construction.
 */
final class TestCluster {
  private static final Duration TO_BE_EQUAL = Duration.ofSeconds(60);

  private final List<TestNode> masters;
  private final List<TestNode> secondaries;

  private TestCluster(List<TestNode> masters, List<TestNode> secondaries) {
    this.masters = masters;
    this.secondaries = secondaries;
  }

  static Plan with(Processes processes) {
    return new Plan(processes);
  }

  /** What a cluster is to be: by default, two declared secondaries without delay or faults. */
  static final class Plan {
    private final Processes processes;
    private final Map<String, String> environment = new HashMap<>();
    private List<Integer> delaysMs = List.of(0, 0);
    private List<String> jvm = ReplogProcess.SMALL;
    private @Nullable Path keys;
    private boolean registering;
    private int masters = 1;
    private ToIntBiFunction<String, Integer> way = (master, port) -> port;

    private Plan(Processes processes) {
      this.processes = processes;
    }

    /** One secondary a delay. */
    Plan delaysMs(Integer... delays) {
      delaysMs = List.of(delays);
      return this;
    }

    /** The secondaries, without a delay. */
    Plan secondaries(int count) {
      delaysMs = Collections.nCopies(count, 0);
      return this;
    }

    /** The founder and its standbys. */
    Plan masters(int count) {
      masters = count;
      return this;
    }

    /** A master is told of another port for a secondary than that where it listens. */
    Plan by(ToIntBiFunction<String, Integer> portForMaster) {
      way = portForMaster;
      return this;
    }

    /** Faults can be switched on. */
    Plan faults() {
      return setting("REPLOG_FAULTS_ENABLED", "true");
    }

    Plan jvm(List<String> options) {
      jvm = options;
      return this;
    }

    Plan setting(String variable, String value) {
      environment.put(variable, value);
      return this;
    }

    /** Every node signs with its {@code ID.key}, and checks by the public ones beside it. */
    Plan keys(Path directory) {
      keys = directory;
      return setting("REPLOG_EVIDENCE_RING", directory.toString());
    }

    /** The secondaries register themselves at the master, which is told of none. */
    Plan registering() {
      registering = true;
      return this;
    }

    TestCluster make() {
      int firstMaster = Ports.free();
      List<Integer> ports = delaysMs.stream().map(delay -> Ports.free()).toList();
      List<TestNode> nodes =
          IntStream.range(0, masters)
              .mapToObj(i -> master("master-" + i, i == 0 ? firstMaster : Ports.free(), ports))
              .toList();
      List<TestNode> secondaries =
          IntStream.range(0, ports.size())
              .mapToObj(
                  i -> {
                    List<String> arguments = new ArrayList<>(List.of("secondary"));
                    if (registering) {
                      arguments.addAll(List.of("--master", TestNode.url(firstMaster).toString()));
                    }
                    if (delaysMs.get(i) > 0) {
                      arguments.addAll(List.of("--delay", delaysMs.get(i).toString()));
                    }
                    return node("secondary-" + i, ports.get(i), arguments);
                  })
              .toList();
      return new TestCluster(nodes, secondaries);
    }

    private TestNode master(String id, int port, List<Integer> ports) {
      List<String> arguments = new ArrayList<>(List.of("master"));
      if (!registering) {
        arguments.add("--secondaries");
        arguments.add(
            ports.stream()
                .map(p -> TestNode.url(way.applyAsInt(id, p)).toString())
                .collect(Collectors.joining(",")));
      }
      return node(id, port, arguments);
    }

    private TestNode node(String id, int port, List<String> command) {
      Path data = processes.newDirectory(id);
      List<String> arguments = new ArrayList<>(command);
      arguments.addAll(List.of("--id", id, "--port", Integer.toString(port)));
      arguments.addAll(List.of("--data", data.toString()));
      Map<String, String> own = new HashMap<>(environment);
      if (keys != null) {
        own.put("REPLOG_EVIDENCE_KEY_FILE", keys.resolve(id + ".key").toString());
      }
      ReplogProcess process = processes.add(id, jvm, arguments, own);
      return new TestNode(id, port, data, process, new NodeApi(TestNode.url(port)));
    }
  }

  /** The founder. */
  TestNode master() {
    return masters.getFirst();
  }

  List<TestNode> masters() {
    return masters;
  }

  /** The master that is not this one, of two. */
  TestNode otherMaster(TestNode than) {
    return masters.stream().filter(master -> !master.equals(than)).findFirst().orElseThrow();
  }

  /** The master that leads now and says so in the highest epoch; fails while none does. */
  TestNode active() {
    TestNode active = null;
    long epoch = 0;
    for (TestNode master : masters) {
      Optional<Json> said = master.api().clusterOrNone();
      if (said.isPresent()
          && said.get().text("role").equals("MASTER")
          && said.get().number("epoch") > epoch) {
        active = master;
        epoch = said.get().number("epoch");
      }
    }
    if (active == null) {
      throw new AssertionError("no master is active");
    }
    return active;
  }

  /** Waits until a master leads and takes appends. */
  TestNode awaitActive() {
    Wait.untilAsserted(
        "a master takes appends",
        TestNode.TO_START,
        () -> assertThat(active().api().cluster().text("mode")).isEqualTo("READ_WRITE"));
    return active();
  }

  TestNode secondary(int number) {
    return secondaries.get(number);
  }

  List<TestNode> secondaries() {
    return secondaries;
  }

  /** The masters first. */
  List<TestNode> nodes() {
    List<TestNode> nodes = new ArrayList<>();
    nodes.addAll(masters);
    nodes.addAll(secondaries);
    return nodes;
  }

  NodeApi api() {
    return master().api();
  }

  /** Starts all and waits until every secondary votes and is level. */
  TestCluster start() {
    nodes().forEach(TestNode::start);
    awaitWhole();
    return this;
  }

  /** Waits until all nodes are ready, appends are taken, and every secondary votes. */
  void awaitWhole() {
    nodes().forEach(TestNode::awaitReady);
    Wait.untilAsserted(
        "all secondaries are healthy, voting and level",
        TestNode.TO_START,
        () -> {
          Json cluster = leader().api().cluster();
          assertThat(cluster.text("mode")).as("mode in %s", cluster).isEqualTo("READ_WRITE");
          assertThat(cluster.list("nodes")).as("nodes in %s", cluster).hasSize(secondaries.size());
          assertThat(cluster.list("nodes"))
              .allSatisfy(
                  node -> {
                    assertThat(node.text("status")).as("%s", node).isEqualTo("HEALTHY");
                    assertThat(node.truth("voting")).as("%s", node).isTrue();
                    assertThat(node.text("state")).as("%s", node).isEqualTo("STREAMING");
                  });
        });
  }

  private TestNode leader() {
    return masters.size() == 1 ? master() : active();
  }

  /** Waits until all logs have the same end, and fails unless they are the same to the last bit. */
  void assertEqualLogs() {
    Wait.untilAsserted(
        "all nodes have the master's last entry, committed",
        TO_BE_EQUAL,
        () -> {
          long last = leader().api().lastSequence();
          for (TestNode node : nodes()) {
            Json list = node.api().ask("/messages?limit=1").expect(200).json();
            assertThat(list.number("last")).as("last of %s", node.id()).isEqualTo(last);
            assertThat(list.number("committed")).as("committed of %s", node.id()).isEqualTo(last);
          }
        });
    NodeApi leader = leader().api();
    long last = leader.lastSequence();
    if (last > 0) {
      List<String> hashes =
          nodes().stream()
              .map(node -> node.api().get("/hash/" + last).expect(200).json())
              .map(answer -> answer.text("hash"))
              .toList();
      assertThat(hashes).as("hash of entry %d on every node", last).containsOnly(hashes.getFirst());
    }
    Json verified = leader.get("/cluster/verify").expect(200).json();
    assertThat(verified.truth("equal")).as("%s", verified).isTrue();
    assertThat(verified.number("sequence")).as("%s", verified).isEqualTo(last);
    assertThat(verified.list("nodes")).hasSizeGreaterThanOrEqualTo(secondaries.size());
    assertThat(verified.list("nodes"))
        .allSatisfy(node -> assertThat(node.truth("equal")).as("%s", node).isTrue());
  }
}
