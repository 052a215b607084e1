package io.replog.http;

import io.micronaut.http.MutableHttpResponse;
import io.replog.http.Problem.Kind;
import io.replog.http.StreamMemory.Share;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/** Answers with bytes that are all there; a long one counts as long as its client takes them. */
@Singleton
final class CountedAnswers {
  private final StreamMemory memory;
  private final ExecutorService readers;

  CountedAnswers(StreamMemory memory, @Named(ReaderThreads.READERS) ExecutorService readers) {
    this.memory = memory;
    this.readers = readers;
  }

  /**
   * Gives a response its body.
   *
   * @throws ProblemException 503, if slow clients hold so much that there is no room for it
   */
  MutableHttpResponse<?> of(
      MutableHttpResponse<?> response, byte[] body, ClientConnection connection) {
    if (body.length <= StreamMemory.SHORTEST_PIECE) {
      return response.body(body);
    }
    Share share = memory.share();
    if (!share.tryHold(body.length)) {
      throw new ProblemException(
          new Problem(Kind.OVERLOADED, "too many long answers wait for their clients, ask again"));
    }
    share.endsWith(connection);
    return response.body(new RawStream(new ChunkStream(new Whole(body, share), readers)));
  }

  /** All of it at once. */
  private static final class Whole implements ChunkSource {
    private final Share share;
    private byte @Nullable [] body;

    Whole(byte[] body, Share share) {
      this.body = body;
      this.share = share;
    }

    @Override
    public byte @Nullable [] next() {
      byte[] all = body;
      body = null;
      return all;
    }

    @Override
    public void closed() {
      share.close();
    }
  }
}
