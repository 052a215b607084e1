package io.replog.http;

import io.micronaut.http.MutableHttpResponse;
import io.replog.http.StreamMemory.Share;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Answers with lists: short ones in one piece, long ones as a stream. */
@Singleton
final class ListAnswers {
  private final ExecutorService readers;
  private final StreamMemory memory;

  ListAnswers(@Named(ReaderThreads.READERS) ExecutorService readers, StreamMemory memory) {
    this.readers = readers;
    this.memory = memory;
  }

  /** Gives a response its body; the first chunk is read before anything is sent. */
  CompletableFuture<MutableHttpResponse<?>> of(
      MutableHttpResponse<?> response,
      ClientConnection connection,
      Function<Share, ListChunks> list) {
    Share share = memory.share();
    ListChunks chunks = list.apply(share);
    return CompletableFuture.supplyAsync(() -> first(chunks), readers)
        .thenApply(first -> response.body(body(first, chunks, share, connection)));
  }

  private static byte[] first(ListChunks list) {
    try {
      byte[] chunk = list.next();
      return chunk == null ? new byte[0] : chunk;
    } catch (LogCutException e) {
      list.closed();
      throw new ProblemException(e.problem());
    } catch (IOException e) {
      list.closed();
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      list.closed();
      throw e;
    }
  }

  private Object body(byte[] first, ListChunks list, Share share, ClientConnection connection) {
    if (list.isDone() && first.length <= StreamMemory.SHORTEST_PIECE) {
      list.closed();
      return first;
    }
    // a stream says when its client has taken it
    share.endsWith(connection);
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

    @Override
    public void closed() {
      others.closed();
    }
  }
}
