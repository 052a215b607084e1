package io.replog.http;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpMethod;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.response.Error;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.ErrorResponseProcessor;
import io.netty.handler.codec.http.HttpObjectDecoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.replog.http.Problem.Kind;
import jakarta.inject.Singleton;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes a problem of every error that the framework finds by itself. */
@Singleton
final class ProblemResponses implements ErrorResponseProcessor<byte[]> {
  private static final int FIRST_SERVER_ERROR = 500;

  /** Bytes; the framework's own limits, which nothing changes. */
  private static final int LONGEST_LINE = HttpObjectDecoder.DEFAULT_MAX_INITIAL_LINE_LENGTH;

  private static final int LONGEST_HEADERS = HttpObjectDecoder.DEFAULT_MAX_HEADER_SIZE;

  @Override
  @SuppressWarnings("unchecked")
  public MutableHttpResponse<byte[]> processResponse(
      ErrorContext context, MutableHttpResponse<?> response) {
    Problem tooLong = tooLongHead(context);
    if (tooLong != null) {
      return tooLong.response().header(HttpHeaders.CONNECTION, "close");
    }
    if (context.getRequest().getMethod() == HttpMethod.HEAD) {
      return (MutableHttpResponse<byte[]>) response;
    }
    HttpStatus status = HttpStatus.valueOf(response.code());
    return new Problem(kind(status), detail(context, status)).on(response, status);
  }

  /** The framework calls it too large a body (413); what has to be shortened is another part. */
  private static @Nullable Problem tooLongHead(ErrorContext context) {
    return switch (ClientConnection.whyNotRead(context.getRequest())) {
      case TooLongHttpLineException _ ->
          new Problem(
                  Kind.URI_TOO_LONG,
                  "method, path and query may have %d bytes".formatted(LONGEST_LINE))
              .with("allowed", LONGEST_LINE);
      case TooLongHttpHeaderException _ ->
          new Problem(
                  Kind.HEADERS_TOO_LARGE,
                  "all headers together may have %d bytes".formatted(LONGEST_HEADERS))
              .with("allowed", LONGEST_HEADERS);
      case null, default -> null;
    };
  }

  private static Kind kind(HttpStatus status) {
    return Arrays.stream(Kind.values())
        .filter(kind -> kind.status() == status)
        .findFirst()
        .orElse(Kind.OTHER_ERROR);
  }

  /** A server's failure is logged, not told. */
  private static String detail(ErrorContext context, HttpStatus status) {
    if (status.getCode() >= FIRST_SERVER_ERROR) {
      return "the node's log says why";
    }
    String said =
        context.getErrors().stream().map(Error::getMessage).collect(Collectors.joining("; "));
    return said.isEmpty() ? status.getReason() : said;
  }
}
