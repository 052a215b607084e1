package io.replog.http;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.replog.http.ReadGate.Bounds;
import io.replog.node.Node;
import jakarta.inject.Named;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;

/** The log, as a list or as a live tail. */
@Controller("/messages")
final class MessagesController {
  private final Node node;
  private final ReadGate gate;
  private final ListAnswers lists;
  private final Tails tails;
  private final ExecutorService readers;

  MessagesController(
      Node node,
      ReadGate gate,
      ListAnswers lists,
      Tails tails,
      @Named(ReaderThreads.READERS) ExecutorService readers) {
    this.node = node;
    this.gate = gate;
    this.lists = lists;
    this.tails = tails;
    this.readers = readers;
  }

  @Get
  @Produces(MediaType.ALL)
  CompletableFuture<? extends HttpResponse<?>> list(HttpRequest<?> request) {
    MessageFormat format = MessageFormat.of(request);
    ClientConnection connection = ClientConnection.of(request);
    long first = node.log().firstSequence();
    if (format == MessageFormat.EVENTS) {
      return CompletableFuture.completedFuture(
          tails.open(ReadQuery.ofTail(request).within(first), connection));
    }
    ReadQuery query = ReadQuery.ofList(request).within(first);
    return gate.read(query, connection, bounds -> list(query, format, bounds, connection));
  }

  private CompletableFuture<? extends HttpResponse<?>> list(
      ReadQuery query, MessageFormat format, Bounds bounds, ClientConnection connection) {
    long end = query.end(bounds.last());
    ListForm form =
        format == MessageFormat.JSON
            ? new ListForm.Page(
                query.from(), Math.max(query.from(), end + 1), bounds.last(), bounds.committed())
            : new ListForm.Lines();
    MutableHttpResponse<?> response = HttpResponse.ok().contentType(format.mediaType());
    if (!bounds.handFed().isEmpty()) {
      return CompletableFuture.supplyAsync(
          () -> response.body(HandFedList.bytes(bounds.handFed(), form, query.from(), end)),
          readers);
    }
    return lists.of(
        response,
        connection,
        share -> new ListChunks(node.log(), form, query.from(), end, bounds.last(), share));
  }
}
