package io.replog.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonGenerator;
import io.replog.core.Entry;
import io.replog.core.EntryWalk;
import io.replog.core.Frame;
import io.replog.core.FrameCodec;
import io.replog.core.Hash;
import io.replog.core.HashChain;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What is written straight from bytes is, byte for byte, what the JSON library writes. */
class JsonBytesTest {
  private static final Hash ORIGIN =
      HashChain.origin(UUID.fromString("c0000000-0000-4000-8000-000000000001"));

  private static String random(SplittableRandom random, int longest) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(longest); i > 0; i--) {
      switch (random.nextInt(12)) {
        case 0 -> text.append((char) random.nextInt(' '));
        case 1 -> text.append(random.nextBoolean() ? '"' : '\\');
        case 2 -> text.appendCodePoint(0x80 + random.nextInt(0xd000));
        case 3 -> text.appendCodePoint(0x10000 + random.nextInt(0x1000));
        case 4 -> text.append((char) 0x7f);
        default -> text.append((char) (' ' + random.nextInt(95)));
      }
    }
    return text.toString();
  }

  /** Without what the library writes as two escapes where it is given a text, not its UTF-8. */
  private static String key(SplittableRandom random) {
    StringBuilder key = new StringBuilder("k");
    random(random, 20).codePoints().filter(Character::isBmpCodePoint).forEach(key::appendCodePoint);
    return key.toString();
  }

  private static String text(byte[] utf8, int begin, int length) {
    return new String(new JsonBytes(1).text(utf8, begin, length).take(), UTF_8);
  }

  @Test
  void aTextIsEscapedAsTheLibraryEscapesIt() {
    for (long seed = 0; seed < 5000; seed++) {
      byte[] utf8 = random(new SplittableRandom(seed), 100).getBytes(UTF_8);
      byte[] expected = Json.bytes(json -> json.writeUTF8String(utf8, 0, utf8.length));
      assertThat(text(utf8, 0, utf8.length))
          .as("seed %d", seed)
          .isEqualTo(new String(expected, UTF_8));
    }
  }

  @Test
  void everyByteIsSeenWhereverItStandsAmongEight() {
    for (int place = 0; place < 24; place++) {
      for (int b = 0; b < 128; b++) {
        byte[] utf8 = "abcdefghijklmnopqrstuvwx".getBytes(UTF_8);
        utf8[place] = (byte) b;
        byte[] expected = Json.bytes(json -> json.writeUTF8String(utf8, 0, utf8.length));
        assertThat(text(utf8, 0, utf8.length)).isEqualTo(new String(expected, UTF_8));
      }
    }
  }

  @Test
  void anEntryIsWrittenAsTheLibraryWritesIt() throws Exception {
    for (long seed = 0; seed < 1000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Frame frame =
          FrameCodec.encode(
              new HashChain(),
              ORIGIN,
              1 + (random.nextLong() >>> (2 + random.nextInt(60))),
              1 + (random.nextLong() >>> (2 + random.nextInt(60))),
              random.nextLong() >>> 16,
              random.nextBoolean() ? null : key(random),
              List.of(random(random, 300).getBytes(UTF_8), random(random, 9).getBytes(UTF_8)));
      byte[] bytes = new byte[frame.size()];
      frame.bytes().duplicate().get(bytes);
      EntryWalk walk = new EntryWalk();
      walk.over(ByteBuffer.wrap(bytes));
      JsonBytes found = new JsonBytes(1);
      for (Entry entry : frame.entries()) {
        assertThat(walk.next()).isTrue();
        new EntryParts(new ListForm.Lines()).write(found, walk, Integer.MAX_VALUE);
        assertThat(new String(found.take(), UTF_8))
            .as("seed %d", seed)
            .isEqualTo(
                new String(
                        Json.bytes(
                            json -> {
                              json.writeStartObject();
                              members(json, entry);
                              json.writeEndObject();
                            }),
                        UTF_8)
                    + "\n");
      }
    }
  }

  private static void members(JsonGenerator json, Entry entry) throws IOException {
    json.writeNumberField("sequence", entry.sequence());
    json.writeNumberField("epoch", entry.epoch());
    json.writeNumberField("timestamp", entry.timestamp());
    if (entry.key() != null) {
      json.writeStringField("key", entry.key());
    }
    json.writeFieldName("message");
    json.writeUTF8String(entry.payload(), 0, entry.payload().length);
    json.writeStringField("hash", entry.hash().toString());
  }

  @Test
  void aTextInPartsIsTheSameTextAndNoPartIsMuchTooLong() {
    for (int seed = 0; seed < 2000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] utf8 = random(random, 300).getBytes(UTF_8);
      int upTo = 1 + random.nextInt(40);
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (int at = 0; at < utf8.length; ) {
        JsonBytes out = new JsonBytes(1);
        int part = out.part(utf8, at, utf8.length - at, upTo);
        byte[] bytes = out.take();
        assertThat(part).as("seed %d", seed).isPositive();
        assertThat(bytes.length).as("seed %d", seed).isLessThan(upTo + 6);
        all.writeBytes(bytes);
        at += part;
      }
      assertThat('"' + all.toString(UTF_8) + '"')
          .as("seed %d", seed)
          .isEqualTo(text(utf8, 0, utf8.length));
    }
  }

  @Test
  void numbersHaveAllTheirDigits() {
    for (long number : new long[] {0, 9, 10, 99, 100, 1234567890123L, Long.MAX_VALUE}) {
      assertThat(new String(new JsonBytes(1).number(number).take(), UTF_8))
          .isEqualTo(Long.toString(number));
    }
  }
}
