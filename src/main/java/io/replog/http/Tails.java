package io.replog.http;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpResponse;
import io.replog.core.ReadConcern;
import io.replog.node.Node;
import io.replog.node.Node.Watermarks;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.util.concurrent.ExecutorService;
import java.util.function.LongSupplier;

/** Opens live streams of server-sent events. */
@Singleton
final class Tails {
  private final Node node;
  private final OpenAnswers open;
  private final ExecutorService readers;

  Tails(Node node, OpenAnswers open, @Named(ReaderThreads.READERS) ExecutorService readers) {
    this.node = node;
    this.open = open;
    this.readers = readers;
  }

  /** Follows the log. */
  HttpResponse<?> open(ReadQuery query, ClientConnection connection) {
    return events(new TailChunks(node, query, shown(query.concern())), connection);
  }

  /** Answers with events, with a comment now and then so that both ends see a broken connection. */
  HttpResponse<?> events(ChunkSource events, ClientConnection connection) {
    ChunkStream stream = new ChunkStream(new EventChunks(events, connection), readers);
    stream.whenOver(open.add(stream::end)::close);
    return HttpResponse.ok(new RawStream(stream))
        .contentType(MessageFormat.EVENTS.mediaType())
        .header(HttpHeaders.CACHE_CONTROL, "no-store");
  }

  private LongSupplier shown(ReadConcern concern) {
    return () -> {
      Watermarks marks = node.watermarks();
      return concern == ReadConcern.LOCAL ? marks.lastSequence() : marks.committedSequence();
    };
  }
}
