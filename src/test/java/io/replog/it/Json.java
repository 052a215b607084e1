package io.replog.it;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import io.micronaut.jackson.core.tree.JsonNodeTreeCodec;
import io.micronaut.json.tree.JsonNode;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.StreamSupport;

/** A JSON value that was received. A member that is missing fails the test with the whole text. */
record Json(JsonNode node) {
  private static final JsonFactory FACTORY = new JsonFactory();

  /** Writes the members of an object. */
  @FunctionalInterface
  interface Members {
    void write(JsonGenerator out) throws IOException;
  }

  static Json parse(String text) {
    try (JsonParser parser = FACTORY.createParser(text)) {
      parser.nextToken();
      return new Json(JsonNodeTreeCodec.getInstance().readTree(parser));
    } catch (IOException e) {
      throw new AssertionError("not JSON: " + abbreviated(text), e);
    }
  }

  static String object(Members members) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = FACTORY.createGenerator(text)) {
      out.writeStartObject();
      members.write(out);
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  static JsonParser parser(java.io.InputStream in) throws IOException {
    return FACTORY.createParser(in);
  }

  Json at(String... path) {
    JsonNode at = node;
    for (String name : path) {
      JsonNode next = at.isObject() ? at.get(name) : null;
      if (next == null) {
        throw new AssertionError("no member " + String.join(".", path) + " in " + this);
      }
      at = next;
    }
    return new Json(at);
  }

  /** Whether the member is there and not null. */
  boolean has(String name) {
    JsonNode value = node.get(name);
    return value != null && !value.isNull();
  }

  String text(String... path) {
    return at(path).node.getStringValue();
  }

  long number(String... path) {
    return at(path).node.getNumberValue().longValue();
  }

  double fraction(String... path) {
    return at(path).node.getNumberValue().doubleValue();
  }

  boolean truth(String... path) {
    return at(path).node.getBooleanValue();
  }

  List<Json> list(String... path) {
    JsonNode array = at(path).node;
    if (!array.isArray()) {
      throw new AssertionError(String.join(".", path) + " is no array in " + this);
    }
    return elements(array.values().iterator());
  }

  List<String> strings(String... path) {
    return list(path).stream().map(element -> element.node.getStringValue()).toList();
  }

  private static List<Json> elements(Iterator<JsonNode> values) {
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(values, Spliterator.ORDERED), false)
        .map(Json::new)
        .toList();
  }

  @Override
  public String toString() {
    return abbreviated(String.valueOf(node.getValue()));
  }

  static String abbreviated(String text) {
    return text.length() <= 2000 ? text : text.substring(0, 2000) + "… (" + text.length() + ")";
  }
}
