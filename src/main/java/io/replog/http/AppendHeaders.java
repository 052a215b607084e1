package io.replog.http;

import io.micronaut.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an append says in its headers. */
final class AppendHeaders {
  static final String KEY = "Idempotency-Key";
  static final String PREFER = "Prefer";
  static final String PREFERENCE_APPLIED = "Preference-Applied";
  static final String REPRESENTATION = "return=representation";

  private static final int LONGEST_KEY = 200;

  private AppendHeaders() {}

  /** The idempotency key, null without one. */
  static @Nullable String key(HttpHeaders headers) {
    List<String> values = headers.getAll(KEY);
    if (values.isEmpty()) {
      return null;
    }
    String key = values.size() == 1 ? utf8(values.getFirst()) : "";
    int length = key.codePointCount(0, key.length());
    if (length < 1 || length > LONGEST_KEY) {
      throw ProblemException.invalid(
          "%s must be there once and have 1 to %d characters".formatted(KEY, LONGEST_KEY));
    }
    return key;
  }

  /** Whether the whole list is wanted in the answer. */
  static boolean wantsRepresentation(HttpHeaders headers) {
    List<String> values = headers.getAll(PREFER);
    if (values.isEmpty()) {
      return false;
    }
    return values.stream()
        .flatMap(value -> Arrays.stream(value.split("[,;]", -1)))
        .anyMatch(preference -> preference.strip().equalsIgnoreCase(REPRESENTATION));
  }

  /** The server reads a header's bytes as Latin-1; clients write UTF-8. */
  private static String utf8(String header) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(header.getBytes(StandardCharsets.ISO_8859_1));
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw ProblemException.invalid(KEY + " is not UTF-8");
    }
  }
}
