package io.replog.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.replog.core.Entry;
import java.io.IOException;

/** The JSON of an entry: the record of NDJSON and of the tail. */
final class EntryJson {
  private EntryJson() {}

  static void write(JsonGenerator json, Entry entry) throws IOException {
    json.writeStartObject();
    members(json, entry);
    json.writeEndObject();
  }

  /** The members alone, for an object that has more. */
  static void members(JsonGenerator json, Entry entry) throws IOException {
    json.writeNumberField("sequence", entry.sequence());
    json.writeNumberField("epoch", entry.epoch());
    json.writeNumberField("timestamp", entry.timestamp());
    if (entry.key() != null) {
      json.writeStringField("key", entry.key());
    }
    json.writeFieldName("message");
    message(json, entry);
    json.writeStringField("hash", entry.hash().toString());
  }

  /** The message alone; its UTF-8 goes out without becoming a string. */
  static void message(JsonGenerator json, Entry entry) throws IOException {
    json.writeUTF8String(entry.payload(), 0, entry.payload().length);
  }
}
