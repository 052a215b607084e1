package io.replog.cli;

import io.replog.cli.scenario.Scenario;
import io.replog.cli.scenario.Stage;
import io.replog.config.ClusterSettings;
import io.replog.config.NodeKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A scenario's own cluster: real processes over a temporary directory, of which nothing is left
 * when it is closed. Should this process be killed, the nodes see it and stop by themselves.
 */
final class TemporaryCluster implements Stage, Stage.Troupe, AutoCloseable {
  /** Below the ports that systems give to outgoing connections. */
  private static final int FIRST_PORT = 20_000;

  private static final int END_PORT = 30_000;
  private static final int ATTEMPTS = 100;
  private static final Duration GRACE = Duration.ofSeconds(25);

  private final List<NodePlan> plans;
  private final List<Member> members;
  private final Path directory;
  private final ChildEnvironment environment;
  private final ThisProgram program;
  private final PrintWriter out;
  private final boolean verbose;
  private final Map<String, NodeProcess> nodes = new LinkedHashMap<>();
  private final Set<String> paused = new LinkedHashSet<>();
  private volatile boolean closed;
  private boolean ended;

  /**
   * Plans it and starts nothing.
   *
   * @param port of the first master, the others' follow; 0 for free ones
   * @param verbose whether to show all that the nodes log
   */
  TemporaryCluster(int port, Scenario.Cluster plan, boolean verbose, PrintWriter out)
      throws IOException {
    int count = plan.nodes().size();
    int first = port == 0 ? freePorts(count) : port;
    if (!areFree(first, count)) {
      throw new CommandFailedException(
          "ports %d to %d are not all free; without --port free ones are looked for"
              .formatted(first, first + count - 1));
    }
    this.directory = Files.createTempDirectory("replog-scenario-");
    this.plans =
        NodePlan.of(
            new ClusterSettings(plan.masters(), plan.delays(), "127.0.0.1", first, directory, true),
            directory);
    this.members =
        plans.stream()
            .map(node -> new Member(node.id(), node.url(), node.kind() == NodeKind.MASTER))
            .toList();
    this.environment = ChildEnvironment.of(System.getenv(), true);
    this.program = ThisProgram.find(environment.withoutProperties());
    this.verbose = verbose;
    this.out = out;
  }

  private static int freePorts(int count) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int first = ThreadLocalRandom.current().nextInt(FIRST_PORT, END_PORT - count);
      if (areFree(first, count)) {
        return first;
      }
    }
    throw new CommandFailedException(
        "found no %d free ports in a row from %d to %d; name the first with --port"
            .formatted(count, FIRST_PORT, END_PORT));
  }

  private static boolean areFree(int first, int count) {
    for (int port = first; port < first + count; port++) {
      try (ServerSocket probe = new ServerSocket()) {
        probe.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
      } catch (IOException e) {
        return false;
      }
    }
    return true;
  }

  @Override
  public List<Member> members() {
    return members;
  }

  @Override
  public Optional<Troupe> troupe() {
    return Optional.of(this);
  }

  @Override
  public String place() {
    return directory.toString();
  }

  @Override
  public synchronized long start(String id) throws IOException {
    if (closed) {
      throw new CommandFailedException("it has been stopped");
    }
    NodeProcess before = nodes.get(id);
    if (before != null && before.isAlive()) {
      throw new CommandFailedException(id + " runs already, and cannot be started");
    }
    NodePlan plan = plan(id);
    NodeProcess node = NodeProcess.start(plan, plans.indexOf(plan), program, environment, verbose);
    nodes.put(id, node);
    return node.pid();
  }

  private NodePlan plan(String id) {
    return plans.stream().filter(plan -> plan.id().equals(id)).findFirst().orElseThrow();
  }

  @Override
  public void stop(String id) throws InterruptedException {
    NodeProcess node = leaving(id);
    node.stop();
    node.awaitEnd(GRACE.toMillis());
  }

  @Override
  public void kill(String id) throws InterruptedException {
    leaving(id).awaitEnd(0);
  }

  /** The node, which does not count as lost any more. */
  private synchronized NodeProcess leaving(String id) {
    NodeProcess node = running(id);
    nodes.remove(id);
    paused.remove(id);
    return node;
  }

  private synchronized NodeProcess running(String id) {
    NodeProcess node = nodes.get(id);
    if (node == null || !node.isAlive()) {
      throw new CommandFailedException(id + " does not run, so nothing can be done to it");
    }
    return node;
  }

  @Override
  public synchronized void pause(String id) throws IOException, InterruptedException {
    signal("STOP", running(id));
    paused.add(id);
  }

  @Override
  public synchronized void resume(String id) throws IOException, InterruptedException {
    signal("CONT", running(id));
    paused.remove(id);
  }

  private static void signal(String signal, NodeProcess node)
      throws IOException, InterruptedException {
    int code =
        new ProcessBuilder("kill", "-" + signal, Long.toString(node.pid()))
            .inheritIO()
            .start()
            .waitFor();
    if (code != 0) {
      throw new IOException("kill -" + signal + " " + node.pid() + " ended with " + code);
    }
  }

  @Override
  public Optional<String> logged(String id, String text) throws IOException {
    try (BufferedReader log = Files.newBufferedReader(plan(id).log())) {
      return log.lines().filter(line -> line.contains(text)).reduce((one, next) -> next);
    } catch (java.io.UncheckedIOException e) {
      throw e.getCause();
    }
  }

  @Override
  public synchronized Optional<String> lost() {
    return nodes.values().stream()
        .filter(node -> !node.isAlive())
        .map(node -> node.plan().id())
        .findFirst();
  }

  void showOutputIfVerbose() {
    if (verbose) {
      showOutput();
    }
  }

  /** Shows what the nodes wrote since the last time: warnings, or all of it if asked for. */
  synchronized void showOutput() {
    nodes.values().forEach(node -> node.showOutput(out));
  }

  /**
   * Stops the nodes, kills those that do not, and deletes their data. Once is enough; whoever calls
   * while another thread is at it waits for that, since a process that ends then leaves them.
   */
  @Override
  public void close() {
    closed = true; // before waiting for whoever looks at the nodes
    end();
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  private synchronized void end() {
    if (ended) {
      return;
    }
    long until = System.nanoTime() + GRACE.toNanos();
    try {
      for (String id : paused) {
        NodeProcess node = nodes.get(id);
        if (node != null && node.isAlive()) {
          node.awaitEnd(0); // it cannot hear that it should stop
        }
      }
      nodes.values().forEach(NodeProcess::stop);
      for (NodeProcess node : nodes.values()) {
        node.awaitEnd((until - System.nanoTime()) / 1_000_000);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return; // they stop by themselves once this process has ended
    }
    TemporaryDirectory.delete(directory, out);
    ended = true;
  }
}
