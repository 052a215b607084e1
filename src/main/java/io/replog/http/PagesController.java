package io.replog.http;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Produces;
import io.replog.node.Node;
import jakarta.inject.Named;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;

/** The pages for people: the dashboard, and the API's description to read and to try. */
@Controller
@Produces(MediaType.ALL)
final class PagesController {
  private final Node node;
  private final ExecutorService readers;

  PagesController(Node node, @Named(ReaderThreads.READERS) ExecutorService readers) {
    this.node = node;
    this.readers = readers;
  }

  /** The dashboard for a browser; for everything else, where to go from here. */
  @Get
  CompletableFuture<HttpResponse<?>> root(HttpRequest<?> request) {
    boolean browser =
        request.accept().stream()
            .anyMatch(
                type -> type.matches(MediaType.TEXT_HTML_TYPE) && !type.getType().equals("*"));
    if (browser) {
      return page(request, PageFiles.DASHBOARD);
    }
    return CompletableFuture.completedFuture(
        HttpResponse.ok(text())
            .contentType(MediaType.TEXT_PLAIN_TYPE)
            .header(HttpHeaders.VARY, HttpHeaders.ACCEPT));
  }

  private String text() {
    return """
    replog: %s (%s)

    /           in a browser: the dashboard
    /messages   the log (Accept: application/json, application/x-ndjson or text/event-stream)
    /cluster    the cluster as this node knows it
    /health     whether this node is to get requests
    /api        in a browser: this API, to read and to try (for programs: /openapi.yml)
    """
        .formatted(node.id(), node.role());
  }

  @Get("/api")
  CompletableFuture<HttpResponse<?>> api(HttpRequest<?> request) {
    QueryParameters.of(request, List.of());
    return page(request, PageFiles.API);
  }

  /** What the pages load. */
  @Get("/pages/{file}")
  CompletableFuture<HttpResponse<?>> part(HttpRequest<?> request, @PathVariable String file) {
    QueryParameters.of(request, List.of());
    return page(request, file);
  }

  private CompletableFuture<HttpResponse<?>> page(HttpRequest<?> request, String name) {
    return CompletableFuture.supplyAsync(() -> PageFiles.answer(request, name), readers);
  }
}
