package io.replog.cluster;

import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpRequest;
import io.micronaut.http.client.HttpClient;
import io.micronaut.http.client.exceptions.HttpClientException;
import io.micronaut.http.client.exceptions.HttpClientResponseException;
import io.micronaut.retry.annotation.Retryable;
import io.replog.trust.ClusterSecret;
import jakarta.inject.Singleton;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * The call itself: a plain request, and repeating it changes nothing, so it is retried where it
 * gets no answer.
 */
@Singleton
@Requires(beans = SelfRegistration.Target.class)
class RegistrationCall {
  private static final String PATH = "/secondaries";

  private final HttpClient http;
  private final @Nullable ClusterSecret secret;

  RegistrationCall(HttpClient http, @Nullable ClusterSecret secret) {
    this.http = http;
    this.secret = secret;
  }

  /**
   * Registers.
   *
   * @throws HttpClientResponseException if the master refuses
   * @throws HttpClientException if it does not answer, three times
   */
  @Retryable(
      attempts = "3",
      delay = "100ms",
      multiplier = "2.0",
      jitter = "0.5",
      includes = HttpClientException.class,
      excludes = HttpClientResponseException.class)
  HttpStatus post(URI master, SelfRegistration.Registration body) {
    MutableHttpRequest<?> request = HttpRequest.POST(master.resolve(PATH), body);
    if (secret != null) {
      request.header(HttpHeaders.AUTHORIZATION, secret.sign("POST", PATH));
    }
    return http.toBlocking().exchange(request).status();
  }
}
