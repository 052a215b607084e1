package io.replog.http;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.ServerHttpRequest;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.replog.node.Node;
import io.replog.replication.http.ReplicationEndpoint;

@Controller("/replicate")
class ReplicateController {
  private final Node node;
  private final ReplicationEndpoint endpoint;

  ReplicateController(Node node, ReplicationEndpoint endpoint) {
    this.node = node;
    this.endpoint = endpoint;
  }

  @Post
  @Consumes(MediaType.ALL)
  HttpResponse<?> open(ServerHttpRequest<?> request) {
    return endpoint.open(request, node::accept);
  }
}
