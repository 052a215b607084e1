package io.replog.http;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.ServerHttpRequest;

/**
 * Takes the binary streams of {@code POST /replicate}. It refuses every media type and version that
 * it does not speak with 415 and names those it does.
 */
@FunctionalInterface
public interface StreamEndpoint {
  HttpResponse<?> open(ServerHttpRequest<?> request);
}
