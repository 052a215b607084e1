package io.replog.http;

import io.micronaut.http.HttpRequest;
import io.replog.core.ReadConcern;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a read asks for.
 *
 * @param from first sequence, 0 for the first that there is
 * @param limit most messages, {@link Long#MAX_VALUE} without a limit
 * @param patience how long it may wait for what is not there yet
 * @param atLeast sequence that this node must have, null for any
 */
record ReadQuery(
    long from, long limit, ReadConcern concern, Duration patience, @Nullable Long atLeast) {
  private static final long LONGEST_WAIT_MS = 60_000;
  private static final long FROM_START = 0;
  private static final List<String> PARAMETERS =
      List.of("from", "limit", "concern", "wait", "atLeast");
  private static final List<String> TAIL_PARAMETERS = List.of("from", "limit", "concern");
  private static final String LAST_EVENT_ID = "Last-Event-ID";

  /** Reads the query of a list. */
  static ReadQuery ofList(HttpRequest<?> request) {
    QueryParameters query = QueryParameters.of(request, PARAMETERS);
    return new ReadQuery(
        query.whole("from", 1, Long.MAX_VALUE, FROM_START),
        query.whole("limit", 1, Long.MAX_VALUE, Long.MAX_VALUE),
        concern(query, List.of(ReadConcern.values())),
        Duration.ofMillis(query.whole("wait", 0, LONGEST_WAIT_MS, 0)),
        query.has("atLeast") ? query.whole("atLeast", 1, Long.MAX_VALUE, 1) : null);
  }

  /** Reads the query of a live tail; the last event that a client has seen goes before from. */
  static ReadQuery ofTail(HttpRequest<?> request) {
    QueryParameters query = QueryParameters.of(request, TAIL_PARAMETERS);
    long from = query.whole("from", 1, Long.MAX_VALUE, FROM_START);
    String seen = request.getHeaders().get(LAST_EVENT_ID);
    if (seen != null && !seen.isEmpty()) {
      from = QueryParameters.parse("header " + LAST_EVENT_ID, seen, 0, Long.MAX_VALUE - 1) + 1;
    }
    return new ReadQuery(
        from,
        query.whole("limit", 1, Long.MAX_VALUE, Long.MAX_VALUE),
        concern(query, List.of(ReadConcern.LOCAL, ReadConcern.MAJORITY)),
        Duration.ZERO,
        null);
  }

  /**
   * The same with a first sequence that there is.
   *
   * @param firstSequence where the log begins
   * @throws ProblemException if it begins after what was asked for
   */
  ReadQuery within(long firstSequence) {
    if (from != FROM_START && from < firstSequence) {
      throw new ProblemException(Problem.trimmed(from, firstSequence));
    }
    return new ReadQuery(Math.max(from, firstSequence), limit, concern, patience, atLeast);
  }

  /** The last sequence of the answer when the log may be shown up to {@code last}. */
  long end(long last) {
    return limit > last - from ? last : from + limit - 1;
  }

  private static ReadConcern concern(QueryParameters query, List<ReadConcern> allowed) {
    String text = query.text("concern");
    if (text == null) {
      return ReadConcern.LOCAL;
    }
    return allowed.stream()
        .filter(concern -> name(concern).equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                ProblemException.invalid(
                    "parameter \"concern\" must be one of "
                        + allowed.stream().map(ReadQuery::name).collect(Collectors.joining(", "))));
  }

  private static String name(ReadConcern concern) {
    return concern.name().toLowerCase(Locale.ROOT);
  }
}
