package io.replog.http;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micronaut.context.annotation.Requires;
import io.replog.core.NodeRole;
import io.replog.core.NodeStatus;
import io.replog.node.ClusterView.Secondary;
import io.replog.node.Node;
import io.replog.node.NodeNumbers;
import io.replog.observability.Meters;
import io.replog.storage.ColdSegments.Figures;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** What a node shows of itself, read when somebody asks: it costs the node nothing meanwhile. */
@Singleton
@Requires(beans = Node.class)
final class NodeMetrics implements MeterBinder {
  private final Node node;
  private final Map<String, MultiGauge> ofSecondaries = new HashMap<>();
  private List<String> known = List.of();

  NodeMetrics(Node node) {
    this.node = node;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    gauge(registry, Meters.LAST_SEQUENCE, "End of this node's log", n -> marks(n).lastSequence());
    gauge(
        registry,
        Meters.DURABLE_SEQUENCE,
        "End of what this node has synced",
        n -> n.numbers().durableSequence());
    gauge(
        registry,
        Meters.COMMITTED_SEQUENCE,
        "End of what this node knows a majority to have on disk",
        n -> marks(n).committedSequence());
    gauge(registry, Meters.EPOCH, "The highest epoch this node knows", n -> n.cluster().epoch());
    gauge(
        registry,
        Meters.WRITABLE,
        "1 on the active master while it takes appends",
        n -> truth(n.cluster().readWrite()));
    gauge(registry, Meters.READY, "1 while this node is to get requests", n -> truth(n.ready()));
    gauge(
        registry,
        Meters.COPIES,
        "Copies that there should be, as the active master knows",
        n -> orUnknown(n.cluster().copies()));
    gauge(
        registry,
        Meters.COPIES_MAJORITY,
        "Copies that make a majority",
        n -> orUnknown(n.cluster().majority()));
    gauge(
        registry,
        Meters.COPIES_AVAILABLE,
        "Copies that answer",
        n -> orUnknown(n.cluster().available()));
    for (NodeRole role : NodeRole.values()) {
      Gauge.builder(Meters.ROLE, node, n -> truth(n.role() == role))
          .description("1 for the role that this node has")
          .tag(Meters.ROLE_TAG, role.name())
          .register(registry);
    }
    gauge(
        registry,
        Meters.APPENDS_WAITING,
        "Appends that wait for their copies",
        n -> n.numbers().appendsWaiting());
    counter(registry, Meters.TAKEOVERS, "Became the active master", NodeNumbers::takeovers);
    counter(registry, Meters.ROLLED_BACK, "Entries cut from the log", NodeNumbers::rolledBack);
    counter(
        registry,
        Meters.BAD_SIGNATURES,
        "Signed statements that nobody in the ring had signed",
        NodeNumbers::badSignatures);
    FunctionTimer.builder(
            Meters.LOG_SYNC,
            node,
            n -> n.numbers().syncs(),
            n -> n.numbers().syncNanos(),
            TimeUnit.NANOSECONDS)
        .description("Rounds that forced the log to disk")
        .register(registry);
    bindScrub(registry);
    bindSecondaries(registry);
  }

  private void bindScrub(MeterRegistry registry) {
    cold(registry, Meters.SCRUB_BYTES, "Closed log files read again, in bytes", Figures::bytes);
    cold(registry, Meters.DAMAGE_FOUND, "Log files found damaged", Figures::damaged);
    cold(registry, Meters.DAMAGE_REPAIRED, "Log files put right", Figures::repaired);
    gauge(
        registry,
        Meters.SCRUB_LAST_ROUND,
        "When all closed log files had been read again, in seconds since 1970; 0 for not yet",
        n -> n.log().cold().figures().lastRoundMillis() / 1e3);
  }

  private void cold(
      MeterRegistry registry, String name, String description, ToDoubleFunction<Figures> value) {
    FunctionCounter.builder(name, node, n -> value.applyAsDouble(n.log().cold().figures()))
        .description(description)
        .register(registry);
  }

