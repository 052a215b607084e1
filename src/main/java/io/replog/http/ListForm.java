package io.replog.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.replog.core.AppendOutcome.Appended;
import io.replog.core.Entry;
import java.io.IOException;

/** How a list of entries is written: what comes before, each entry, and what comes after. */
interface ListForm {
  void begin(JsonGenerator json) throws IOException;

  void entry(JsonGenerator json, Entry entry) throws IOException;

  /** A message that was fed by hand and is no entry of a log. */
  default void handFed(JsonGenerator json, long sequence, String message) throws IOException {
    json.writeString(message);
  }

  void end(JsonGenerator json) throws IOException;

  /** One record a line. */
  record Lines() implements ListForm {
    @Override
    public void begin(JsonGenerator json) {}

    @Override
    public void entry(JsonGenerator json, Entry entry) throws IOException {
      EntryJson.write(json, entry);
      json.writeRaw('\n');
    }

    @Override
    public void handFed(JsonGenerator json, long sequence, String message) throws IOException {
      json.writeStartObject();
      json.writeNumberField("sequence", sequence);
      json.writeStringField("message", message);
      json.writeEndObject();
      json.writeRaw('\n');
    }

    @Override
    public void end(JsonGenerator json) {}
  }

  /** The messages alone, and where they lie. */
  record Page(long from, long next, long last, long committed) implements ListForm {
    @Override
    public void begin(JsonGenerator json) throws IOException {
      json.writeStartObject();
      json.writeArrayFieldStart("messages");
    }

    @Override
    public void entry(JsonGenerator json, Entry entry) throws IOException {
      EntryJson.message(json, entry);
    }

    @Override
    public void end(JsonGenerator json) throws IOException {
      json.writeEndArray();
      json.writeNumberField("from", from);
      json.writeNumberField("next", next);
      json.writeNumberField("last", last);
      json.writeNumberField("committed", committed);
      json.writeEndObject();
    }
  }

  /** The answer to an append with the whole list in it. */
  record AfterAppend(Appended appended) implements ListForm {
    @Override
    public void begin(JsonGenerator json) throws IOException {
      json.writeStartObject();
      AppendedJson.members(json, appended);
      json.writeArrayFieldStart("messages");
    }

    @Override
    public void entry(JsonGenerator json, Entry entry) throws IOException {
      EntryJson.message(json, entry);
    }

    @Override
    public void end(JsonGenerator json) throws IOException {
      json.writeEndArray();
      json.writeEndObject();
    }
  }
}
