package io.replog.http;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.ServerHttpRequest;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.Put;
import io.replog.node.Faults;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The other nodes of the cluster, seen through this one: a browser may only speak to the node that
 * gave it the page, and behind a port that is forwarded there is no other. Reads alone, and faults
 * where they are enabled.
 */
@Controller("/nodes/{id}")
@Produces(MediaType.ALL)
final class NodesController {
  /** Entries in one answer, so that a page that follows a log takes it in small pieces. */
  private static final long MOST_ENTRIES = 100;

  private static final long LONGEST_WAIT_MILLIS = 5_000;

  private final Relay relay;
  private final RequestBody bodies;
  private final boolean faultsEnabled;

  NodesController(Relay relay, RequestBody bodies, HttpSettings settings) {
    this.relay = relay;
    this.bodies = bodies;
    this.faultsEnabled = settings.faultsEnabled();
  }

  @Get("/cluster")
  CompletableFuture<HttpResponse<?>> cluster(HttpRequest<?> request, @PathVariable String id) {
    QueryParameters.of(request, List.of());
    return relay.get(request, id, "/cluster", 0);
  }

  @Get("/messages")
  CompletableFuture<HttpResponse<?>> messages(HttpRequest<?> request, @PathVariable String id) {
    QueryParameters query = QueryParameters.of(request, List.of("from", "limit", "wait"));
    long limit = query.whole("limit", 1, MOST_ENTRIES, MOST_ENTRIES);
    long wait = query.whole("wait", 0, LONGEST_WAIT_MILLIS, 0);
    String path = "/messages?limit=%d&wait=%d".formatted(limit, wait);
    if (query.has("from")) {
      path += "&from=" + query.whole("from", 1, Long.MAX_VALUE, 1);
    }
    return relay.get(request, id, path, wait);
  }

  @Get("/messages/{sequence}")
  CompletableFuture<HttpResponse<?>> message(
      HttpRequest<?> request, @PathVariable String id, @PathVariable String sequence) {
    QueryParameters.of(request, List.of());
    long wanted = QueryParameters.parse("a sequence", sequence, 0, Long.MAX_VALUE);
    return relay.get(request, id, "/messages/" + wanted, 0);
  }

  @Get("/faults")
  CompletableFuture<HttpResponse<?>> faults(HttpRequest<?> request, @PathVariable String id) {
    checkFaults(request);
    return relay.get(request, id, "/faults", 0);
  }

  @Put("/faults")
  @Consumes(MediaType.ALL)
  CompletableFuture<HttpResponse<?>> setFaults(
      ServerHttpRequest<?> request, @PathVariable String id) {
    checkFaults(request);
    return bodies
        .json(request, NodesController::valid)
        .thenCompose(body -> relay.put(request, id, "/faults", body));
  }

  @Delete("/faults")
  CompletableFuture<HttpResponse<?>> clearFaults(HttpRequest<?> request, @PathVariable String id) {
    checkFaults(request);
    return relay.delete(request, id, "/faults");
  }

  /** The body itself once it is known to be one; what it leaves out is the other node's matter. */
  private static byte[] valid(byte[] body) {
    FaultsBody.read(body, Faults.NONE);
    return body;
  }

  private void checkFaults(HttpRequest<?> request) {
    if (!faultsEnabled) {
      throw new ProblemException(
          Problem.notFound("faults are not enabled on this node (replog.faults.enabled)"));
    }
    QueryParameters.of(request, List.of());
  }
}
