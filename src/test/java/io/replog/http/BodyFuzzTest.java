package io.replog.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Bodies and numbers that nobody meant: taken, or refused as invalid with a sentence, and nothing
 * else. {@code -Dreplog.fuzz.runs=N} tries more.
 */
class BodyFuzzTest {
  private static final int RUNS = Integer.getInteger("replog.fuzz.runs", 20_000);
  private static final List<String> PIECES =
      List.of(
          "{",
          "}",
          "[",
          "]",
          ",",
          ":",
          "\"",
          "\\u0000",
          "\\ud800",
          "\\",
          "null",
          "true",
          "-1",
          "1e400",
          "0x1",
          "99999999999999999999999",
          "\"w\"",
          "\"message\"",
          "\"messages\"",
          "[[",
          "\u0000",
          "\uD83D\uDE00",
          " ",
          "\n",
          "1.0",
          "\"all\"");

  @Test
  void anAppendIsReadOrRefused() {
    fuzz(
        "{\"message\":\"te\\u0078t\",\"w\":2,\"j\":true,\"timeoutMs\":500,\"expectedSequence\":7}",
        bytes -> assertThat(AppendBodyReader.read(bytes).payloads()).isNotEmpty());
  }

  @Test
  void aBatchIsReadOrRefused() {
    fuzz(
        "{\"messages\":[\"a\",\"\",\"\uD83D\uDE00\"],\"w\":\"majority\"}",
        bytes -> assertThat(AppendBodyReader.read(bytes).payloads()).isNotEmpty());
  }

  @Test
  void aNumberInAQueryIsReadOrRefused() {
    fuzz(
        "123456",
        bytes ->
            assertThat(QueryParameters.parse("from", new String(bytes, UTF_8), 1, 1_000_000))
                .isBetween(1L, 1_000_000L));
  }

  private static void fuzz(String sound, Consumer<byte[]> read) {
    int taken = 0;
    for (long seed = 1; seed <= RUNS; seed++) {
      byte[] bytes = mutated(sound, new SplittableRandom(seed));
      try {
        read.accept(bytes);
        taken++;
      } catch (ProblemException e) {
        assertThat(e.problem().detail()).isNotBlank();
        assertThat(e.problem().kind()).isIn(Problem.Kind.INVALID_REQUEST, Problem.Kind.TOO_LARGE);
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + new String(bytes, UTF_8), e);
      }
    }
    assertThat(taken).as("some changes do no harm").isBetween(1, RUNS - 1);
  }

  private static byte[] mutated(String sound, SplittableRandom random) {
    StringBuilder text = new StringBuilder(sound);
    for (int i = random.nextInt(4); i > 0; i--) {
      int at = random.nextInt(text.length() + 1);
      int to = Math.min(text.length(), at + random.nextInt(4));
      text.replace(at, to, random.nextInt(3) == 0 ? "" : PIECES.get(random.nextInt(PIECES.size())));
    }
    byte[] bytes = text.toString().getBytes(UTF_8);
    if (random.nextInt(5) == 0 && bytes.length > 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return bytes;
  }
}
