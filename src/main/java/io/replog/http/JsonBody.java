package io.replog.http;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import io.replog.core.FrameCodec;
import io.replog.http.Problem.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * Reads a JSON object strictly and without a tree: every member must be known and there once, in
 * UTF-8, with nothing after it. Whatever else comes is refused by name.
 */
final class JsonBody {
  /** What Java puts in the place of bytes that are no UTF-8. */
  private static final char REPLACEMENT = '\uFFFD';

  private final JsonParser parser;
  private String member = "";

  private JsonBody(JsonParser parser) {
    this.parser = parser;
  }

  /** Reads the value of one member, whose first token is the current one. */
  interface Members {
    void read(String member, JsonBody value) throws IOException;
  }

  /**
   * Reads an object.
   *
   * @param allowed names of the members it may have
   * @param members called for each member that is there
   * @throws ProblemException if it is anything but such an object
   */
  static void read(byte[] bytes, Collection<String> allowed, Members members) {
    if (bytes.length == 0) {
      throw ProblemException.invalid("the body is empty; it must be a JSON object");
    }
    try (JsonParser parser = Json.factory().createParser(text(bytes))) {
      new JsonBody(parser).object(allowed, members);
    } catch (StreamConstraintsException e) {
      throw ProblemException.invalid("a name or number in the body is too long");
    } catch (JsonEOFException e) {
      throw ProblemException.invalid("the body ends within the JSON object");
    } catch (JsonParseException e) {
      throw ProblemException.invalid("the body is not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail", e);
    }
  }

  /** Strict, but most bodies are sound: only where something was replaced it is looked at again. */
  private static String text(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    return text.indexOf(REPLACEMENT) < 0 ? text : strict(bytes);
  }

  private static String strict(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw ProblemException.invalid("the body is not UTF-8");
    }
  }

  private void object(Collection<String> allowed, Members members) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw ProblemException.invalid("the body must be a JSON object");
    }
    Set<String> seen = new HashSet<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      member = parser.currentName();
      if (!allowed.contains(member)) {
        throw ProblemException.invalid(
            "unknown member \"%s\"; allowed are %s"
                .formatted(shortened(member), String.join(", ", allowed)));
      }
      if (!seen.add(member)) {
        throw ProblemException.invalid("member \"" + member + "\" is there twice");
      }
      parser.nextToken();
      members.read(member, this);
    }
    if (parser.nextToken() != null) {
      throw ProblemException.invalid("there is something after the JSON object");
    }
  }

  JsonToken token() {
    return parser.currentToken();
  }

  /** Moves to the next token, within a list. */
  JsonToken next() throws IOException {
    return parser.nextToken();
  }

  String text() throws IOException {
    expect(JsonToken.VALUE_STRING, "a string");
    String text = parser.getText();
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (!Character.isSurrogatePair(
            text.charAt(i), i + 1 < text.length() ? text.charAt(i + 1) : 0)) {
          throw wrong("has half a surrogate pair, which no UTF-8 can hold");
        }
        i++;
      }
    }
    return text;
  }

  /** A message, as UTF-8. */
  byte[] payload() throws IOException {
    byte[] payload = text().getBytes(StandardCharsets.UTF_8);
    if (payload.length > FrameCodec.MAX_PAYLOAD) {
      throw new ProblemException(
          new Problem(
                  Kind.TOO_LARGE,
                  "a message may have %d bytes of UTF-8, not %d"
                      .formatted(FrameCodec.MAX_PAYLOAD, payload.length))
              .with("allowed", FrameCodec.MAX_PAYLOAD));
    }
    return payload;
  }

  boolean truth() throws IOException {
    return switch (parser.currentToken()) {
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> throw wrong("must be true or false");
    };
  }

  long whole(long lowest, long highest) throws IOException {
    boolean isLong =
        parser.currentToken() == JsonToken.VALUE_NUMBER_INT
            && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
    long value = isLong ? parser.getLongValue() : 0;
    if (!isLong || value < lowest || value > highest) {
      throw wrong(
          "must be a whole number from %d%s"
              .formatted(lowest, highest == Long.MAX_VALUE ? " on" : " to " + highest));
    }
    return value;
  }

  /** A number from 0 to 1. */
  double share() throws IOException {
    double value = parser.currentToken().isNumeric() ? parser.getDoubleValue() : -1;
    if (!(value >= 0 && value <= 1)) {
      throw wrong("must be a number from 0 to 1");
    }
    return value;
  }

  private void expect(JsonToken token, String allowed) {
    if (parser.currentToken() != token) {
      throw wrong("must be " + allowed);
    }
  }

  /** The refusal of the current member's value. */
  ProblemException wrong(String why) {
    return ProblemException.invalid("\"" + member + "\" " + why);
  }

  private static String shortened(String name) {
    int longest = 80;
    return name.length() <= longest ? name : name.substring(0, longest) + "...";
  }
}
