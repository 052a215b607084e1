package io.replog.http;

import com.fasterxml.jackson.core.JsonToken;
import io.replog.node.Faults;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Faults as JSON. */
final class FaultsBody {
  private static final List<String> MEMBERS =
      List.of("delayMs", "errorRate", "errorPhase", "drop", "partitionedFrom", "diskFull");
  private static final Duration LONGEST_DELAY = Duration.ofHours(1);

  private Duration delay;
  private double errorRate;
  private boolean errorAfter;
  private double drop;
  private Set<String> partitionedFrom;
  private boolean diskFull;

  private FaultsBody(Faults otherwise) {
    delay = otherwise.delay();
    errorRate = otherwise.errorRate();
    errorAfter = otherwise.errorAfter();
    drop = otherwise.drop();
    partitionedFrom = otherwise.partitionedFrom();
    diskFull = otherwise.diskFull();
  }

  /**
   * Reads a body.
   *
   * @param otherwise what holds for the members that are not there
   * @throws ProblemException if it is not valid
   */
  static Faults read(byte[] bytes, Faults otherwise) {
    FaultsBody body = new FaultsBody(otherwise);
    JsonBody.read(bytes, MEMBERS, body::member);
    return new Faults(
        body.delay,
        body.errorRate,
        body.errorAfter,
        body.drop,
        body.partitionedFrom,
        body.diskFull);
  }

  /** All members. */
  static byte[] json(Faults faults) {
    return Json.bytes(
        json -> {
          json.writeStartObject();
          json.writeNumberField("delayMs", faults.delay().toMillis());
          json.writeNumberField("errorRate", faults.errorRate());
          json.writeStringField("errorPhase", faults.errorAfter() ? "after" : "before");
          json.writeNumberField("drop", faults.drop());
          json.writeArrayFieldStart("partitionedFrom");
          for (String node : new TreeSet<>(faults.partitionedFrom())) {
            json.writeString(node);
          }
          json.writeEndArray();
          json.writeBooleanField("diskFull", faults.diskFull());
          json.writeEndObject();
        });
  }

  private void member(String name, JsonBody value) throws IOException {
    switch (name) {
      case "delayMs" -> delay = Duration.ofMillis(value.whole(0, LONGEST_DELAY.toMillis()));
      case "errorRate" -> errorRate = value.share();
      case "errorPhase" -> errorAfter = isAfter(value);
      case "drop" -> drop = value.share();
      case "partitionedFrom" -> partitionedFrom = nodes(value);
      case "diskFull" -> diskFull = value.truth();
      default -> throw new IllegalStateException("no such member: " + name);
    }
  }

  private static boolean isAfter(JsonBody value) throws IOException {
    return switch (value.text()) {
      case "before" -> false;
      case "after" -> true;
      default -> throw value.wrong("must be \"before\" or \"after\"");
    };
  }

  private static Set<String> nodes(JsonBody value) throws IOException {
    if (value.token() != JsonToken.START_ARRAY) {
      throw value.wrong("must be a list of node ids");
    }
    Set<String> nodes = new LinkedHashSet<>();
    while (value.next() != JsonToken.END_ARRAY) {
      nodes.add(value.text());
    }
    return Set.copyOf(nodes);
  }
}
