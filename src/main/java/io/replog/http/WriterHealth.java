package io.replog.http;

import io.micronaut.core.async.publisher.Publishers;
import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import io.micronaut.management.health.indicator.annotation.Liveness;
import io.replog.node.Node;
import jakarta.inject.Singleton;
import org.reactivestreams.Publisher;

/** Whether the node's own threads live. Never depends on peers. */
@Singleton
@Liveness
final class WriterHealth implements HealthIndicator {
  private final Node node;

  WriterHealth(Node node) {
    this.node = node;
  }

  @Override
  public Publisher<HealthResult> getResult() {
    return Publishers.just(
        HealthResult.builder("writer", node.alive() ? HealthStatus.UP : HealthStatus.DOWN).build());
  }
}
