package io.replog.cli;

import io.replog.client.ClientException;
import io.replog.client.ReplogClient;
import io.replog.config.ClusterSettings;
import io.replog.config.NodeKind;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs the nodes of a cluster on this machine until it is told to stop, or none is left. It starts
 * none again. Should it be killed, the nodes see it and stop by themselves.
 */
final class Supervisor {
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Duration ASK = Duration.ofMillis(200);
  private static final Duration REMIND = Duration.ofSeconds(10);

  /** Above what a node gives its own requests to end. */
  private static final Duration GRACE = Duration.ofSeconds(25);

  private final List<NodePlan> plans;
  private final @Nullable KeyFiles keys;
  private final ClusterSettings settings;
  private final Path directory;
  private final boolean ephemeral;
  private final boolean verbose;
  private final PrintWriter out;
  private final @Nullable PrintWriter json;
  private final List<NodeProcess> nodes = new CopyOnWriteArrayList<>();
  private volatile boolean stopping;
  private volatile boolean started;

  /**
   * @param certified whether each node has a key
   * @param out for people
   * @param json for a program: one object on a line once all are ready; null for none
   */
  Supervisor(
      ClusterSettings settings,
      Path directory,
      boolean ephemeral,
      boolean certified,
      boolean verbose,
      PrintWriter out,
      @Nullable PrintWriter json) {
    KeyFiles files = certified ? new KeyFiles(directory.resolve("keys")) : null;
    this.keys = files;
    this.plans =
        NodePlan.of(settings, directory).stream()
            .map(plan -> files == null ? plan : plan.with(files))
            .toList();
    this.settings = settings;
    this.directory = directory;
    this.ephemeral = ephemeral;
    this.verbose = verbose;
    this.out = out;
    this.json = json;
  }

  /**
   * Returns the exit code once no node is left; a signal ends the process before that, orderly too.
   */
  int run() throws IOException, InterruptedException {
    Runtime.getRuntime().addShutdownHook(new Thread(this::stopAndHalt, "stop"));
    checkPorts();
    Files.createDirectories(directory);
    if (keys != null) {
      keys.require(plans.stream().map(NodePlan::id).toList());
    }
    start();
    started = true;
    Thread asking = Thread.ofVirtual().name("readiness").start(this::awaitReadiness);
    while (nodes.stream().anyMatch(NodeProcess::isAlive)) {
      look();
      Thread.sleep(LOOK);
    }
    look();
    asking.interrupt();
    if (!stopping) {
      out.println("No node is left.");
    }
    return ExitCodes.FAILED;
  }

  /** All the taken ports at once, before anything is started. */
  private void checkPorts() {
    List<String> taken = new ArrayList<>();
    for (NodePlan plan : plans) {
      try (ServerSocket probe = new ServerSocket()) {
        probe.bind(new InetSocketAddress(InetAddress.getByName(settings.host()), plan.port()));
      } catch (IOException e) {
        taken.add("port " + plan.port() + " for " + plan.id() + " (" + e.getMessage() + ")");
      }
    }
    if (!taken.isEmpty()) {
      throw new CommandFailedException(
          "cannot listen on " + String.join(", ", taken) + "; --port names the first of others");
    }
  }

  private void start() throws IOException {
    ChildEnvironment environment = ChildEnvironment.of(System.getenv(), settings.faultsEnabled());
    ThisProgram program = ThisProgram.find(environment.withoutProperties());
    int widest = plans.stream().mapToInt(plan -> plan.id().length()).max().orElse(0);
    for (NodePlan plan : plans) {
      if (stopping) {
        return;
      }
      NodeProcess node = NodeProcess.start(plan, nodes.size(), program, environment, verbose);
      nodes.add(node);
      out.println(
          "%s  %s  process %d".formatted(padded(plan.id(), widest), plan.url(), node.pid()));
      out.println(
          "  %s%s %s"
              .formatted(
                  environment.shown(), program.shown(), ThisProgram.quoted(plan.arguments())));
    }
    out.println();
    out.println(
        "Data and logs are in "
            + directory
            + (ephemeral ? ", deleted at the end" : "")
            + "; each command above starts its node again. Ctrl-C stops all.");
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(width - text.length());
  }

