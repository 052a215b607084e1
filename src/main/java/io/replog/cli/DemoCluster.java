package io.replog.cli;

import io.replog.client.ClientException;
import io.replog.client.ReplogClient;
import io.replog.config.ClusterSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The demonstration's own cluster: real processes over a temporary directory, of which nothing is
 * left when it is closed. Should this process be killed, the nodes see it and stop by themselves.
 */
final class DemoCluster implements AutoCloseable {
  /** Below the ports that systems give to outgoing connections. */
  private static final int FIRST_PORT = 20_000;

  private static final int END_PORT = 30_000;
  private static final int ATTEMPTS = 100;
  private static final Duration GRACE = Duration.ofSeconds(25);

  private final List<NodePlan> plans;
  private final Path directory;
  private final ChildEnvironment environment;
  private final ThisProgram program;
  private final PrintWriter out;
  private final boolean verbose;
  private final List<NodeProcess> nodes = new ArrayList<>();
  private volatile boolean closed;

  /**
   * Plans it and starts nothing.
   *
   * @param port of the master, the secondaries' follow; 0 for free ones
   * @param delays one for each secondary
   */
  DemoCluster(int port, List<Duration> delays, boolean verbose, PrintWriter out)
      throws IOException {
    int count = delays.size() + 1;
    int first = port == 0 ? freePorts(count) : port;
    if (!areFree(first, count)) {
      throw new CommandFailedException(
          "ports %d to %d are not all free; without --port free ones are looked for"
              .formatted(first, first + count - 1));
    }
    this.directory = Files.createTempDirectory("replog-demo-");
    this.plans =
        NodePlan.of(new ClusterSettings(1, delays, "127.0.0.1", first, directory, true), directory);
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

  /** The master first, then the secondaries, running or not. */
  List<NodePlan> plans() {
    return plans;
  }

  Path directory() {
    return directory;
  }

  /** Starts a node; it is not ready yet. */
  synchronized NodeProcess start(NodePlan plan) throws IOException {
    if (closed) {
      throw new CommandFailedException("it has been stopped");
    }
    NodeProcess node = NodeProcess.start(plan, plans.indexOf(plan), program, environment, verbose);
    nodes.add(node);
    return node;
  }

  /** Whether the node answers that it is ready. */
  static boolean isReady(NodePlan plan) {
    try (ReplogClient client = new ReplogClient(plan.url(), NodeUrl.ofTheEnvironment())) {
      return client.health().ready();
    } catch (ClientException e) {
      return false;
    }
  }

  /** Shows what the nodes wrote since the last time, if that was asked for. */
  void showOutputIfVerbose() {
    if (verbose) {
      showOutput();
    }
  }

  /** Shows what the nodes wrote since the last time: warnings, or all of it if asked for. */
  synchronized void showOutput() {
    nodes.forEach(node -> node.showOutput(out));
  }

  /** A node that has ended though nobody told it to. */
  synchronized boolean hasLostANode() {
    return nodes.stream().anyMatch(node -> !node.isAlive());
  }

  /** Stops the nodes, kills those that do not, and deletes their data. Once is enough. */
  @Override
  public void close() {
    boolean first = !closed;
    closed = true; // before waiting for whoever looks at the nodes
    if (first) {
      end();
    }
  }

  /** Whether it is being closed, or has been. */
  boolean isClosed() {
    return closed;
  }

  private synchronized void end() {
    nodes.forEach(NodeProcess::stop);
    long until = System.nanoTime() + GRACE.toNanos();
    for (NodeProcess node : nodes) {
      try {
        node.awaitEnd((until - System.nanoTime()) / 1_000_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return; // they stop by themselves once this process has ended
      }
    }
    TemporaryDirectory.delete(directory, out);
  }
}
