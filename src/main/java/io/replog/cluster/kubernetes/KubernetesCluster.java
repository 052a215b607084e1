package io.replog.cluster.kubernetes;

import io.micronaut.context.ApplicationContext;
import io.micronaut.kubernetes.discovery.KubernetesDiscoveryClient;
import io.replog.cluster.ClusterRecords;
import io.replog.cluster.MemberListener;
import io.replog.cluster.MemberSource;
import io.replog.config.NodeSettings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** A master's surroundings in Kubernetes, put together. Nothing runs before {@link #start}. */
public final class KubernetesCluster implements AutoCloseable {
  /** The framework's name of the environment in which its discovery client is there. */
  public static final String ENVIRONMENT = "k8s";

  private final NodeSettings.Kubernetes settings;
  private final ScheduledExecutorService calls =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("kubernetes-api").daemon(true).factory());
  private final KubernetesMembers members;
  private final KubernetesRecords records;

  public KubernetesCluster(NodeSettings.Kubernetes settings) {
    KubernetesApi api = new KubernetesApi(settings);
    this.settings = settings;
    this.members = new KubernetesMembers(api, settings, calls);
    this.records = new KubernetesRecords(api, settings, calls);
  }

  public MemberSource members() {
    return members;
  }

  public ClusterRecords records() {
    return records;
  }

  /** What the framework's discovery client has to be told. */
  public Map<String, Object> properties() {
    String discovery = "kubernetes.client.discovery.";
    String service = discovery + "services." + KubernetesMembers.SERVICE_ID + ".";
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put(ApiPing.ACTIVE, true);
    properties.put("kubernetes.client.namespace", settings.namespace());
    // asked each time, it would give an empty list whenever the API server is away
    properties.put(discovery + "mode-configuration.endpoint.watch.enabled", true);
    properties.put(service + "name", settings.service());
    properties.put(service + "namespace", settings.namespace());
    properties.put(service + "port", "http");
    // it would turn readiness when the API server is away
    properties.put("endpoints.health.kubernetes.enabled", false);
    if (settings.api() != null) {
      properties.put("kubernetes.client.base-path", settings.api().toString());
    }
    return properties;
  }

  /** Begins to look for members. */
  public void start(ApplicationContext context, MemberListener listener) {
    members.start(listener, () -> context.getBean(KubernetesDiscoveryClient.class));
  }

  @Override
  public void close() {
    members.close();
    calls.shutdownNow();
  }
}
