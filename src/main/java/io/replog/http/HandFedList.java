package io.replog.http;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** The list of a secondary that belongs to no cluster yet: messages in memory, without a hash. */
final class HandFedList {
  private HandFedList() {}

  static byte[] bytes(List<String> messages, ListForm form, long from, long end) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = Json.generator(out)) {
      form.begin(json);
      for (long sequence = from; sequence <= end; sequence++) {
        form.handFed(json, sequence, messages.get((int) sequence - 1));
      }
      form.end(json);
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail", e);
    }
    return out.toByteArray();
  }
}
