package io.replog.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.replog.core.AppendOutcome.Appended;
import io.replog.core.AppendOutcome.Copy;
import io.replog.core.WriteConcern;
import java.io.IOException;
import java.util.List;

/** The JSON of an append that is in the log. */
final class AppendedJson {
  private static final double MICROS = 1000;

  private AppendedJson() {}

  /** The whole object. */
  static void write(JsonGenerator json, Appended appended) throws IOException {
    json.writeStartObject();
    members(json, appended);
    json.writeEndObject();
  }

  /** The members alone, for an object that has more. */
  static void members(JsonGenerator json, Appended appended) throws IOException {
    if (appended.firstSequence() == appended.lastSequence()) {
      json.writeNumberField("sequence", appended.firstSequence());
    } else {
      json.writeNumberField("firstSequence", appended.firstSequence());
      json.writeNumberField("lastSequence", appended.lastSequence());
    }
    json.writeNumberField("epoch", appended.epoch());
    json.writeFieldName("w");
    if (appended.concern() instanceof WriteConcern.Copies copies) {
      json.writeNumber(copies.count());
    } else {
      json.writeString(appended.concern().toString());
    }
    json.writeBooleanField("j", appended.journal());
    json.writeBooleanField("satisfied", appended.satisfied());
    json.writeBooleanField("committed", appended.committed());
    copies(json, appended.copies());
  }

  /** Who has an entry; {@code ms} only where it is known. */
  static void copies(JsonGenerator json, List<Copy> copies) throws IOException {
    json.writeArrayFieldStart("copies");
    for (Copy copy : copies) {
      json.writeStartObject();
      json.writeStringField("node", copy.node());
      json.writeBooleanField("stored", copy.stored());
      json.writeBooleanField("durable", copy.durable());
      if (copy.ms() >= 0) {
        json.writeNumberField("ms", Math.round(copy.ms() * MICROS) / MICROS);
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
