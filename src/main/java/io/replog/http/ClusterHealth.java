package io.replog.http;

import io.micronaut.context.BeanProvider;
import io.micronaut.core.async.publisher.Publishers;
import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import io.micronaut.management.health.indicator.annotation.Readiness;
import io.replog.cluster.SelfRegistration;
import io.replog.core.NodeRole;
import io.replog.node.ClusterView;
import io.replog.node.Node;
import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.Map;
import org.reactivestreams.Publisher;

/** Whether this node is to get requests; on a master with the secondaries as it sees them. */
@Singleton
@Readiness
final class ClusterHealth implements HealthIndicator {
  private final Node node;
  private final BeanProvider<SelfRegistration> registration;

  /**
   * @param registration present where the node registers itself
   */
  ClusterHealth(Node node, BeanProvider<SelfRegistration> registration) {
    this.node = node;
    this.registration = registration;
  }

  @Override
  public Publisher<HealthResult> getResult() {
    ClusterView view = node.cluster();
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("node", view.node());
    details.put("role", view.role());
    details.put("lastSequence", view.lastSequence());
    String refusal = registration.isPresent() ? registration.get().refusal() : null;
    if (refusal != null) {
      details.put("registration", refusal);
    }
    if (view.role() != NodeRole.SECONDARY) {
      details.put("nodes", ClusterDocument.secondaries(view));
    }
    var discovery = ClusterDocument.discovery(view.discovery());
    if (discovery != null) {
      details.put("discovery", discovery);
    }
    return Publishers.just(
        HealthResult.builder("cluster", node.ready() ? HealthStatus.UP : HealthStatus.DOWN)
            .details(details)
            .build());
  }
}
