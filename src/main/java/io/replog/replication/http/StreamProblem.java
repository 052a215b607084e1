package io.replog.replication.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** A refused stream as RFC 9457 tells it, both ways. */
final class StreamProblem {
  static final String MEDIA_TYPE = "application/problem+json";

  private static final JsonFactory JSON = new JsonFactory();

  private StreamProblem() {}

  /**
   * Writes a problem.
   *
   * @param name the last part of its type
   * @param facts further members
   */
  static byte[] write(
      String name, String title, int status, String detail, Map<String, String> facts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("type", "urn:replog:problem:" + name);
      json.writeStringField("title", title);
      json.writeNumberField("status", status);
      json.writeStringField("detail", detail);
      for (Map.Entry<String, String> fact : facts.entrySet()) {
        json.writeStringField(fact.getKey(), fact.getValue());
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** Title and detail of a problem, as far as the text has them; empty if it is something else. */
  static String describe(byte[] body) {
    String title = "";
    String detail = "";
    try (JsonParser json = JSON.createParser(body)) {
      if (json.nextToken() == JsonToken.START_OBJECT) {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          String name = json.currentName();
          if (json.nextToken() == JsonToken.VALUE_STRING) {
            title = name.equals("title") ? json.getText() : title;
            detail = name.equals("detail") ? json.getText() : detail;
          } else {
            json.skipChildren();
          }
        }
      }
    } catch (IOException noJson) {
      // what was read before tells enough
    }
    return detail.isEmpty() || title.isEmpty() ? title + detail : title + ": " + detail;
  }
}
