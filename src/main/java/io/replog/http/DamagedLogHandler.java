package io.replog.http;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import io.replog.storage.DamagedLogException;
import jakarta.inject.Singleton;

/**
 * Answers a reading that came upon damage: with the place, and with nothing of what lies there. The
 * node has heard of it already, and puts it right.
 */
@Singleton
@Produces("application/problem+json")
final class DamagedLogHandler implements ExceptionHandler<DamagedLogException, HttpResponse<?>> {
  @Override
  @SuppressWarnings("rawtypes")
  public HttpResponse<?> handle(HttpRequest request, DamagedLogException damage) {
    return new Problem(Problem.Kind.LOG_DAMAGED, String.valueOf(damage.getMessage()))
        .with("file", damage.file())
        .with("offset", damage.offset())
        .with("sequence", damage.sequence())
        .response();
  }
}
