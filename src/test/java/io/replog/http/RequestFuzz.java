package io.replog.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micronaut.http.HttpRequest;
import io.replog.node.Faults;
import java.util.Arrays;
import java.util.List;

/**
 * Bodies and query strings that may be any bytes: taken, or refused by a problem with a sentence.
 * The first byte says as what the rest is read.
 */
public final class RequestFuzz {
  private static final int KINDS = 7;

  private RequestFuzz() {}

  /** The entry point of a fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length == 0) {
      return;
    }
    byte[] rest = Arrays.copyOfRange(input, 1, input.length);
    try {
      read(Math.floorMod(input[0], KINDS), rest);
    } catch (ProblemException refused) {
      Problem.Kind kind = refused.problem().kind();
      boolean fits = kind == Problem.Kind.INVALID_REQUEST || kind == Problem.Kind.TOO_LARGE;
      if (!fits || refused.problem().detail().isBlank()) {
        throw new AssertionError(kind + ": " + refused.problem().detail(), refused);
      }
      refused.problem().response();
    }
  }

  /** None: those that are kept are written by hand. */
  public static List<byte[]> seeds() {
    return List.of();
  }

  private static void read(int kind, byte[] bytes) {
    switch (kind) {
      case 0 -> AppendBodyReader.read(bytes);
      case 1 -> FaultsBody.json(FaultsBody.read(bytes, Faults.NONE));
      case 2 -> SecondaryBody.read(bytes);
      case 3 -> HandFedBody.read(bytes);
      case 4 -> QueryParameters.parse("from", new String(bytes, UTF_8), 1, Long.MAX_VALUE);
      case 5 -> ReadQuery.ofList(HttpRequest.GET("/messages?" + encoded(bytes)));
      default ->
          QueryParameters.of(HttpRequest.GET("/frames?" + encoded(bytes)), List.of("from", "upTo"));
    }
  }

  /** What a client can send at all: everything that is not plain is escaped, escapes are not. */
  private static String encoded(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte b : bytes) {
      boolean letter = b > 0 && Character.isLetterOrDigit(b);
      boolean plain = letter || "=&+-._~".indexOf(b) >= 0;
      text.append(plain ? String.valueOf((char) b) : "%%%02X".formatted(b & 0xff));
    }
    return text.toString();
  }
}
