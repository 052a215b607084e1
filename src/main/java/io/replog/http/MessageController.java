package io.replog.http;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Produces;
import io.replog.core.Hash;
import io.replog.node.Node;
import io.replog.node.Node.EntryTrace;
import io.replog.node.Node.Watermarks;
import jakarta.inject.Named;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/** One entry: what it is, and who has it. */
@Controller
@Produces(MediaType.APPLICATION_JSON)
final class MessageController {
  private final Node node;
  private final ListAnswers lists;
  private final ExecutorService readers;

  MessageController(
      Node node, ListAnswers lists, @Named(ReaderThreads.READERS) ExecutorService readers) {
    this.node = node;
    this.lists = lists;
    this.readers = readers;
  }

  @Get("/messages/{sequence}")
  @Produces(MediaType.ALL)
  CompletableFuture<HttpResponse<?>> message(
      HttpRequest<?> request, @PathVariable String sequence) {
    QueryParameters.of(request, List.of());
    long wanted = sequence(sequence);
    MessageFormat form = MessageFormat.ofRecord(request);
    ClientConnection connection = ClientConnection.of(request);
    List<String> handFed = node.handFed();
    if (wanted >= 1 && wanted <= handFed.size()) {
      String message = handFed.get((int) wanted - 1);
      return CompletableFuture.supplyAsync(() -> handFed(wanted, message, form), readers);
    }
    if (wanted < node.log().firstSequence() || wanted > node.watermarks().lastSequence()) {
      throw none(wanted, 1);
    }
    PendingAnswer pending = new PendingAnswer(connection);
    node.trace(wanted, trace -> pending.follow(() -> entry(wanted, trace, form, connection)));
    return pending.response();
  }

  @Get("/hash/{sequence}")
  CompletableFuture<HttpResponse<?>> hash(HttpRequest<?> request, @PathVariable String sequence) {
    QueryParameters.of(request, List.of());
    long wanted = sequence(sequence);
    return CompletableFuture.supplyAsync(() -> hash(wanted), readers);
  }

  private static long sequence(String text) {
    return QueryParameters.parse("a sequence", text, 0, Long.MAX_VALUE);
  }

  /** It is read and written on a reader thread, in pieces if it is long. */
  private CompletableFuture<? extends HttpResponse<?>> entry(
      long sequence, @Nullable EntryTrace trace, MessageFormat form, ClientConnection connection) {
    Watermarks marks = node.watermarks();
    ListForm.Single single =
        new ListForm.Single(
            sequence <= marks.committedSequence(), trace, form == MessageFormat.NDJSON);
    return lists.of(
        HttpResponse.ok().contentType(form.mediaType()),
        connection,
        share ->
            new ListChunks(node.log(), single, sequence, sequence, marks.lastSequence(), share));
  }

  private static HttpResponse<?> handFed(long sequence, String message, MessageFormat form) {
    JsonBytes out = new JsonBytes(1024);
    new ListForm.Single(false, null, form == MessageFormat.NDJSON)
        .handFed(out, sequence, message.getBytes(StandardCharsets.UTF_8), true);
    return HttpResponse.ok(out.take()).contentType(form.mediaType());
  }

  private HttpResponse<?> hash(long sequence) {
    Hash hash =
        sequence > node.watermarks().lastSequence()
            ? null
            : node.log().hashAt(sequence).orElse(null);
    if (hash == null) {
      throw none(sequence, 0);
    }
    return HttpResponse.ok(
        Json.bytes(
            json -> {
              json.writeStartObject();
              json.writeNumberField("sequence", sequence);
              json.writeStringField("hash", hash.toString());
              json.writeEndObject();
            }));
  }

  /**
   * @param lowest what a log has of which nothing was trimmed
   */
  private ProblemException none(long sequence, long lowest) {
    long first = node.log().firstSequence();
    if (sequence >= lowest && sequence < first) {
      return new ProblemException(Problem.trimmed(sequence, first));
    }
    long last = node.watermarks().lastSequence();
    return new ProblemException(
        Problem.notFound("there is no entry %d; the last is %d".formatted(sequence, last))
            .with("last", last));
  }
}
