package io.replog.http;

import io.micronaut.http.HttpMethod;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.response.Error;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.ErrorResponseProcessor;
import io.replog.http.Problem.Kind;
import jakarta.inject.Singleton;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Makes a problem of every error that the framework finds by itself. */
@Singleton
final class ProblemResponses implements ErrorResponseProcessor<byte[]> {
  private static final int FIRST_SERVER_ERROR = 500;

  @Override
  @SuppressWarnings("unchecked")
  public MutableHttpResponse<byte[]> processResponse(
      ErrorContext context, MutableHttpResponse<?> response) {
    if (context.getRequest().getMethod() == HttpMethod.HEAD) {
      return (MutableHttpResponse<byte[]>) response;
    }
    HttpStatus status = HttpStatus.valueOf(response.code());
    return new Problem(kind(status), detail(context, status)).on(response, status);
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
