package io.replog.cluster;

import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.client.HttpClient;
import io.micronaut.http.client.exceptions.HttpClientException;
import io.micronaut.http.client.exceptions.HttpClientResponseException;
import io.micronaut.retry.annotation.Retryable;
import jakarta.inject.Singleton;
import java.net.URI;

/**
 * The call itself: a plain request, and repeating it changes nothing, so it is retried where it
 * gets no answer.
 */
@Singleton
@Requires(beans = SelfRegistration.Target.class)
class RegistrationCall {
  private final HttpClient http;

  RegistrationCall(HttpClient http) {
    this.http = http;
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
    return http.toBlocking()
        .exchange(HttpRequest.POST(master.resolve("/secondaries"), body))
        .status();
  }
}