  private void bindSecondaries(MeterRegistry registry) {
    multi(registry, Meters.SECONDARY_STATUS, "1 for the status that the secondary has");
    multi(registry, Meters.SECONDARY_VOTING, "1 while the secondary votes");
    multi(registry, Meters.SECONDARY_LAST_SEQUENCE, "What the secondary has acknowledged");
    multi(registry, Meters.SECONDARY_LAG, "Entries that the secondary is behind");
    multi(registry, Meters.SECONDARY_LAST_CONTACT, "Age of its last answer");
    multi(registry, Meters.SECONDARY_IN_FLIGHT, "Bytes sent to it and not stored yet");
    update();
    // the node's thread is not to wait for the registry's locks; the set of nodes rarely changes
    node.onClusterChange(() -> Thread.ofVirtual().name("meters").start(this::update));
  }

  /** A row for each secondary that there is, none for one that is gone. */
  private synchronized void update() {
    List<String> names = node.cluster().nodes().stream().map(Secondary::node).toList();
    if (names.equals(known)) {
      return;
    }
    known = names;
    rows(Meters.SECONDARY_VOTING, names, secondary -> truth(secondary.voting()));
    rows(Meters.SECONDARY_LAST_SEQUENCE, names, Secondary::lastSequence);
    rows(Meters.SECONDARY_LAG, names, Secondary::lag);
    rows(
        Meters.SECONDARY_LAST_CONTACT,
        names,
        secondary -> {
          Long ms = secondary.lastContactMs();
          return ms == null ? Double.NaN : ms / 1e3;
        });
    rows(
        Meters.SECONDARY_IN_FLIGHT,
        names,
        secondary -> node.numbers().inFlightBytes().getOrDefault(secondary.node(), 0L));
    List<MultiGauge.Row<?>> statuses = new ArrayList<>();
    for (NodeStatus status : NodeStatus.values()) {
      for (String name : names) {
        Tags tags = Tags.of(Meters.SECONDARY, name, Meters.STATUS, status.name());
        statuses.add(row(tags, name, secondary -> truth(secondary.status() == status)));
      }
    }
    register(Meters.SECONDARY_STATUS, statuses);
  }

  private void rows(String meter, List<String> names, ToDoubleFunction<Secondary> value) {
    List<MultiGauge.Row<?>> rows = new ArrayList<>();
    names.forEach(name -> rows.add(row(Tags.of(Meters.SECONDARY, name), name, value)));
    register(meter, rows);
  }

  private MultiGauge.Row<Node> row(Tags tags, String name, ToDoubleFunction<Secondary> value) {
    return MultiGauge.Row.of(
        tags,
        node,
        n ->
            n.cluster().nodes().stream()
                .filter(secondary -> secondary.node().equals(name))
                .mapToDouble(value)
                .findFirst()
                .orElse(Double.NaN));
  }

  private void register(String meter, List<MultiGauge.Row<?>> rows) {
    MultiGauge gauge = ofSecondaries.get(meter);
    if (gauge != null) {
      gauge.register(rows, true);
    }
  }

  private void multi(MeterRegistry registry, String name, String description) {
    ofSecondaries.put(name, MultiGauge.builder(name).description(description).register(registry));
  }

  private void gauge(
      MeterRegistry registry, String name, String description, ToDoubleFunction<Node> value) {
    Gauge.builder(name, node, value).description(description).register(registry);
  }

  private void counter(
      MeterRegistry registry,
      String name,
      String description,
      ToDoubleFunction<NodeNumbers> value) {
    FunctionCounter.builder(name, node, n -> value.applyAsDouble(n.numbers()))
        .description(description)
        .register(registry);
  }

  private static Node.Watermarks marks(Node node) {
    return node.watermarks();
  }

  private static double truth(boolean is) {
    return is ? 1 : 0;
  }

  private static double orUnknown(@Nullable Integer number) {
    return number == null ? Double.NaN : number;
  }
}