  private void look() {
    for (NodeProcess node : nodes) {
      node.showOutput(out);
      if (node.hasNewlyEnded() && !stopping) {
        out.println(
            "%s %s; its log is %s".formatted(node.plan().id(), node.end(), node.plan().log()));
      }
    }
  }

  private void awaitReadiness() {
    long remindAt = System.nanoTime() + REMIND.toNanos();
    List<NodeProcess> waiting = new ArrayList<>(nodes);
    while (!stopping) {
      waiting.removeIf(node -> !node.isAlive() || isReady(node));
      if (waiting.isEmpty()) {
        if (nodes.stream().anyMatch(NodeProcess::isAlive)) {
          sayReady();
        }
        return;
      }
      if (System.nanoTime() - remindAt > 0) {
        out.println(
            "Still waiting for "
                + waiting.stream().map(n -> n.plan().id()).collect(Collectors.joining(", ")));
        remindAt = System.nanoTime() + REMIND.toNanos();
      }
      try {
        Thread.sleep(ASK);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static boolean isReady(NodeProcess node) {
    try (ReplogClient client = new ReplogClient(node.plan().url(), NodeUrl.ofTheEnvironment())) {
      return client.health().ready();
    } catch (ClientException e) {
      return false;
    }
  }

  private void sayReady() {
    if (json != null) {
      json.println(ClusterJson.of(directory, nodes));
    }
    List<NodeProcess> alive = nodes.stream().filter(NodeProcess::isAlive).toList();
    String master = alive.getFirst().plan().url().toString();
    String last = alive.getLast().plan().url().toString();
    boolean all = alive.size() == nodes.size();
    boolean masterIsThere = alive.stream().anyMatch(n -> n.plan().kind() == NodeKind.MASTER);
    if (!masterIsThere) {
      out.println("No master is left; the secondaries can be read.");
      return;
    }
    out.println(
        """

        The cluster is ready%s. Look at it in a browser: %s/
        Or try:
          curl -H 'Content-Type: application/json' -d '{"message":"hello"}' %s/messages
          curl %s/messages
        %s\
        """
            .formatted(
                all ? "" : ", without the nodes that ended",
                master,
                master,
                last,
                settings.faultsEnabled()
                    ? "Faults can be switched on, here only: PUT "
                        + last
                        + "/faults {\"delayMs\":2000}\n"
                    : ""));
    if (keys != null) {
      out.println(
          """
          With a receipt an entry can be shown to whoever has %2$s:
            curl -H 'Content-Type: application/json' -d '{"message":"hello","w":"certified"}' %1$s/messages
            curl %1$s/messages/1/receipt | ./replog verify-receipt - --keys %2$s\
          """
              .formatted(master, ThisProgram.quoted(List.of(keys.ring().toString()))));
    }
    out.flush();
  }

  /** The end of this process, whatever it was told by. */
  private void stopAndHalt() {
    boolean hadToStop = nodes.stream().anyMatch(NodeProcess::isAlive);
    boolean clean = stop();
    if (ephemeral) {
      TemporaryDirectory.delete(directory, out);
    }
    if (hadToStop) {
      out.println(clean ? "All nodes have stopped." : "Some nodes had to be killed.");
      out.flush();
      Runtime.getRuntime().halt(clean && started ? ExitCodes.DONE : ExitCodes.FAILED);
    }
  }

  /**
   * Asks all to stop, waits for a time, and takes away those that do not. Returns whether all did.
   */
  private boolean stop() {
    stopping = true;
    nodes.forEach(NodeProcess::stop);
    long until = System.nanoTime() + GRACE.toNanos();
    boolean clean = true;
    for (NodeProcess node : nodes) {
      try {
        clean &= node.awaitEnd((until - System.nanoTime()) / 1_000_000);
      } catch (InterruptedException e) {
        clean = false;
      }
    }
    return clean;
  }
}
