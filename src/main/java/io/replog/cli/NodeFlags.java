package io.replog.cli;

import io.replog.config.NodeKind;
import io.replog.config.NodeOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that every node has; checked where they meet the environment. */
final class NodeFlags {
  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Where to listen; default 8080 for a master, 8081 for a secondary.")
  private @Nullable String port;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "The address to bind to; default 127.0.0.1.")
  private @Nullable String host;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The data directory; default replog-data/ID.")
  private @Nullable String data;

  @Option(
      names = "--id",
      paramLabel = "ID",
      description =
          "The node id, kept in the data directory; default master-0 for a master, HOST-PORT for a"
              + " secondary.")
  private @Nullable String id;

  @Option(
      names = "--advertise",
      paramLabel = "URL",
      description =
          "The URL to give to others; default http://127.0.0.1:PORT on loopback, else with the"
              + " host's name.")
  private @Nullable String advertise;

  @Option(
      names = "--delay",
      paramLabel = "MS",
      description = "Latency before an entry is stored; for trials.")
  private @Nullable String delay;

  @Option(
      names = "--evidence-ring",
      paramLabel = "DIR",
      description = "The public keys of all nodes, as keygen writes them.")
  private @Nullable String evidenceRing;

  @Option(
      names = "--evidence-key",
      paramLabel = "FILE",
      description = "This node's private key; with the ring it signs what it says.")
  private @Nullable String evidenceKey;

  @Option(
      names = "--supervised-by",
      paramLabel = "PID",
      hidden = true,
      description = "Stop when this process ends.")
  private @Nullable String supervisedBy;

  NodeOptions options(
      NodeKind kind, @Nullable String secondaries, @Nullable String join, @Nullable String master) {
    return new NodeOptions(
        kind,
        host,
        port,
        data,
        id,
        advertise,
        secondaries,
        join,
        master,
        delay,
        evidenceRing,
        evidenceKey,
        supervisedBy);
  }
}
