package io.replog.http;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** The list of a secondary that belongs to no cluster yet: messages in memory, without a hash. */
final class HandFedList {
  private HandFedList() {}

  static byte[] bytes(List<String> messages, ListForm form, long from, long end) {
    JsonBytes out = new JsonBytes(1024);
    form.begin(out);
    for (long sequence = from; sequence <= end; sequence++) {
      byte[] message = messages.get((int) sequence - 1).getBytes(StandardCharsets.UTF_8);
      form.handFed(out, sequence, message, sequence == from);
    }
    form.end(out);
    return out.take();
  }
}
