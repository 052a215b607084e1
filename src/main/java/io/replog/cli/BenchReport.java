package io.replog.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/**
 * What a benchmark showed. On the run's thread only, until the run has ended.
 *
 * <p>In an open loop the latency of an append counts from when it was due, not from when a client
 * was free to send it: a node that stalls is not spared the appends that it kept from being sent.
 */
final class BenchReport {
  private static final long LONGEST_NANOS = 3_600_000_000_000L;
  private static final double[] PERCENTILES = {50, 90, 95, 99, 99.9, 99.99};

  private final BenchLoad load;
  private final Histogram latencies = new Histogram(LONGEST_NANOS, 3);
  private final Map<String, Long> errors = new TreeMap<>();
  private long done;
  private long notInTime;
  private long unsent;
  private long nanos;

  BenchReport(BenchLoad load) {
    this.load = load;
  }

  /** An append is in the log. */
  void answered(boolean satisfied, long tookNanos) {
    done++;
    notInTime += satisfied ? 0 : 1;
    latencies.recordValue(Math.min(Math.max(1, tookNanos), LONGEST_NANOS));
  }

  /** An append failed, or nobody knows. */
  void failed(String why) {
    errors.merge(why, 1L, Long::sum);
  }

  /**
   * The counted time is over.
   *
   * @param due appends that were due in an open loop and could not be sent
   */
  void ended(long tookNanos, long due) {
    nanos = Math.max(1, tookNanos);
    unsent = due;
  }

  long done() {
    return done;
  }

  int exitCode() {
    if (done == 0 || !errors.isEmpty()) {
      return ExitCodes.FAILED;
    }
    return notInTime > 0 ? ExitCodes.NOT_IN_TIME : ExitCodes.DONE;
  }

  private double perSecond() {
    return done / (nanos / 1e9);
  }

  private static double ms(long latency) {
    return latency / 1e6;
  }

  void print(PrintWriter out) {
    out.println(load.inWords());
    out.printf(
        Locale.ROOT,
        "appends     %d in %.2f s: %.1f appends/s, %.1f messages/s, %.2f MB/s%n",
        done,
        nanos / 1e9,
        perSecond(),
        perSecond() * load.batch(),
        perSecond() * load.batch() * load.size() / 1e6);
    StringBuilder percentiles = new StringBuilder();
    for (double percentile : PERCENTILES) {
      percentiles.append(
          String.format(
              Locale.ROOT,
              "p%s %.3f  ",
              name(percentile),
              ms(latencies.getValueAtPercentile(percentile))));
    }
    out.printf(
        Locale.ROOT,
        "latency ms  %smax %.3f  mean %.3f%n",
        percentiles,
        ms(latencies.getMaxValue()),
        latencies.getMean() / 1e6);
    if (notInTime > 0) {
      out.println("not in time " + notInTime + " (202: in the log, w not met)");
    }
    if (unsent > 0) {
      out.println("not sent    " + unsent + " were due, and no client was free");
    }
    errors.forEach((why, times) -> out.println("failed      " + times + " (" + why + ")"));
  }

  String json() {
    StringBuilder json = new StringBuilder();
    json.append(
        String.format(
            Locale.ROOT,
            "{\"clients\":%d,\"pipeline\":%d,\"rate\":%s,\"w\":%s,\"j\":%s,\"size\":%d,\"batch\":%d,"
                + "\"seconds\":%.3f,\"appends\":%d,\"appendsPerSecond\":%.1f,"
                + "\"messagesPerSecond\":%.1f,\"notInTime\":%d,\"notSent\":%d,",
            load.clients(),
            load.pipeline(),
            load.rate(),
            load.w() == null ? null : '"' + load.w() + '"',
            load.journal(),
            load.size(),
            load.batch(),
            nanos / 1e9,
            done,
            perSecond(),
            perSecond() * load.batch(),
            notInTime,
            unsent));
    json.append("\"latencyMs\":{");
    for (double percentile : PERCENTILES) {
      json.append(
          String.format(
              Locale.ROOT,
              "\"p%s\":%.3f,",
              name(percentile),
              ms(latencies.getValueAtPercentile(percentile))));
    }
    json.append(
        String.format(
            Locale.ROOT,
            "\"max\":%.3f,\"mean\":%.3f},",
            ms(latencies.getMaxValue()),
            latencies.getMean() / 1e6));
    return json.append("\"failed\":{")
        .append(
            errors.entrySet().stream()
                .map(error -> "\"" + error.getKey() + "\":" + error.getValue())
                .collect(Collectors.joining(",")))
        .append("}}")
        .toString();
  }

  private static String name(double percentile) {
    return percentile == Math.rint(percentile)
        ? Long.toString(Math.round(percentile))
        : Double.toString(percentile);
  }
}
