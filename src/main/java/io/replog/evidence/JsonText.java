package io.replog.evidence;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.replog.core.Hash;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object that somebody else wrote. Members that are not known are passed over; one that is
 * there twice is refused, since another program might take the other.
 */
final class JsonText {
  /** A message of a mebibyte, every byte of it escaped, and room for the rest. */
  private static final int LONGEST = 8 << 20;

  private static final int DEEPEST = 8;
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEEPEST)
                  .maxStringLength(LONGEST)
                  .build())
          .build();

  private final Map<String, Object> members;
  private final String at;

  private JsonText(Map<String, Object> members, String at) {
    this.members = members;
    this.at = at;
  }

  /** Writes one value. */
  @FunctionalInterface
  interface Value {
    void write(JsonGenerator json) throws IOException;
  }

  static String write(Value value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      value.write(json);
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail", e);
    }
    return text.toString();
  }

  static JsonText read(String text) throws BadEvidenceException {
    if (text.length() > LONGEST) {
      throw new BadEvidenceException("longer than " + LONGEST + " characters");
    }
    try (JsonParser parser = FACTORY.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new BadEvidenceException("not a JSON object");
      }
      Map<String, Object> members = object(parser);
      if (parser.nextToken() != null) {
        throw new BadEvidenceException("more than one JSON object");
      }
      return new JsonText(members, "");
    } catch (IOException e) {
      String line = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new BadEvidenceException("not JSON: " + line, e);
    }
  }

  private static Map<String, Object> object(JsonParser parser) throws IOException {
    Map<String, Object> members = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      members.put(name, value(parser));
    }
    return members;
  }

  /** A text, a long, an object, a list, or {@code this class} for what nobody here asks for. */
  private static Object value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT -> {
        boolean whole = parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
        yield whole ? parser.getLongValue() : JsonText.class;
      }
      case START_OBJECT -> object(parser);
      case START_ARRAY -> {
        List<Object> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          items.add(value(parser));
        }
        yield items;
      }
      default -> JsonText.class;
    };
  }

  boolean has(String name) {
    return members.containsKey(name);
  }

  String text(String name) throws BadEvidenceException {
    if (members.get(name) instanceof String text) {
      return text;
    }
    throw wrong(name, "a text");
  }

  @Nullable String textOrNull(String name) throws BadEvidenceException {
    return has(name) ? text(name) : null;
  }

  /** A whole number of at least {@code least}. */
  long number(String name, long least) throws BadEvidenceException {
    if (members.get(name) instanceof Long number && number >= least) {
      return number;
    }
    throw wrong(name, "a whole number from " + least);
  }

  Hash hash(String name) throws BadEvidenceException {
    return parsed(name, Hash::parse, "64 hexadecimal digits");
  }

  UUID uuid(String name) throws BadEvidenceException {
    return parsed(name, UUID::fromString, "a UUID");
  }

  Signature signature(String name) throws BadEvidenceException {
    return parsed(name, Signature::parse, "the Base64 of the 64 bytes of a signature");
  }

  String node(String name) throws BadEvidenceException {
    String node = text(name);
    if (NodeName.isOne(node)) {
      return node;
    }
    throw wrong(name, NodeName.ALLOWED);
  }

  @SuppressWarnings("unchecked") // only this class makes maps, and with texts for keys
  JsonText object(String name) throws BadEvidenceException {
    if (members.get(name) instanceof Map<?, ?> object) {
      return new JsonText((Map<String, Object>) object, at + name + ".");
    }
    throw wrong(name, "an object");
  }

  /** The objects of an array of at most {@code most}. */
  @SuppressWarnings("unchecked") // as above
  List<JsonText> objects(String name, int most) throws BadEvidenceException {
    String allowed = "an array of at most " + most + " objects";
    if (!(members.get(name) instanceof List<?> items) || items.size() > most) {
      throw wrong(name, allowed);
    }
    List<JsonText> objects = new ArrayList<>();
    for (Object item : items) {
      if (!(item instanceof Map<?, ?> object)) {
        throw wrong(name, allowed);
      }
      String place = "%s%s[%d].".formatted(at, name, objects.size());
      objects.add(new JsonText((Map<String, Object>) object, place));
    }
    return objects;
  }

  private <T> T parsed(String name, Function<String, T> parser, String allowed)
      throws BadEvidenceException {
    String text = text(name);
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      throw wrong(name, allowed);
    }
  }

  private BadEvidenceException wrong(String name, String allowed) {
    return new BadEvidenceException("member %s%s must be %s".formatted(at, name, allowed));
  }
}
