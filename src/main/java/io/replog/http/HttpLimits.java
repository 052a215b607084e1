package io.replog.http;

import java.time.Duration;

/**
 * What clients may cost.
 *
 * @param connections open at once
 * @param streams live streams of events, open at once
 * @param idle until the head of a connection's next request is there
 * @param requestTime from a request's head to the end of its body
 * @param slowReader without a byte taken of an answer that waits to leave
 */
public record HttpLimits(
    int connections, int streams, Duration idle, Duration requestTime, Duration slowReader) {
  /** As they are where nothing is set. */
  public static final HttpLimits DEFAULT =
      new HttpLimits(
          2000, 1000, Duration.ofSeconds(75), Duration.ofSeconds(60), Duration.ofSeconds(30));

  /** How often a connection is looked at: a limit is kept to a quarter of the shortest. */
  Duration tick() {
    Duration least = idle.compareTo(requestTime) < 0 ? idle : requestTime;
    return (least.compareTo(slowReader) < 0 ? least : slowReader).dividedBy(4);
  }
}
