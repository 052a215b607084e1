package io.replog.cli;

import io.replog.client.Appended;
import java.util.Locale;
import java.util.stream.Collectors;

/** What became of an append, as one line for people. */
final class AppendedText {
  private AppendedText() {}

  /** The sequence first, for scripts; then who has it, and after how long. */
  static String line(Appended appended) {
    String copies =
        appended.copies().stream()
            .filter(copy -> appended.journal() ? copy.durable() : copy.stored())
            .map(AppendedText::copy)
            .collect(Collectors.joining(", "));
    return "%d (epoch %d)%s%s"
        .formatted(
            appended.lastSequence(),
            appended.epoch(),
            copies.isEmpty() ? "" : " on " + copies,
            appended.replayed() ? ", appended before" : "");
  }

  /** What a 202 means. */
  static String notInTime(Appended appended) {
    return "w was not met in time; message %d is in the log and goes on to every node: GET /messages/%d"
        .formatted(appended.lastSequence(), appended.lastSequence());
  }

  private static String copy(Appended.Copy copy) {
    Double ms = copy.ms();
    return ms == null ? copy.node() : String.format(Locale.ROOT, "%s %.1f ms", copy.node(), ms);
  }
}
