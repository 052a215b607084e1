package io.replog.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.replog.node.Node.EntryTrace;
import java.io.IOException;

/** The JSON of what is known of an entry besides its record, see {@link JsonBytes}. */
final class EntryJson {
  private EntryJson() {}

  /** Who has it, and when it got there, as an object. */
  static void trace(JsonGenerator json, EntryTrace trace) throws IOException {
    json.writeStartObject();
    AppendedJson.copies(json, trace.copies());
    json.writeArrayFieldStart("timeline");
    for (EntryTrace.Event event : trace.timeline()) {
      json.writeStartObject();
      json.writeNumberField("at", event.at());
      if (event.ms() >= 0) {
        json.writeNumberField("ms", event.ms());
      }
      json.writeStringField("node", event.node());
      json.writeStringField("event", event.event());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
