package io.replog.client;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to append. Null leaves the choice to the node.
 *
 * @param messages at least one; several go into the log together or not at all
 * @param w a number of copies, {@code majority}, {@code all} or {@code certified}
 * @param journal whether copies count once they are on disk
 * @param timeout how long to wait for the copies
 * @param key what makes a repetition known as one
 * @param expectedSequence the sequence that the first message must get, or nothing is appended
 */
public record Append(
    List<String> messages,
    @Nullable String w,
    @Nullable Boolean journal,
    @Nullable Duration timeout,
    @Nullable String key,
    @Nullable Long expectedSequence) {
  /** An append at the end of the log, wherever that is. */
  public Append(
      List<String> messages,
      @Nullable String w,
      @Nullable Boolean journal,
      @Nullable Duration timeout,
      @Nullable String key) {
    this(messages, w, journal, timeout, key, null);
  }

  public Append {
    messages = List.copyOf(messages);
    if (messages.isEmpty()) {
      throw new IllegalArgumentException("an append has at least one message");
    }
  }

  /** One message, of which all else is left to the node. */
  public static Append of(String message) {
    return new Append(List.of(message), null, null, null, null);
  }

  /**
   * The same, waiting for these copies: a number, {@code majority}, {@code all} or {@code
   * certified}.
   */
  public Append withW(String copies) {
    return new Append(messages, copies, journal, timeout, key, expectedSequence);
  }

  /** The same, waiting for its copies so long at most. */
  public Append withTimeout(Duration atMost) {
    return new Append(messages, w, journal, atMost, key, expectedSequence);
  }

  /** The same with a key of 1 to 200 characters, by which a repetition is known as one. */
  public Append withKey(String identity) {
    return new Append(messages, w, journal, timeout, identity, expectedSequence);
  }

  String json() {
    return Json.write(
        out -> {
          if (messages.size() == 1) {
            out.writeStringField("message", messages.getFirst());
          } else {
            out.writeArrayFieldStart("messages");
            for (String message : messages) {
              out.writeString(message);
            }
            out.writeEndArray();
          }
          if (w != null && w.matches("\\d{1,9}")) {
            out.writeNumberField("w", Integer.parseInt(w));
          } else if (w != null) {
            out.writeStringField("w", w);
          }
          if (journal != null) {
            out.writeBooleanField("j", journal);
          }
          if (expectedSequence != null) {
            out.writeNumberField("expectedSequence", expectedSequence);
          }
          if (timeout != null) {
            out.writeNumberField("timeoutMs", timeout.toMillis());
          }
        });
  }
}
