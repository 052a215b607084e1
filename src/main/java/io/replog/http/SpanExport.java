package io.replog.http;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.replog.core.AppendOutcome;
import io.replog.core.AppendOutcome.Appended;
import io.replog.node.Node.EntryTrace;
import java.net.URI;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Appends as OpenTelemetry has them: a span from arrival to answer, and one a copy from where it
 * was sent to where it was on that node's disk. Loaded only where tracing is on. What the collector
 * does not take in time is dropped, as the library does.
 */
final class SpanExport implements AutoCloseable {
  private static final AttributeKey<Long> SEQUENCE = AttributeKey.longKey("replog.sequence");
  private static final AttributeKey<Long> EPOCH = AttributeKey.longKey("replog.epoch");
  private static final AttributeKey<String> CONCERN = AttributeKey.stringKey("replog.w");
  private static final AttributeKey<Boolean> JOURNAL = AttributeKey.booleanKey("replog.j");
  private static final AttributeKey<Boolean> SATISFIED =
      AttributeKey.booleanKey("replog.satisfied");
  private static final AttributeKey<String> NODE = AttributeKey.stringKey("replog.node");
  private static final AttributeKey<Boolean> DURABLE = AttributeKey.booleanKey("replog.durable");
  private static final long STOP_SECONDS = 2;

  private static final TextMapGetter<String> HEADER =
      new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(String parent) {
          return List.of(AppendTraces.TRACEPARENT);
        }

        @Override
        public @Nullable String get(@Nullable String parent, String key) {
          return key.equals(AppendTraces.TRACEPARENT) ? parent : null;
        }
      };

  private final SdkTracerProvider provider;
  private final Tracer tracer;

  /**
   * @param endpoint of the collector, without the path
   * @param node the id of this node
   */
  SpanExport(URI endpoint, String node) {
    String base = endpoint.toString().replaceAll("/+$", "");
    Resource resource =
        Resource.getDefault()
            .merge(
                Resource.create(
                    Attributes.of(
                        AttributeKey.stringKey("service.name"),
                        "replog",
                        AttributeKey.stringKey("service.instance.id"),
                        node)));
    provider =
        SdkTracerProvider.builder()
            .setResource(resource)
            .addSpanProcessor(
                BatchSpanProcessor.builder(
                        OtlpHttpSpanExporter.builder().setEndpoint(base + "/v1/traces").build())
                    .build())
            .build();
    tracer = provider.get("io.replog");
  }

  /** Whether a header names a trace that is being recorded. */
  static boolean isSampled(String traceparent) {
    return Span.fromContext(parent(traceparent)).getSpanContext().isSampled();
  }

  private static Context parent(String traceparent) {
    return W3CTraceContextPropagator.getInstance().extract(Context.root(), traceparent, HEADER);
  }

  /** The span of an append that is answered now. */
  Append append(AppendTraces.Traced trace, AppendOutcome outcome, Instant now) {
    Span span =
        tracer
            .spanBuilder("append")
            .setParent(parent(trace.parent()))
            .setSpanKind(SpanKind.SERVER)
            .setStartTimestamp(trace.began())
            .startSpan();
    if (outcome instanceof Appended appended) {
      span.setAttribute(SEQUENCE, appended.lastSequence())
          .setAttribute(EPOCH, appended.epoch())
          .setAttribute(CONCERN, String.valueOf(appended.concern()).toLowerCase(Locale.ROOT))
          .setAttribute(JOURNAL, appended.journal())
          .setAttribute(SATISFIED, appended.satisfied());
    } else {
      span.setStatus(StatusCode.ERROR, outcome.getClass().getSimpleName());
    }
    span.end(now);
    return new Append(span, trace.began());
  }

  /** A span of an append, to which those of its copies come later. */
  final class Append {
    private final Span span;
    private final long beganNanos;

    private Append(Span span, Instant began) {
      this.span = span;
      this.beganNanos = TimeUnit.SECONDS.toNanos(began.getEpochSecond()) + began.getNano();
    }

    /** What happened on each node. */
    void copies(EntryTrace found) {
      Map<String, Span> open = new LinkedHashMap<>();
      Map<String, Long> ends = new LinkedHashMap<>();
      long appended = -1;
      for (EntryTrace.Event event : found.timeline()) {
        long shown = TimeUnit.MILLISECONDS.toNanos(event.at());
        if (event.ms() == 0 && appended < 0) {
          appended = shown;
        }
        // the first event's whole milliseconds, and from there on to the microsecond
        long exact = event.ms() < 0 || appended < 0 ? shown : appended + (long) (event.ms() * 1e6);
        long at = Math.max(beganNanos, exact);
        Span copy = open.computeIfAbsent(event.node(), node -> begin(node, event, at));
        copy.addEvent(event.event(), at, TimeUnit.NANOSECONDS);
        ends.merge(event.node(), at, Math::max);
      }
      open.forEach(
          (node, copy) -> {
            boolean durable =
                found.copies().stream().anyMatch(one -> one.node().equals(node) && one.durable());
            copy.setAttribute(DURABLE, durable);
            copy.end(ends.getOrDefault(node, beganNanos), TimeUnit.NANOSECONDS);
          });
    }

    private Span begin(String node, EntryTrace.Event first, long at) {
      SpanBuilder copy =
          tracer
              .spanBuilder("copy")
              .setParent(span.storeInContext(Context.root()))
              .setSpanKind(first.event().equals("appended") ? SpanKind.INTERNAL : SpanKind.CLIENT)
              .setStartTimestamp(at, TimeUnit.NANOSECONDS);
      return copy.startSpan().setAttribute(NODE, node);
    }
  }

  @Override
  public void close() {
    provider.shutdown().join(STOP_SECONDS, TimeUnit.SECONDS);
  }
}
