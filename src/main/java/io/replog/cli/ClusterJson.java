package io.replog.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;

/** What a program wants to know of a cluster that was started for it. */
final class ClusterJson {
  private ClusterJson() {}

  /** One object, as {@code docs/commands.md} says. */
  static String of(Path data, List<NodeProcess> nodes) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("data", data.toString());
      json.writeArrayFieldStart("nodes");
      for (NodeProcess node : nodes) {
        json.writeStartObject();
        json.writeStringField("id", node.plan().id());
        json.writeStringField("kind", node.plan().kind().command());
        json.writeStringField("url", node.plan().url().toString());
        json.writeNumberField("pid", node.pid());
        json.writeBooleanField("alive", node.isAlive());
        json.writeStringField("log", node.plan().log().toString());
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
