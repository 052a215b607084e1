package io.replog.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.ServerHttpRequest;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.serde.annotation.Serdeable;
import io.replog.core.NodeRole;
import io.replog.core.NodeStatus;
import io.replog.http.Problem.Kind;
import io.replog.node.ClusterView;
import io.replog.node.Node;
import io.replog.node.Node.Registration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** The secondaries that ought to be there. */
@Controller("/secondaries")
@Produces(MediaType.APPLICATION_JSON)
final class SecondariesController {
  private final Node node;
  private final RequestBody bodies;

  SecondariesController(Node node, RequestBody bodies) {
    this.node = node;
    this.bodies = bodies;
  }

  @Serdeable.Serializable
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record Secondaries(List<Secondary> secondaries) {}

  @Serdeable.Serializable
  record Secondary(String id, String url, boolean voting, NodeStatus status) {}

  @Get
  HttpResponse<?> list(HttpRequest<?> request) {
    QueryParameters.of(request, List.of());
    ClusterView view = node.cluster();
    if (view.role() == NodeRole.SECONDARY) {
      ClusterView.Active active = view.active();
      return Problem.notMaster(active == null ? null : active.url()).response();
    }
    return HttpResponse.ok(
        new Secondaries(
            view.nodes().stream()
                .map(n -> new Secondary(n.node(), n.url(), n.voting(), n.status()))
                .toList()));
  }

  @Post
  @Consumes(MediaType.ALL)
  CompletableFuture<HttpResponse<?>> register(ServerHttpRequest<?> request) {
    QueryParameters.of(request, List.of());
    ClientConnection connection = ClientConnection.of(request);
    return bodies
        .json(request, SecondaryBody::read)
        .thenCompose(body -> register(body, connection));
  }

  private CompletableFuture<HttpResponse<?>> register(
      SecondaryBody body, ClientConnection connection) {
    PendingAnswer pending = new PendingAnswer(connection);
    node.register(
        body.id(),
        body.url(),
        result -> pending.answer(() -> response(result, body.id(), body::json)));
    return pending.response();
  }

  @Delete("/{id}")
  CompletableFuture<HttpResponse<?>> deregister(HttpRequest<?> request, @PathVariable String id) {
    QueryParameters.of(request, List.of());
    PendingAnswer pending = new PendingAnswer(ClientConnection.of(request));
    node.deregister(id, result -> pending.answer(() -> response(result, id, () -> new byte[0])));
    return pending.response();
  }

  private static HttpResponse<?> response(Registration result, String id, Supplier<byte[]> body) {
    return switch (result) {
      case Registration.Added _ ->
          HttpResponse.created(body.get()).header(HttpHeaders.LOCATION, "/secondaries/" + id);
      case Registration.Known _ -> HttpResponse.ok(body.get());
      case Registration.Leaving _ -> HttpResponse.accepted();
      case Registration.NotFound _ ->
          Problem.notFound("there is no secondary \"" + id + "\"").response();
      case Registration.Conflict(String why) -> new Problem(Kind.CONFLICT, why).response();
      case Registration.NotMaster(var active) -> Problem.notMaster(active).response();
    };
  }
}
