package io.replog.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where an append went.
 *
 * @param satisfied whether its write concern is met; if not, it is in the log all the same
 * @param replayed whether an earlier append with the same identity is answered here
 * @param json the answer as it came
 */
public record Appended(
    long firstSequence,
    long lastSequence,
    long epoch,
    boolean journal,
    boolean satisfied,
    boolean committed,
    boolean replayed,
    List<Copy> copies,
    String json) {

  /** Who has it, and after how many milliseconds. */
  public record Copy(String node, boolean stored, boolean durable, @Nullable Double ms) {}

  static @Nullable Appended of(Json answer, boolean satisfied, boolean replayed, String json) {
    Long sequence = answer.number("sequence");
    Long first = sequence == null ? answer.number("firstSequence") : sequence;
    Long last = sequence == null ? answer.number("lastSequence") : sequence;
    if (first == null || last == null) {
      return null;
    }
    Long epoch = answer.number("epoch");
    return new Appended(
        first,
        last,
        epoch == null ? 0 : epoch,
        !Boolean.FALSE.equals(answer.truth("j")),
        satisfied,
        Boolean.TRUE.equals(answer.truth("committed")),
        replayed,
        answer.objects("copies").stream().map(Appended::copy).toList(),
        json);
  }

  private static Copy copy(Json copy) {
    String node = copy.text("node");
    return new Copy(
        node == null ? "?" : node,
        Boolean.TRUE.equals(copy.truth("stored")),
        Boolean.TRUE.equals(copy.truth("durable")),
        copy.fraction("ms"));
  }
}
