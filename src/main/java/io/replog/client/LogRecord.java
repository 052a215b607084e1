package io.replog.client;

import org.jspecify.annotations.Nullable;

/**
 * One entry of the log as it is read.
 *
 * @param timestamp milliseconds since 1970 UTC
 * @param json the record as it came
 */
public record LogRecord(
    long sequence,
    long epoch,
    long timestamp,
    String message,
    @Nullable String key,
    @Nullable String hash,
    String json) {

  /** Null if it is not a record. */
  static @Nullable LogRecord of(Json record, String json) {
    Long sequence = record.number("sequence");
    String message = record.text("message");
    if (sequence == null || message == null) {
      return null;
    }
    Long epoch = record.number("epoch");
    Long timestamp = record.number("timestamp");
    return new LogRecord(
        sequence,
        epoch == null ? 0 : epoch,
        timestamp == null ? 0 : timestamp,
        message,
        record.text("key"),
        record.text("hash"),
        json);
  }
}
