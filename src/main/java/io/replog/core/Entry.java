package io.replog.core;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One item of the log.
 *
 * @param sequence its place, from 1, without gaps
 * @param epoch the epoch of the master that first wrote it; it keeps it for ever
 * @param timestamp milliseconds since 1970 UTC on the master's clock; informative, never below the
 *     one before
 * @param key the idempotency key, or null without one
 * @param payload UTF-8 bytes of the message; not to be changed
 * @param hash the chain's value after this entry
 */
@SuppressWarnings("ArrayRecordComponent") // equality is by hash, and the payload is never changed
public record Entry(
    long sequence, long epoch, long timestamp, @Nullable String key, byte[] payload, Hash hash) {

  /** The text of the entry. */
  public String message() {
    return new String(payload, StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Entry that && sequence == that.sequence && hash.equals(that.hash);
  }

  @Override
  public int hashCode() {
    return hash.hashCode();
  }

  @Override
  public String toString() {
    return "entry " + sequence + " of epoch " + epoch + " (" + payload.length + " bytes)";
  }
}
