package io.replog.http;

import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.replog.node.Node;

/** Where to go from here. */
@Controller
final class RootController {
  private final Node node;

  RootController(Node node) {
    this.node = node;
  }

  @Get
  @Produces(MediaType.TEXT_PLAIN)
  String root() {
    return """
    replog: %s (%s)

    /messages   the log (Accept: application/json, application/x-ndjson or text/event-stream)
    /cluster    the cluster as this node knows it
    /health     whether this node is to get requests
    """
        .formatted(node.id(), node.role());
  }
}
