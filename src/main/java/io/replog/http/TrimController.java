package io.replog.http;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.ServerHttpRequest;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.replog.node.Node;
import io.replog.node.Node.Trimming;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Drops the beginning of the log. */
@Controller("/trim")
@Produces(MediaType.APPLICATION_JSON)
final class TrimController {
  private static final String BEFORE = "before";

  private final Node node;
  private final RequestBody bodies;

  TrimController(Node node, RequestBody bodies) {
    this.node = node;
    this.bodies = bodies;
  }

  @Post
  @Consumes(MediaType.ALL)
  CompletableFuture<HttpResponse<?>> trim(ServerHttpRequest<?> request) {
    QueryParameters.of(request, List.of());
    ClientConnection connection = ClientConnection.of(request);
    return bodies
        .json(request, TrimController::before)
        .thenCompose(before -> trim(before, connection));
  }

  private CompletableFuture<HttpResponse<?>> trim(long before, ClientConnection connection) {
    PendingAnswer pending = new PendingAnswer(connection);
    node.trim(before, result -> pending.answer(() -> response(result)));
    return pending.response();
  }

  private static HttpResponse<?> response(Trimming result) {
    return switch (result) {
      case Trimming.Done(long first, var heldBy) -> HttpResponse.ok(done(first, heldBy));
      case Trimming.OutOfRange(long highest) ->
          Problem.invalid(
                  "\"before\" must be a number from 1 to %d: what follows is not committed"
                      .formatted(highest))
              .response();
      case Trimming.NotMaster(var active) -> Problem.notMaster(active).response();
    };
  }

  private static byte[] done(long first, @Nullable String heldBy) {
    return Json.bytes(
        json -> {
          json.writeStartObject();
          json.writeNumberField("firstSequence", first);
          if (heldBy != null) {
            json.writeStringField("heldBy", heldBy);
          }
          json.writeEndObject();
        });
  }

  private static long before(byte[] bytes) {
    Before read = new Before();
    JsonBody.read(bytes, List.of(BEFORE), read::member);
    if (read.before < 1) {
      throw ProblemException.invalid("\"before\" must be there: the first sequence to keep");
    }
    return read.before;
  }

  private static final class Before {
    private long before;

    void member(String name, JsonBody value) throws IOException {
      before = value.whole(1, Long.MAX_VALUE);
    }
  }
}
