package io.replog.client;

import org.jspecify.annotations.Nullable;

/**
 * Where a log begins after a trim.
 *
 * @param heldBy why not with the sequence that was asked for, null if it does
 * @param json the answer as it came
 */
public record Trimmed(long firstSequence, @Nullable String heldBy, String json) {

  static @Nullable Trimmed of(Json answer, String json) {
    Long first = answer.number("firstSequence");
    return first == null ? null : new Trimmed(first, answer.text("heldBy"), json);
  }
}
