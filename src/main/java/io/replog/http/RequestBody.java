package io.replog.http;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.MediaType;
import io.micronaut.http.ServerHttpRequest;
import io.micronaut.http.body.AvailableByteBody;
import io.micronaut.http.exceptions.BufferLengthExceededException;
import io.micronaut.http.exceptions.ContentLengthExceededException;
import io.replog.http.Problem.Kind;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;

/** Takes in the JSON body of a request: its media type and size are checked before it is read. */
@Singleton
final class RequestBody {
  /** Longest body, in bytes; the server is configured not to buffer more. */
  static final int LONGEST = 8 << 20;

  /** From this size on a body is parsed elsewhere than on the event loop. */
  private static final int LARGE = 64 << 10;

  private final ExecutorService workers;
  private final BodyBudget budget = BodyBudget.ofThisProcess();

  RequestBody(@Named(ReaderThreads.READERS) ExecutorService workers) {
    this.workers = workers;
  }

  /** Reads the body; fails with a {@link ProblemException} where it is not a valid one. */
  <T> CompletableFuture<T> json(ServerHttpRequest<?> request, Function<byte[], T> parser) {
    requireJson(request);
    requirePlain(request);
    if (request.getContentLength() > LONGEST) {
      throw new ProblemException(ArrivingBody.tooLarge());
    }
    long length = request.getContentLength();
    // the framework keeps what comes piece by piece as so many objects
    if (length <= BodyBudget.SHORT && request.byteBody() instanceof AvailableByteBody whole) {
      return parsed(CompletableFuture.completedFuture(whole.toByteArray()), parser);
    }
    ArrivingBody arriving = new ArrivingBody(budget, length);
    return parsed(arriving.from(request.byteBody().toReadBufferPublisher()), parser)
        .whenComplete((value, failure) -> arriving.release());
  }

  private <T> CompletableFuture<T> parsed(
      CompletableFuture<byte[]> bytes, Function<byte[], T> parser) {
    return bytes
        .exceptionallyCompose(failure -> CompletableFuture.failedFuture(translated(failure)))
        .thenCompose(body -> parse(body, parser));
  }

  private <T> CompletableFuture<T> parse(byte[] body, Function<byte[], T> parser) {
    return body.length < LARGE
        ? CompletableFuture.completedFuture(parser.apply(body))
        : CompletableFuture.supplyAsync(() -> parser.apply(body), workers);
  }

  private static void requireJson(ServerHttpRequest<?> request) {
    MediaType type = request.getContentType().orElse(null);
    if (type == null
        || !type.getName().equalsIgnoreCase(MediaType.APPLICATION_JSON)
        || !"utf-8".equalsIgnoreCase(type.getParameters().get("charset").orElse("utf-8"))) {
      throw new ProblemException(
          new Problem(
              Kind.UNSUPPORTED_MEDIA_TYPE,
              "the body must be application/json in UTF-8, not "
                  + (type == null ? "of no named type" : type)));
    }
  }

  /** Nothing is unpacked: a small body could become a huge one. */
  private static void requirePlain(ServerHttpRequest<?> request) {
    String encoding = request.getHeaders().get(HttpHeaders.CONTENT_ENCODING);
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      throw new ProblemException(
          new Problem(
              Kind.UNSUPPORTED_MEDIA_TYPE, "the body must not be compressed, not " + encoding));
    }
  }

  private static Throwable translated(Throwable failure) {
    Throwable cause = failure instanceof CompletionException e ? e.getCause() : failure;
    return cause instanceof BufferLengthExceededException
            || cause instanceof ContentLengthExceededException
        ? new ProblemException(ArrivingBody.tooLarge())
        : failure;
  }
}
