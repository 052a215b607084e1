package io.replog.http;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.json.JsonMapper;
import io.replog.node.Node;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The cluster as this node knows it. */
@Controller("/cluster")
final class ClusterController {
  private final Node node;
  private final JsonMapper mapper;
  private final Tails tails;

  ClusterController(Node node, JsonMapper mapper, Tails tails) {
    this.node = node;
    this.mapper = mapper;
    this.tails = tails;
  }

  @Get
  CompletableFuture<HttpResponse<?>> cluster(HttpRequest<?> request) {
    QueryParameters.of(request, List.of());
    PendingAnswer pending = new PendingAnswer(ClientConnection.of(request));
    node.cluster(
        view -> pending.answer(() -> HttpResponse.ok(ClusterDocument.of(view, node.evidence()))));
    return pending.response();
  }

  /** The document at once, and again at every change. */
  @Get("/events")
  @Produces(MediaType.TEXT_EVENT_STREAM)
  HttpResponse<?> events(HttpRequest<?> request) {
    QueryParameters.of(request, List.of());
    return tails.events(new ClusterEvents(node, mapper), ClientConnection.of(request));
  }

  /** All nodes' logs compared. */
  @Get("/verify")
  CompletableFuture<HttpResponse<?>> verify(HttpRequest<?> request) {
    QueryParameters.of(request, List.of());
    PendingAnswer pending = new PendingAnswer(ClientConnection.of(request));
    node.verify(
        report ->
            pending.answer(
                () -> report == null ? notMaster() : HttpResponse.ok(VerifyDocument.of(report))));
    return pending.response();
  }

  private HttpResponse<?> notMaster() {
    var active = node.cluster().active();
    return Problem.notMaster(active == null ? null : active.url()).response();
  }
}
