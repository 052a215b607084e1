package io.replog.storage;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.replog.core.Entry;
import io.replog.core.Hash;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An entry as a line of JSON: {@code sequence, epoch, timestamp, message, key, hash}.
 *
 * @param previousHash hash of the entry before it, where the line says that too; else null
 */
public record EntryLine(Entry entry, @Nullable Hash previousHash) {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /** Writes the line with the newline that ends it. */
  public void write(ByteArrayOutputStream out) throws IOException {
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      json.writeStartObject();
      json.writeNumberField("sequence", entry.sequence());
      json.writeNumberField("epoch", entry.epoch());
      json.writeNumberField("timestamp", entry.timestamp());
      json.writeStringField("message", entry.message());
      if (entry.key() != null) {
        json.writeStringField("key", entry.key());
      }
      json.writeStringField("hash", entry.hash().toString());
      if (previousHash != null) {
        json.writeStringField("previousHash", previousHash.toString());
      }
      json.writeEndObject();
    }
    out.write('\n');
  }

  /**
   * Reads a line, in whatever order its members are.
   *
   * @throws IOException if it is no JSON or not an entry; the message says what is wrong
   */
  public static EntryLine parse(byte[] line) throws IOException {
    Parsed parsed = new Parsed();
    try (JsonParser json = JSON.createParser(line)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("no JSON object");
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        parsed.take(name, json);
      }
      if (json.nextToken() != null) {
        throw new IOException("something follows the JSON object");
      }
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
    return parsed.line();
  }

  private static final class Parsed {
    private @Nullable Long sequence;
    private @Nullable Long epoch;
    private @Nullable Long timestamp;
    private @Nullable String message;
    private @Nullable String key;
    private @Nullable Hash hash;
    private @Nullable Hash previousHash;

    void take(String name, JsonParser json) throws IOException {
      JsonToken token = json.nextToken();
      switch (name) {
        case "sequence" -> sequence = number(name, token, json);
        case "epoch" -> epoch = number(name, token, json);
        case "timestamp" -> timestamp = number(name, token, json);
        case "message" -> message = text(name, token, json);
        case "key" -> key = text(name, token, json);
        case "hash" -> hash = Hash.parse(text(name, token, json));
        case "previousHash" -> previousHash = Hash.parse(text(name, token, json));
        default -> throw new IOException("unknown member " + name);
      }
    }

    private static long number(String name, @Nullable JsonToken token, JsonParser json)
        throws IOException {
      if (token != JsonToken.VALUE_NUMBER_INT) {
        throw new IOException(name + " is no whole number");
      }
      return json.getLongValue();
    }

    private static String text(String name, @Nullable JsonToken token, JsonParser json)
        throws IOException {
      if (token != JsonToken.VALUE_STRING) {
        throw new IOException(name + " is no string");
      }
      return json.getText();
    }

    EntryLine line() throws IOException {
      Entry entry =
          new Entry(
              there("sequence", sequence),
              there("epoch", epoch),
              there("timestamp", timestamp),
              key,
              there("message", message).getBytes(StandardCharsets.UTF_8),
              there("hash", hash));
      return new EntryLine(entry, previousHash);
    }

    private static <T> T there(String name, @Nullable T value) throws IOException {
      if (value == null) {
        throw new IOException(name + " is missing");
      }
      return Objects.requireNonNull(value);
    }
  }
}
