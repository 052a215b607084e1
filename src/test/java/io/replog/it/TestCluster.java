package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A master and its secondaries as separate processes. Nothing is started by its construction. */
final class TestCluster {
  private static final Duration TO_BE_EQUAL = Duration.ofSeconds(60);

  private final TestNode master;
  private final List<TestNode> secondaries;

  private TestCluster(TestNode master, List<TestNode> secondaries) {
    this.master = master;
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
    private boolean registering;

    private Plan(Processes processes) {
      this.processes = processes;
    }

    /** One secondary a delay. */
    Plan delaysMs(Integer... delays) {
      delaysMs = List.of(delays);
      return this;
    }

    Plan jvm(List<String> options) {
      jvm = options;
      return this;
    }

    Plan setting(String variable, String value) {
      environment.put(variable, value);
      return this;
    }

    /** The secondaries register themselves at the master, which is told of none. */
    Plan registering() {
      registering = true;
      return this;
    }

    TestCluster make() {
      int masterPort = Ports.free();
      List<Integer> ports = delaysMs.stream().map(delay -> Ports.free()).toList();
      List<String> ofMaster = new ArrayList<>(List.of("master"));
      if (!registering) {
        ofMaster.add("--secondaries");
        ofMaster.add(
            ports.stream().map(p -> TestNode.url(p).toString()).collect(Collectors.joining(",")));
      }
      TestNode master = node("master-0", masterPort, ofMaster);
      List<TestNode> secondaries =
          IntStream.range(0, ports.size())
              .mapToObj(
                  i -> {
                    List<String> arguments = new ArrayList<>(List.of("secondary"));
                    if (registering) {
                      arguments.addAll(List.of("--master", TestNode.url(masterPort).toString()));
                    }
                    if (delaysMs.get(i) > 0) {
                      arguments.addAll(List.of("--delay", delaysMs.get(i).toString()));
                    }
                    return node("secondary-" + i, ports.get(i), arguments);
                  })
              .toList();
      return new TestCluster(master, secondaries);
    }

    private TestNode node(String id, int port, List<String> command) {
      Path data = processes.newDirectory(id);
      List<String> arguments = new ArrayList<>(command);
      arguments.addAll(List.of("--id", id, "--port", Integer.toString(port)));
      arguments.addAll(List.of("--data", data.toString()));
      ReplogProcess process = processes.add(id, jvm, arguments, environment);
      return new TestNode(id, port, data, process, new NodeApi(TestNode.url(port)));
    }
  }

  TestNode master() {
    return master;
  }

  TestNode secondary(int number) {
    return secondaries.get(number);
  }

  List<TestNode> secondaries() {
    return secondaries;
  }

  /** The master first. */
  List<TestNode> nodes() {
    List<TestNode> nodes = new ArrayList<>();
    nodes.add(master);
    nodes.addAll(secondaries);
    return nodes;
  }

  NodeApi api() {
    return master.api();
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
          Json cluster = api().cluster();
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

  /** Waits until all logs have the same end, and fails unless they are the same to the last bit. */
  void assertEqualLogs() {
    Wait.untilAsserted(
        "all nodes have the master's last entry, committed",
        TO_BE_EQUAL,
        () -> {
          long last = api().lastSequence();
          for (TestNode node : nodes()) {
            Json list = node.api().ask("/messages?limit=1").expect(200).json();
            assertThat(list.number("last")).as("last of %s", node.id()).isEqualTo(last);
            assertThat(list.number("committed")).as("committed of %s", node.id()).isEqualTo(last);
          }
        });
    long last = api().lastSequence();
    if (last > 0) {
      List<String> hashes =
          nodes().stream()
              .map(node -> node.api().get("/hash/" + last).expect(200).json())
              .map(answer -> answer.text("hash"))
              .toList();
      assertThat(hashes).as("hash of entry %d on every node", last).containsOnly(hashes.getFirst());
    }
    Json verified = api().get("/cluster/verify").expect(200).json();
    assertThat(verified.truth("equal")).as("%s", verified).isTrue();
    assertThat(verified.number("sequence")).as("%s", verified).isEqualTo(last);
    assertThat(verified.list("nodes")).hasSizeGreaterThanOrEqualTo(secondaries.size());
    assertThat(verified.list("nodes"))
        .allSatisfy(node -> assertThat(node.truth("equal")).as("%s", node).isTrue());
  }
}
