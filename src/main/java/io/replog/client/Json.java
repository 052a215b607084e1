package io.replog.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.micronaut.jackson.core.tree.JsonNodeTreeCodec;
import io.micronaut.json.tree.JsonNode;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object that was received. Members that are missing, null or of another type are null here,
 * so that a newer or older node can be talked to. A tree and not a mapper: the mapper costs a
 * second before the first byte is read.
 */
record Json(JsonNode node) {
  private static final JsonFactory FACTORY = new JsonFactory();

  /** Writes the members of an object. */
  @FunctionalInterface
  interface Members {
    void write(JsonGenerator out) throws IOException;
  }

  /**
   * Reads an object.
   *
   * @throws IOException if the text is not one JSON object
   */
  static Json read(String text) throws IOException {
    try (JsonParser parser = FACTORY.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("not a JSON object");
      }
      return new Json(JsonNodeTreeCodec.getInstance().readTree(parser));
    }
  }

  static String write(Members members) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = FACTORY.createGenerator(text)) {
      out.writeStartObject();
      members.write(out);
      out.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("JSON into memory", e);
    }
    return text.toString();
  }

  @Nullable String text(String name) {
    JsonNode value = node.get(name);
    return value != null && value.isString() ? value.getStringValue() : null;
  }

  @Nullable Long number(String name) {
    JsonNode value = node.get(name);
    return value != null && value.isNumber() ? value.getNumberValue().longValue() : null;
  }

  @Nullable Double fraction(String name) {
    JsonNode value = node.get(name);
    return value != null && value.isNumber() ? value.getNumberValue().doubleValue() : null;
  }

  @Nullable Boolean truth(String name) {
    JsonNode value = node.get(name);
    if (value == null || !value.isBoolean()) {
      return null;
    }
    return value.getBooleanValue();
  }

  @Nullable Json object(String name) {
    JsonNode value = node.get(name);
    return value != null && value.isObject() ? new Json(value) : null;
  }

  /** The objects of an array; none where there is no array. */
  List<Json> objects(String name) {
    JsonNode value = node.get(name);
    if (value == null || !value.isArray()) {
      return List.of();
    }
    return StreamSupport.stream(value.values().spliterator(), false)
        .filter(JsonNode::isObject)
        .map(Json::new)
        .toList();
  }

  /** The members but these, each as text. */
  Map<String, String> membersExcept(String... names) {
    Set<String> left = Set.of(names);
    Map<String, String> members = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> member : node.entries()) {
      if (!left.contains(member.getKey())) {
        members.put(member.getKey(), asText(member.getValue()));
      }
    }
    return members;
  }

  private static String asText(JsonNode value) {
    if (value.isArray()) {
      List<String> items = new ArrayList<>();
      value.values().forEach(item -> items.add(asText(item)));
      return String.join(", ", items);
    }
    return value.isValueNode() ? value.coerceStringValue() : String.valueOf(value.getValue());
  }
}
