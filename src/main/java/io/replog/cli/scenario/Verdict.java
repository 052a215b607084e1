package io.replog.cli.scenario;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;

/**
 * What became of a play.
 *
 * @param held whether each step did
 */
public record Verdict(Scenario scenario, boolean held, List<Evidence> evidence) {
  /** How many steps were looked at and held. */
  long count() {
    return evidence.stream().filter(one -> one.checked() && one.held()).count();
  }

  /** One JSON object, as {@code docs/scenarios.md} says. */
  public String json() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("scenario", scenario.source());
      json.writeStringField("title", scenario.title());
      json.writeStringField("verdict", held ? "PASSED" : "FAILED");
      json.writeNumberField("held", count());
      json.writeArrayFieldStart("steps");
      for (Evidence one : evidence) {
        json.writeStartObject();
        json.writeNumberField("line", one.line());
        json.writeStringField("step", one.step());
        json.writeBooleanField("checked", one.checked());
        json.writeBooleanField("held", one.held());
        json.writeStringField("expected", one.expected());
        json.writeStringField("seen", one.seen());
        json.writeNumberField("atMs", one.atMs());
        json.writeNumberField("tookMs", one.tookMs());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("JSON into memory", e);
    }
    return text.toString();
  }
}
