package io.replog.http;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.ServerHttpRequest;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.Put;
import io.replog.node.Node;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Delays and faults on request, where they are enabled. */
@Controller("/faults")
@Produces(MediaType.APPLICATION_JSON)
final class FaultsController {
  private final Node node;
  private final RequestBody bodies;
  private final boolean enabled;

  FaultsController(Node node, RequestBody bodies, HttpSettings settings) {
    this.node = node;
    this.bodies = bodies;
    this.enabled = settings.faultsEnabled();
  }

  @Get
  HttpResponse<?> faults(HttpRequest<?> request) {
    check(request);
    return HttpResponse.ok(FaultsBody.json(node.faults()));
  }

  /** What is not named goes back to what the node was started with. */
  @Put
  @Consumes(MediaType.ALL)
  CompletableFuture<HttpResponse<?>> put(ServerHttpRequest<?> request) {
    check(request);
    return bodies
        .json(request, bytes -> FaultsBody.read(bytes, node.initialFaults()))
        .thenApply(
            faults -> {
              node.setFaults(faults);
              return HttpResponse.ok(FaultsBody.json(faults));
            });
  }

  @Delete
  HttpResponse<?> delete(HttpRequest<?> request) {
    check(request);
    node.setFaults(node.initialFaults());
    return HttpResponse.noContent();
  }

  private void check(HttpRequest<?> request) {
    if (!enabled) {
      throw new ProblemException(
          Problem.notFound("faults are not enabled on this node (replog.faults.enabled)"));
    }
    QueryParameters.of(request, List.of());
  }
}
