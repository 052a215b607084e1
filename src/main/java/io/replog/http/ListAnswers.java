package io.replog.http;

import io.micronaut.http.MutableHttpResponse;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/** Answers with lists: short ones in one piece, long ones as a stream. */
@Singleton
final class ListAnswers {
  private final ExecutorService readers;

  ListAnswers(@Named(ReaderThreads.READERS) ExecutorService readers) {
    this.readers = readers;
  }

  /** Gives a response its body; the first chunk is read before anything is sent. */
  CompletableFuture<MutableHttpResponse<?>> of(MutableHttpResponse<?> response, ListChunks list) {
    return CompletableFuture.supplyAsync(() -> first(list), readers)
        .thenApply(first -> response.body(list.isDone() ? first : stream(first, list)));
  }

  private static byte[] first(ListChunks list) {
    try {
      byte[] chunk = list.next();
      return chunk == null ? new byte[0] : chunk;
    } catch (LogCutException e) {
      throw new ProblemException(e.problem());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private RawStream stream(byte[] first, ListChunks list) {
    return new RawStream(new ChunkStream(new After(first, list), readers));
  }

  /** A chunk that was read already, then the others. */
  private static final class After implements ChunkSource {
    private final ChunkSource others;
    private byte @Nullable [] first;

    After(byte[] first, ChunkSource others) {
      this.first = first;
      this.others = others;
    }

    @Override
    public byte @Nullable [] next() throws IOException {
      byte[] chunk = first;
      first = null;
      return chunk == null ? others.next() : chunk;
    }
  }
}
