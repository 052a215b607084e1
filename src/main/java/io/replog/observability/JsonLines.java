package io.replog.observability;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The log as one JSON object a line: {@code time}, {@code level}, {@code logger}, {@code thread},
 * {@code message} as it would be in text, a member for each {@code key={}} of it, and {@code
 * exception} with its stack. Numbers and truth values stay what they are.
 */
public final class JsonLines extends EncoderBase<ILoggingEvent> {
  private static final JsonFactory JSON = new JsonFactory();

  /** A placeholder, with the key before it if it has one. */
  private static final Pattern PLACE = Pattern.compile("(?:([A-Za-z]+)=)?\\{}");

  private final ThrowableProxyConverter stack = new ThrowableProxyConverter();

  @Override
  public void start() {
    stack.start();
    super.start();
  }

  @Override
  public byte[] headerBytes() {
    return new byte[0];
  }

  @Override
  public byte[] footerBytes() {
    return new byte[0];
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    try (JsonGenerator json = JSON.createGenerator(line)) {
      json.writeStartObject();
      json.writeStringField("time", event.getInstant().toString());
      json.writeStringField("level", event.getLevel().toString());
      json.writeStringField("logger", event.getLoggerName());
      json.writeStringField("thread", event.getThreadName());
      json.writeStringField("message", encodable(event.getFormattedMessage()));
      keys(json, event);
      if (event.getThrowableProxy() != null) {
        json.writeStringField("exception", encodable(stack.convert(event)));
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    line.write('\n');
    return line.toByteArray();
  }

  private static void keys(JsonGenerator json, ILoggingEvent event) throws IOException {
    Object[] arguments = event.getArgumentArray();
    if (arguments == null || event.getMessage() == null) {
      return;
    }
    Matcher place = PLACE.matcher(event.getMessage());
    for (int i = 0; i < arguments.length && place.find(); i++) {
      String key = place.group(1);
      if (key == null) {
        continue;
      }
      json.writeFieldName(key);
      switch (arguments[i]) {
        case null -> json.writeNull();
        case Integer value -> json.writeNumber(value);
        case Long value -> json.writeNumber(value);
        case Boolean value -> json.writeBoolean(value);
        case Object value -> json.writeString(encodable(value.toString()));
      }
    }
  }

  /** Half a surrogate pair, which a message may hold, cannot be written. */
  private static String encodable(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }
}
