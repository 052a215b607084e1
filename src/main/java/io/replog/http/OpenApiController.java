package io.replog.http;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;

/** The description of this API, as it is in the jar. */
@Controller("/openapi.yml")
final class OpenApiController {
  @Get
  @Produces("application/yaml")
  byte[] document(HttpRequest<?> request) {
    QueryParameters.of(request, List.of());
    try (InputStream document = getClass().getResourceAsStream("/openapi.yml")) {
      return Objects.requireNonNull(document, "openapi.yml in the jar").readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
