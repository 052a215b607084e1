package io.replog.http;

import io.micronaut.http.HttpHeaders;
import io.replog.core.AppendOutcome;
import io.replog.core.AppendOutcome.Appended;
import io.replog.node.Node;
import io.replog.node.Node.EntryTrace;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Spans of the appends whose clients asked for them by a sampled W3C {@code traceparent}, where
 * tracing is on. They are put together afterwards, from the times that the master remembers anyway:
 * an append pays for a look at one header, and for nothing at all where tracing is off.
 *
 * <p>Any thread.
 */
@Singleton
final class AppendTraces {
  static final String TRACEPARENT = "traceparent";

  /** Appends whose copies are still waited for; further ones get no spans of copies. */
  private static final int MOST_OPEN = 1000;

  private static final long LOOK_MILLIS = 500;
  private static final int LOOKS = 60;

  private final Node node;
  private final Semaphore places = new Semaphore(MOST_OPEN);
  private final @Nullable SpanExport spans;
  private final @Nullable ScheduledExecutorService looking;

  AppendTraces(Node node, HttpSettings settings) {
    this.node = node;
    URI endpoint = settings.tracing();
    if (endpoint == null) {
      spans = null;
      looking = null;
    } else {
      spans = new SpanExport(endpoint, node.id());
      looking =
          Executors.newSingleThreadScheduledExecutor(
              Thread.ofPlatform().name("traces").daemon(true).factory());
    }
  }

  /** An append that is traced: whom its client named as parent, and since when. */
  record Traced(String parent, Instant began) {}

  /** Null where this append is not traced. */
  @Nullable Traced begin(HttpHeaders headers) {
    if (spans == null) {
      return null;
    }
    String parent = headers.get(TRACEPARENT);
    return parent != null && SpanExport.isSampled(parent)
        ? new Traced(parent, Instant.now())
        : null;
  }

  /** The answer leaves now. */
  void answered(@Nullable Traced trace, AppendOutcome outcome) {
    if (trace == null || spans == null) {
      return;
    }
    SpanExport.Append append = spans.append(trace, outcome, Instant.now());
    if (outcome instanceof Appended appended && places.tryAcquire()) {
      look(append, appended.lastSequence(), LOOKS);
    }
  }

  /** Looks now and then until every copy is on disk, or for half a minute. */
  private void look(SpanExport.Append append, long sequence, int left) {
    if (looking == null) {
      return;
    }
    try {
      var _ =
          looking.schedule(
              () -> node.trace(sequence, found -> look(append, sequence, left, found)),
              LOOK_MILLIS,
              TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException stopping) {
      places.release();
    }
  }

  private void look(SpanExport.Append append, long sequence, int left, @Nullable EntryTrace found) {
    boolean whole = found == null || found.copies().stream().allMatch(copy -> copy.durable());
    if (!whole && left > 1) {
      look(append, sequence, left - 1);
      return;
    }
    places.release();
    if (found != null && looking != null) {
      try {
        looking.execute(() -> append.copies(found));
      } catch (RejectedExecutionException stopping) {
        // the node stops: what is not exported by now is not exported
      }
    }
  }

  @PreDestroy
  void close() {
    if (looking != null) {
      looking.shutdownNow();
    }
    if (spans != null) {
      spans.close();
    }
  }
}
