package io.replog.cli;

import io.replog.config.ClusterSettings;
import io.replog.config.NodeKind;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One node of a cluster on this machine: what it is started with.
 *
 * @param arguments of its command, the command's name first
 */
record NodePlan(String id, NodeKind kind, int port, URI url, Path log, List<String> arguments) {

  /** The nodes of a cluster: masters on the first ports, secondaries on those after them. */
  static List<NodePlan> of(ClusterSettings settings, Path data) {
    List<String> secondaries = new ArrayList<>();
    for (int i = 0; i < settings.secondaries(); i++) {
      secondaries.add(url(settings, settings.port() + settings.masters() + i).toString());
    }
    List<String> declared =
        secondaries.isEmpty() ? List.of() : List.of("--secondaries", String.join(",", secondaries));
    List<NodePlan> nodes = new ArrayList<>();
    for (int i = 0; i < settings.masters(); i++) {
      nodes.add(node(settings, data, NodeKind.MASTER, i, settings.port() + i, declared));
    }
    for (int i = 0; i < settings.secondaries(); i++) {
      Duration delay = settings.delays().get(i);
      List<String> delayed =
          delay.isZero() ? List.of() : List.of("--delay", Long.toString(delay.toMillis()));
      int port = settings.port() + settings.masters() + i;
      nodes.add(node(settings, data, NodeKind.SECONDARY, i, port, delayed));
    }
    return List.copyOf(nodes);
  }

  /** The same, for a node that has keys. */
  NodePlan with(KeyFiles keys) {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of("--evidence-ring", keys.ring().toString()));
    all.addAll(List.of("--evidence-key", keys.key(id).toString()));
    return new NodePlan(id, kind, port, url, log, List.copyOf(all));
  }

  private static NodePlan node(
      ClusterSettings settings,
      Path data,
      NodeKind kind,
      int number,
      int port,
      List<String> further) {
    String id = kind.command() + "-" + number;
    List<String> arguments = new ArrayList<>(List.of(kind.command()));
    arguments.addAll(List.of("--port", Integer.toString(port)));
    arguments.addAll(List.of("--data", data.resolve(id).toString()));
    arguments.addAll(List.of("--id", id));
    if (!settings.host().equals("127.0.0.1")) {
      arguments.addAll(List.of("--host", settings.host()));
    }
    arguments.addAll(further);
    return new NodePlan(
        id, kind, port, url(settings, port), data.resolve(id + ".log"), List.copyOf(arguments));
  }

  /** Where the node is reached from this machine. */
  private static URI url(ClusterSettings settings, int port) {
    String host =
        switch (settings.host()) {
          case "0.0.0.0" -> "127.0.0.1";
          case "::" -> "[::1]";
          case String name when name.contains(":") -> "[" + name + "]";
          case String name -> name;
        };
    return URI.create("http://" + host + ":" + port);
  }
}
