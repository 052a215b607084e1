package io.replog.cli;

import io.replog.cli.scenario.Stage;
import io.replog.client.ClientException;
import io.replog.client.ClusterView;
import io.replog.client.ReplogClient;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Somebody's cluster as a stage: its members as its masters tell, asked once. */
final class LiveCluster implements Stage {
  private final List<Member> members;
  private volatile boolean closed;

  private LiveCluster(List<Member> members) {
    this.members = members;
  }

  /**
   * Asks who is there.
   *
   * @param urls of the masters that are to take part; of any node if there is one master
   */
  static LiveCluster at(List<URI> urls) throws ClientException {
    Map<String, Member> masters = new LinkedHashMap<>();
    Map<String, Member> secondaries = new LinkedHashMap<>();
    for (URI url : urls) {
      ClusterView view = view(url);
      if (!view.role().equals("SECONDARY")) {
        masters.put(view.node(), new Member(view.node(), url, true));
      }
      ClusterView.Active active = view.active();
      if (active != null && active.node() != null && active.url() != null) {
        URI its = URI.create(active.url());
        masters.putIfAbsent(active.node(), new Member(active.node(), its, true));
        ClusterView all = view.node().equals(active.node()) ? view : view(its);
        for (ClusterView.NodeView node : all.nodes()) {
          if (node.url() != null) {
            secondaries.put(node.node(), new Member(node.node(), URI.create(node.url()), false));
          }
        }
      }
    }
    if (masters.isEmpty() || secondaries.isEmpty()) {
      throw new CommandFailedException(
          urls.getFirst() + " knows no active master with secondaries; ./replog status shows more");
    }
    return new LiveCluster(
        java.util.stream.Stream.concat(masters.values().stream(), secondaries.values().stream())
            .toList());
  }

  private static ClusterView view(URI url) throws ClientException {
    try (ReplogClient client = new ReplogClient(url, NodeUrl.ofTheEnvironment())) {
      return client.cluster();
    }
  }

  @Override
  public List<Member> members() {
    return members;
  }

  @Override
  public Optional<Troupe> troupe() {
    return Optional.empty();
  }

  /** It is told to end. */
  void end() {
    closed = true;
  }

  @Override
  public boolean isClosed() {
    return closed;
  }
}
