package io.replog.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Produces;
import io.replog.core.Entry;
import io.replog.core.Hash;
import io.replog.node.Node;
import io.replog.node.Node.EntryTrace;
import io.replog.node.Node.Watermarks;
import jakarta.inject.Named;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/** One entry: what it is, and who has it. */
@Controller
@Produces(MediaType.APPLICATION_JSON)
final class MessageController {
  private final Node node;
  private final ExecutorService readers;

  MessageController(Node node, @Named(ReaderThreads.READERS) ExecutorService readers) {
    this.node = node;
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
      return CompletableFuture.completedFuture(
          handFed(wanted, handFed.get((int) wanted - 1), form));
    }
    return CompletableFuture.supplyAsync(() -> entry(wanted), readers)
        .thenCompose(entry -> traced(entry, form, connection));
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

  private Entry entry(long sequence) {
    if (sequence <= node.watermarks().lastSequence()) {
      Optional<Entry> found =
          node.log().frameAt(sequence).stream()
              .flatMap(frame -> frame.entries().stream())
              .filter(entry -> entry.sequence() == sequence)
              .findFirst();
      if (found.isPresent()) {
        return found.get();
      }
    }
    throw none(sequence, 1);
  }

  private CompletableFuture<HttpResponse<?>> traced(
      Entry entry, MessageFormat form, ClientConnection connection) {
    PendingAnswer pending = new PendingAnswer(connection);
    node.trace(
        entry.sequence(),
        trace -> {
          Watermarks marks = node.watermarks();
          boolean committed = entry.sequence() <= marks.committedSequence();
          pending.answer(
              () -> record(Json.bytes(json -> write(json, entry, committed, trace)), form));
        });
    return pending.response();
  }

  private static void write(
      JsonGenerator json, Entry entry, boolean committed, @Nullable EntryTrace trace)
      throws IOException {
    json.writeStartObject();
    EntryJson.members(json, entry);
    json.writeBooleanField("committed", committed);
    if (trace != null) {
      AppendedJson.copies(json, trace.copies());
      json.writeArrayFieldStart("timeline");
      for (EntryTrace.Event event : trace.timeline()) {
        json.writeStartObject();
        json.writeNumberField("at", event.at());
        if (event.ms() >= 0) {
          json.writeNumberField("ms", event.ms());
        }
        json.writeStringField("node", event.node());
        json.writeStringField("event", event.event());
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  /** The record in the form that was asked for: NDJSON is the same on a line. */
  private static HttpResponse<?> record(byte[] json, MessageFormat form) {
    byte[] body = json;
    if (form == MessageFormat.NDJSON) {
      body = Arrays.copyOf(json, json.length + 1);
      body[json.length] = '\n';
    }
    return HttpResponse.ok(body).contentType(form.mediaType());
  }

  private static HttpResponse<?> handFed(long sequence, String message, MessageFormat form) {
    return record(
        Json.bytes(
            json -> {
              json.writeStartObject();
              json.writeNumberField("sequence", sequence);
              json.writeStringField("message", message);
              json.writeBooleanField("committed", false);
              json.writeEndObject();
            }),
        form);
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
