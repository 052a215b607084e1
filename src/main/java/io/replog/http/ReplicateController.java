package io.replog.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.ServerHttpRequest;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.replog.http.Problem.Kind;
import io.replog.node.Node;
import io.replog.node.Node.HandFeed;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What a secondary is fed: the streams of masters, and single messages by hand. */
@Controller("/replicate")
final class ReplicateController {
  private final Node node;
  private final RequestBody bodies;
  private final StreamEndpoint streams;

  ReplicateController(Node node, RequestBody bodies, StreamEndpoint streams) {
    this.node = node;
    this.bodies = bodies;
    this.streams = streams;
  }

  @Post
  @Consumes(MediaType.ALL)
  @Produces(MediaType.ALL)
  CompletableFuture<? extends HttpResponse<?>> replicate(ServerHttpRequest<?> request) {
    boolean byHand =
        request
            .getContentType()
            .map(MediaType::getName)
            .orElse("")
            .equals(MediaType.APPLICATION_JSON);
    if (!byHand) {
      return CompletableFuture.completedFuture(streams.open(request));
    }
    QueryParameters.of(request, List.of());
    ClientConnection connection = ClientConnection.of(request);
    return bodies.json(request, HandFedBody::read).thenCompose(body -> feed(body, connection));
  }

  private CompletableFuture<HttpResponse<?>> feed(HandFedBody body, ClientConnection connection) {
    PendingAnswer pending = new PendingAnswer(connection);
    node.handFeed(
        body.sequence(), body.payload(), result -> pending.answer(() -> response(result)));
    return pending.response();
  }

  private static HttpResponse<?> response(HandFeed result) {
    return switch (result) {
      case HandFeed.Taken(long lastSequence) -> fed(lastSequence);
      case HandFeed.Contradicts(long sequence) ->
          new Problem(Kind.CONFLICT, "another message has sequence " + sequence + " here")
              .with("sequence", sequence)
              .response();
      case HandFeed.NotByHand() -> refused();
    };
  }

  private static HttpResponse<?> fed(long lastSequence) {
    return HttpResponse.ok(Json.bytes(json -> write(json, lastSequence)))
        .contentType(MediaType.APPLICATION_JSON_TYPE);
  }

  private static void write(JsonGenerator json, long lastSequence) throws IOException {
    json.writeStartObject();
    json.writeNumberField("lastSequence", lastSequence);
    json.writeEndObject();
  }

  private static HttpResponse<?> refused() {
    return new Problem(
            Kind.CONFLICT,
            "only a secondary that belongs to no cluster is fed by hand; append to the master")
        .response();
  }
}
