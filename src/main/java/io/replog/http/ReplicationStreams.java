package io.replog.http;

import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.ServerHttpRequest;
import io.replog.node.Node;
import io.replog.replication.http.ReplicationEndpoint;
import jakarta.inject.Singleton;

/** Lets masters open streams to this node. */
@Singleton
@Requires(beans = ReplicationEndpoint.class)
final class ReplicationStreams implements StreamEndpoint {
  private final Node node;
  private final ReplicationEndpoint endpoint;

  ReplicationStreams(Node node, ReplicationEndpoint endpoint) {
    this.node = node;
    this.endpoint = endpoint;
  }

  @Override
  public HttpResponse<?> open(ServerHttpRequest<?> request) {
    return endpoint.open(request, node::accept);
  }
}
