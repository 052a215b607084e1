package io.replog.cluster.kubernetes;

import io.micronaut.discovery.DiscoveryClient;
import io.micronaut.discovery.ServiceInstance;
import io.replog.cluster.MemberListener;
import io.replog.cluster.MemberSource;
import io.replog.cluster.kubernetes.KubernetesApi.Answer;
import io.replog.config.NodeSettings;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;

/**
 * The secondaries of a StatefulSet. Who ought to be there is asked of the API server now and then,
 * with a limit. Where they answer is what the discovery client has: it watches the Service's
 * endpoints and keeps what it saw last while the API server is away, so looking there is free.
 */
final class KubernetesMembers implements MemberSource, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KubernetesMembers.class);

  /** The service id under which the discovery client is told of the Service. */
  static final String SERVICE_ID = "secondaries";

  private static final Duration LOOK_EVERY = Duration.ofSeconds(2);
  private static final Duration LOCATE_EVERY = Duration.ofMillis(250);
  private static final Duration LOCATE_LIMIT = Duration.ofSeconds(5);

  private final KubernetesApi api;
  private final NodeSettings.Kubernetes settings;
  private final ScheduledExecutorService calls;
  private final ScheduledExecutorService discovery =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("kubernetes-discovery").daemon(true).factory());
  private final AtomicBoolean lookDue = new AtomicBoolean();
  private @Nullable MemberListener listener;
  private @Nullable Supplier<DiscoveryClient> client;
  private boolean locating;
  private Set<String> located = Set.of();
  private String said = "";

  /**
   * @param calls the one thread on which the API server is called
   */
  KubernetesMembers(
      KubernetesApi api, NodeSettings.Kubernetes settings, ScheduledExecutorService calls) {
    this.api = api;
    this.settings = settings;
    this.calls = calls;
  }

  /**
   * Begins to look.
   *
   * @param found told of what is found
   * @param addresses the framework's discovery client; asked for on a thread of its own, and not
   *     before the API server has answered: it waits for it
   */
  void start(MemberListener found, Supplier<DiscoveryClient> addresses) {
    calls.execute(
        () -> {
          listener = found;
          client = addresses;
        });
    var _ =
        calls.scheduleWithFixedDelay(
            this::lookNow, 0, LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public String name() {
    return "kubernetes";
  }

  @Override
  public void look() {
    if (!calls.isShutdown() && lookDue.compareAndSet(false, true)) {
      calls.execute(this::lookNow);
    }
  }

  private void lookNow() {
    lookDue.set(false);
    MemberListener told = listener;
    Supplier<DiscoveryClient> addresses = client;
    if (told == null || addresses == null) {
      return;
    }
    try {
      look(told);
      if (said.isEmpty() && !locating) {
        locating = true;
        var _ =
            discovery.scheduleWithFixedDelay(
                () -> locate(told, addresses), 0, LOCATE_EVERY.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (RuntimeException e) {
      failed(told, "the answer is of a form that is not known: " + e);
    }
  }

  private void look(MemberListener told) {
    String name = settings.namespace() + "/" + settings.statefulSet();
    switch (api.statefulSet(settings.statefulSet())) {
      case Answer.Found(var object) -> {
        told.desired(
            new StatefulSet(object)
                .members(settings.scheme(), settings.namespace(), settings.service()));
        if (!said.isEmpty()) {
          LOG.info("the Kubernetes API answers again");
          said = "";
        }
      }
      case Answer.Missing() -> failed(told, "there is no StatefulSet " + name);
      case Answer.Refused(int status, String why) -> failed(told, why);
      case Answer.Unreachable(String why) ->
          failed(told, "the Kubernetes API does not answer: " + why);
    }
  }

  private void failed(MemberListener told, String why) {
    if (!why.equals(said)) {
      said = why;
      LOG.warn("the members stay as they are known why={}", why);
    }
    told.unavailable(why);
  }

  private void locate(MemberListener told, Supplier<DiscoveryClient> addresses) {
    try {
      List<ServiceInstance> instances =
          Flux.from(addresses.get().getInstances(SERVICE_ID)).blockFirst(LOCATE_LIMIT);
      Set<String> now =
          instances == null
              ? Set.of()
              : instances.stream()
                  .map(instance -> instance.getURI().toString())
                  // the port's name says http to the framework, whatever is spoken there
                  .map(url -> url.replaceFirst("^https?", settings.scheme()))
                  .collect(Collectors.toUnmodifiableSet());
      if (!now.equals(located)) {
        located = now;
        LOG.info("secondaries located urls={}", now);
        told.located(now);
      }
    } catch (RuntimeException e) {
      LOG.warn("the addresses stay as they are known", e);
    }
  }

  @Override
  public void close() {
    discovery.shutdownNow();
  }
}
