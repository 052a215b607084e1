package io.replog.http;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.replog.node.Node;
import io.replog.storage.LogRead;
import jakarta.inject.Named;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;

/**
 * The log as it lies on disk, for another node that has lost a part of it. Whoever takes it checks
 * it against its own hash chain.
 */
@Controller("/frames")
final class FramesController {
  private static final String FRAMES = "application/vnd.replog.frames;version=1";
  private static final int ANSWER_BYTES = 1 << 20;

  private final Node node;
  private final CountedAnswers answers;
  private final ExecutorService readers;

  FramesController(
      Node node, CountedAnswers answers, @Named(ReaderThreads.READERS) ExecutorService readers) {
    this.node = node;
    this.answers = answers;
    this.readers = readers;
  }

  @Get
  @Produces(FRAMES)
  CompletableFuture<HttpResponse<?>> frames(HttpRequest<?> request) {
    QueryParameters query = QueryParameters.of(request, List.of("from", "upTo"));
    long from = query.whole("from", 1, Long.MAX_VALUE, 1);
    long upTo = query.whole("upTo", from, Long.MAX_VALUE, Long.MAX_VALUE);
    ClientConnection connection = ClientConnection.of(request);
    return CompletableFuture.supplyAsync(
        () -> answers.of(HttpResponse.ok(), read(from, upTo), connection), readers);
  }

  private byte[] read(long from, long upTo) {
    long last = node.watermarks().lastSequence();
    if (from < node.log().firstSequence() || from > last) {
      throw nothing(from);
    }
    long end = Math.min(upTo, last);
    if (!(node.log().cursor(from).next(ANSWER_BYTES, end) instanceof LogRead.Frames read)
        || read.firstSequence() != from) {
      throw nothing(from);
    }
    ByteBuffer bytes = read.bytes();
    byte[] body = new byte[bytes.remaining()];
    bytes.get(body);
    return body;
  }

  private static ProblemException nothing(long from) {
    return new ProblemException(
        new Problem(Problem.Kind.NOT_FOUND, "no frame begins with entry " + from + " here"));
  }
}
