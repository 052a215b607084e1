package io.replog.cluster.kubernetes;

import io.kubernetes.client.openapi.ApiClient;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.event.BeanCreatedEvent;
import io.micronaut.context.event.BeanCreatedEventListener;
import jakarta.inject.Singleton;
import java.time.Duration;

/**
 * The discovery client's watch waits for the API server for ever. A ping tells it in seconds that a
 * connection is dead which nobody closed, where it would else be a minute.
 */
@Singleton
@Requires(property = ApiPing.ACTIVE, value = "true")
final class ApiPing implements BeanCreatedEventListener<ApiClient> {
  static final String ACTIVE = "replog.kubernetes.discovery";

  private static final Duration EVERY = Duration.ofSeconds(5);

  @Override
  public ApiClient onCreated(BeanCreatedEvent<ApiClient> event) {
    ApiClient client = event.getBean();
    client.setHttpClient(client.getHttpClient().newBuilder().pingInterval(EVERY).build());
    return client;
  }
}
