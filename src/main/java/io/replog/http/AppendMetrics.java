package io.replog.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Requires;
import io.replog.core.AppendOutcome;
import io.replog.core.AppendOutcome.Appended;
import io.replog.core.AppendOutcome.Injected;
import io.replog.core.AppendOutcome.Refused;
import io.replog.core.AppendOutcome.Unknown;
import io.replog.core.Refusal;
import io.replog.node.Node;
import io.replog.observability.Meters;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Appends as they were answered. Every meter is made beforehand: what an append pays is some
 * additions on its connection's event loop, and nothing on the node's thread.
 *
 * <p>Made with the context: whoever asks for the registry first has all meters bound, and that is
 * to be neither the first append nor the first scrape.
 */
@Context
@Requires(beans = Node.class)
final class AppendMetrics {
  private static final Duration[] BUCKETS =
      Stream.of(
              "0.00025", "0.0005", "0.001", "0.002", "0.005", "0.01", "0.02", "0.05", "0.1", "0.2",
              "0.5", "1", "2", "5", "10")
          .map(seconds -> Duration.parse("PT" + seconds + "S"))
          .toArray(Duration[]::new);

  /** How an append was answered; the names are the tag's values in lower case. */
  private enum Outcome {
    SATISFIED,
    NOT_IN_TIME,
    REPLAYED,
    REFUSED,
    UNKNOWN,
    INJECTED
  }

  /** Why an append was refused; the names are those of the problems. */
  private enum Reason {
    NOT_MASTER,
    NOT_ACTIVE,
    NO_QUORUM,
    OVERLOADED,
    DISK_FULL,
    DISK_FAILED,
    SEQUENCE_MISMATCH,
    KEY_REUSED,
    TOO_MANY_COPIES,
    NO_EVIDENCE
  }

  private final Map<Outcome, Timer> outcomes;
  private final Map<Reason, Counter> reasons;
  private final Counter messages;
  private final Counter bytes;

  AppendMetrics(MeterRegistry registry) {
    outcomes =
        all(
            Outcome.class,
            outcome ->
                Timer.builder(Meters.APPEND)
                    .description("From an append's arrival to its answer, by outcome")
                    .tag(Meters.OUTCOME, outcome.name().toLowerCase(Locale.ROOT))
                    .serviceLevelObjectives(BUCKETS)
                    .register(registry));
    reasons =
        all(
            Reason.class,
            reason ->
                Counter.builder(Meters.APPEND_REFUSALS)
                    .description("Appends of which nothing is in the log, by reason")
                    .tag(Meters.REASON, reason.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .register(registry));
    messages =
        Counter.builder(Meters.APPEND_MESSAGES)
            .description("Messages that appends put into the log")
            .register(registry);
    bytes =
        Counter.builder(Meters.APPEND_BYTES)
            .description("UTF-8 bytes of the messages that appends put into the log")
            .register(registry);
  }

  private static <K extends Enum<K>, V> Map<K, V> all(Class<K> type, Function<K, V> value) {
    Map<K, V> all = new EnumMap<>(type);
    for (K key : type.getEnumConstants()) {
      all.put(key, value.apply(key));
    }
    return all;
  }

  /**
   * An append is answered.
   *
   * @param count its messages
   * @param size their UTF-8 bytes
   * @param nanos since it arrived
   */
  void answered(int count, long size, AppendOutcome outcome, long nanos) {
    switch (outcome) {
      case Appended appended when appended.replayed() -> record(Outcome.REPLAYED, nanos);
      case Appended appended -> {
        record(appended.satisfied() ? Outcome.SATISFIED : Outcome.NOT_IN_TIME, nanos);
        messages.increment(count);
        bytes.increment((double) size);
      }
      case Refused(Refusal why) -> {
        record(Outcome.REFUSED, nanos);
        counter(reason(why)).increment();
      }
      case Unknown unknown -> record(Outcome.UNKNOWN, nanos);
      case Injected injected -> record(Outcome.INJECTED, nanos);
    }
  }

  /**
   * An append was refused before it was read: too many are there.
   *
   * @param nanos since it arrived
   */
  void turnedAway(long nanos) {
    record(Outcome.REFUSED, nanos);
    counter(Reason.OVERLOADED).increment();
  }

  private void record(Outcome outcome, long nanos) {
    Objects.requireNonNull(outcomes.get(outcome)).record(nanos, TimeUnit.NANOSECONDS);
  }

  private Counter counter(Reason reason) {
    return Objects.requireNonNull(reasons.get(reason));
  }

  private static Reason reason(Refusal why) {
    return switch (why) {
      case Refusal.NotMaster refusal -> Reason.NOT_MASTER;
      case Refusal.NotActive refusal -> Reason.NOT_ACTIVE;
      case Refusal.NoQuorum refusal -> Reason.NO_QUORUM;
      case Refusal.Overloaded refusal -> Reason.OVERLOADED;
      case Refusal.TooMuchAtOnce refusal -> Reason.OVERLOADED;
      case Refusal.DiskFull refusal -> Reason.DISK_FULL;
      case Refusal.DiskFailed refusal -> Reason.DISK_FAILED;
      case Refusal.SequenceMismatch refusal -> Reason.SEQUENCE_MISMATCH;
      case Refusal.KeyReused refusal -> Reason.KEY_REUSED;
      case Refusal.TooManyCopies refusal -> Reason.TOO_MANY_COPIES;
      case Refusal.NoEvidence refusal -> Reason.NO_EVIDENCE;
    };
  }
}
