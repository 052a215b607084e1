package io.replog.http;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpResponse;
import io.replog.core.ReadConcern;
import io.replog.http.StreamMemory.Share;
import io.replog.node.Node;
import io.replog.node.Node.Watermarks;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Opens live streams of server-sent events. */
@Singleton
final class Tails {
  private final Node node;
  private final OpenAnswers open;
  private final StreamMemory memory;
  private final int most;
  private final AtomicInteger streams = new AtomicInteger();
  private final ExecutorService readers;

  Tails(
      Node node,
      OpenAnswers open,
      HttpSettings settings,
      StreamMemory memory,
      @Named(ReaderThreads.READERS) ExecutorService readers) {
    this.node = node;
    this.most = settings.limits().streams();
    this.open = open;
    this.memory = memory;
    this.readers = readers;
  }

  /** Follows the log. */
  HttpResponse<?> open(ReadQuery query, ClientConnection connection) {
    Share share = memory.share();
    HttpResponse<?> response =
        events(new TailChunks(node, query, shown(query.concern()), share), connection);
    share.endsWith(connection);
    return response;
  }

  /** Answers with events, with a comment now and then so that both ends see a broken connection. */
  HttpResponse<?> events(ChunkSource events, ClientConnection connection) {
    if (streams.get() >= most) {
      throw new ProblemException(
          new Problem(
              Problem.Kind.OVERLOADED, most + " live streams are open, the most there may"));
    }
    ChunkStream stream =
        new ChunkStream(new EventChunks(new Counted(events), connection, open), readers);
    return HttpResponse.ok(new RawStream(stream))
        .contentType(MessageFormat.EVENTS.mediaType())
        .header(HttpHeaders.CACHE_CONTROL, "no-store");
  }

  /** Counts as long as it is open. */
  private final class Counted implements ChunkSource {
    private final ChunkSource events;

    Counted(ChunkSource events) {
      this.events = events;
    }

    @Override
    public void opened(ChunkStream stream) {
      streams.incrementAndGet();
      events.opened(stream);
    }

    @Override
    public byte @Nullable [] next() throws IOException {
      return events.next();
    }

    @Override
    public void closed() {
      streams.decrementAndGet();
      events.closed();
    }
  }

  private LongSupplier shown(ReadConcern concern) {
    return () -> {
      Watermarks marks = node.watermarks();
      return concern == ReadConcern.LOCAL ? marks.lastSequence() : marks.committedSequence();
    };
  }
}
