package io.replog.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.replog.core.Entry;
import java.io.IOException;

/** The JSON of an entry that has more members than the record of a list, see {@link JsonBytes}. */
final class EntryJson {
  private EntryJson() {}

  static void members(JsonGenerator json, Entry entry) throws IOException {
    json.writeNumberField("sequence", entry.sequence());
    json.writeNumberField("epoch", entry.epoch());
    json.writeNumberField("timestamp", entry.timestamp());
    if (entry.key() != null) {
      json.writeStringField("key", entry.key());
    }
    json.writeFieldName("message");
    json.writeUTF8String(entry.payload(), 0, entry.payload().length);
    json.writeStringField("hash", entry.hash().toString());
  }
}
