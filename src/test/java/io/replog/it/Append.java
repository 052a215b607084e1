package io.replog.it;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * An append as a client words it. What is empty is not said.
 *
 * @param w a number, or {@code majority} or {@code all}
 */
record Append(
    List<String> messages,
    boolean batch,
    Optional<String> w,
    Optional<Boolean> j,
    Optional<Long> timeoutMs,
    Optional<Long> expectedSequence,
    Optional<String> key) {

  static Append of(String message) {
    return new Append(
        List.of(message),
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  static Append batch(List<String> messages) {
    Append one = of("");
    return new Append(messages, true, one.w, one.j, one.timeoutMs, one.expectedSequence, one.key);
  }

  Append w(int copies) {
    return w(Integer.toString(copies));
  }

  Append w(String concern) {
    return new Append(messages, batch, Optional.of(concern), j, timeoutMs, expectedSequence, key);
  }

  Append j(boolean journal) {
    return new Append(messages, batch, w, Optional.of(journal), timeoutMs, expectedSequence, key);
  }

  Append timeoutMs(long timeout) {
    return new Append(messages, batch, w, j, Optional.of(timeout), expectedSequence, key);
  }

  Append expectedSequence(long sequence) {
    return new Append(messages, batch, w, j, timeoutMs, Optional.of(sequence), key);
  }

  Append key(String idempotencyKey) {
    return new Append(
        messages, batch, w, j, timeoutMs, expectedSequence, Optional.of(idempotencyKey));
  }

  String body() {
    return Json.object(this::write);
  }

  private void write(JsonGenerator out) throws IOException {
    if (batch) {
      out.writeArrayFieldStart("messages");
      for (String message : messages) {
        out.writeString(message);
      }
      out.writeEndArray();
    } else {
      out.writeStringField("message", messages.getFirst());
    }
    if (w.isPresent()) {
      if (w.get().matches("-?\\d+")) {
        out.writeNumberField("w", Long.parseLong(w.get()));
      } else {
        out.writeStringField("w", w.get());
      }
    }
    if (j.isPresent()) {
      out.writeBooleanField("j", j.get());
    }
    if (timeoutMs.isPresent()) {
      out.writeNumberField("timeoutMs", timeoutMs.get());
    }
    if (expectedSequence.isPresent()) {
      out.writeNumberField("expectedSequence", expectedSequence.get());
    }
  }
}
