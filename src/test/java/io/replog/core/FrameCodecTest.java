package io.replog.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class FrameCodecTest {
  private static final Hash ORIGIN =
      HashChain.origin(UUID.fromString("c0000000-0000-4000-8000-000000000001"));

  private final HashChain chain = new HashChain();

  private Frame frame(String key, String... messages) {
    List<byte[]> payloads = new ArrayList<>();
    for (String message : messages) {
      payloads.add(message.getBytes(UTF_8));
    }
    return FrameCodec.encode(chain, ORIGIN, 1, 1, 1_700_000_000_000L, key, payloads);
  }

  private Frame random(SplittableRandom random) {
    List<byte[]> payloads = new ArrayList<>();
    int count = random.nextBoolean() ? 1 : 1 + random.nextInt(20);
    for (int i = 0; i < count; i++) {
      byte[] payload = new byte[random.nextInt(random.nextInt(10) == 0 ? 40_000 : 300)];
      random.nextBytes(payload);
      payloads.add(payload);
    }
    long sequence = 1 + (random.nextLong() >>> (2 + random.nextInt(60)));
    long epoch = 1 + (random.nextLong() >>> (2 + random.nextInt(60)));
    long timestamp = random.nextLong() >>> 16;
    String key = random.nextBoolean() ? null : "k".repeat(random.nextInt(200)) + "é";
    byte[] hash = new byte[Hash.BYTES];
    random.nextBytes(hash);
    return FrameCodec.encode(chain, Hash.of(hash), sequence, epoch, timestamp, key, payloads);
  }

  private static void assertSame(Frame found, Frame frame) {
    assertThat(found.bytes()).isEqualTo(frame.bytes());
    assertThat(found.entries()).isEqualTo(frame.entries());
    for (int i = 0; i < frame.entries().size(); i++) {
      Entry entry = frame.entries().get(i);
      Entry same = found.entries().get(i);
      assertThat(same.payload()).isEqualTo(entry.payload());
      assertThat(same.key()).isEqualTo(entry.key());
      assertThat(same.epoch()).isEqualTo(entry.epoch());
      assertThat(same.timestamp()).isEqualTo(entry.timestamp());
    }
  }

  @Test
  void everyFrameIsReadAsItWasWritten() throws DamagedFrameException {
    for (long seed = 0; seed < 300; seed++) {
      Frame frame = random(new SplittableRandom(seed));
      ByteBuffer in = frame.bytes().duplicate();
      assertThat(FrameCodec.frameSize(in)).isEqualTo(frame.size());
      assertSame(FrameCodec.decode(in), frame);
      assertThat(in.hasRemaining()).isFalse();
      FrameHeader header = FrameCodec.header(in.flip());
      assertThat(header)
          .as("seed %d", seed)
          .isEqualTo(
              new FrameHeader(
                  frame.size(),
                  frame.first().epoch(),
                  frame.first().sequence(),
                  frame.last().sequence(),
                  frame.first().timestamp(),
                  frame.last().hash()));
      FrameClaim claim = FrameCodec.claim(in.flip());
      assertThat(claim)
          .isEqualTo(
              new FrameClaim(
                  frame.size(), header.epoch(), header.firstSequence(), header.timestamp()));
    }
  }

  @Test
  void framesAreReadOneAfterTheOther() throws DamagedFrameException {
    Frame one = frame("key", "one");
    Frame two = frame(null, "", "two");
    ByteBuffer in = ByteBuffer.allocate(one.size() + two.size() + 1);
    in.put(one.bytes().duplicate()).put(two.bytes().duplicate()).flip();
    assertSame(FrameCodec.decode(in), one);
    assertSame(FrameCodec.decode(in), two);
    assertThat(FrameCodec.frameSize(in.limit(in.capacity()))).isZero();
  }

  @Test
  void anEntryAmongTheFirstTwoMillionCosts49BytesBesideItsPayload() {
    Frame frame =
        FrameCodec.encode(
            chain, ORIGIN, 2_000_000, 1, 1_700_000_000_000L, null, List.of(new byte[100]));
    assertThat(frame.size()).isEqualTo(149);
  }

  @Test
  void everyFlippedBitIsFound() {
    for (Frame frame : List.of(frame("key", "message"), frame(null, "a", "", "c"))) {
      byte[] bytes = new byte[frame.size()];
      frame.bytes().duplicate().get(bytes);
      for (int bit = 0; bit < bytes.length * 8; bit++) {
        byte[] flipped = bytes.clone();
        flipped[bit / 8] ^= (byte) (1 << (bit % 8));
        ByteBuffer in = ByteBuffer.wrap(flipped);
        assertThatThrownBy(() -> FrameCodec.decode(in)).isInstanceOf(DamagedFrameException.class);
        assertThatThrownBy(() -> FrameCodec.header(in)).isInstanceOf(DamagedFrameException.class);
        assertThat(in.position()).isZero();
      }
    }
  }

  @Test
  void aFrameThatIsCutOffIsFound() {
    Frame frame = frame("key", "one", "two");
    for (int length = 0; length < frame.size(); length++) {
      ByteBuffer in = frame.bytes().duplicate().limit(length);
      assertThatThrownBy(() -> FrameCodec.decode(in)).isInstanceOf(DamagedFrameException.class);
      assertThatThrownBy(() -> FrameCodec.header(in)).isInstanceOf(DamagedFrameException.class);
    }
  }

  @Test
  void randomBytesAreDamageAndNothingElse() {
    for (long seed = 0; seed < 10_000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] bytes = new byte[random.nextInt(80)];
      random.nextBytes(bytes);
      onlyDamage(seed, ByteBuffer.wrap(bytes));
    }
  }

  /** Random bodies under a right checksum: what a program with a bug could send. */
  @Test
  void randomBodiesWithASoundChecksumAreDamageOrAFrameAndNothingElse() {
    for (long seed = 0; seed < 20_000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] body = new byte[1 + random.nextInt(100)];
      random.nextBytes(body);
      body[0] &= (byte) (random.nextInt(8) == 0 ? 0xff : 3);
      ByteBuffer in = ByteBuffer.allocate(5 + body.length);
      in.put((byte) body.length);
      CRC32C crc = new CRC32C();
      crc.update(body.length);
      crc.update(body);
      in.putInt((int) crc.getValue()).put(body).flip();
      onlyDamage(seed, in);
    }
  }

  private static void onlyDamage(long seed, ByteBuffer in) {
    try {
      FrameCodec.claim(in);
      FrameHeader header = FrameCodec.header(in.duplicate());
      assertThat(header.firstSequence()).isBetween(1L, header.lastSequence());
      Frame frame = FrameCodec.decode(in);
      assertThat(frame.last().sequence()).isEqualTo(header.lastSequence());
    } catch (DamagedFrameException expected) {
      assertThat(expected).hasMessageMatching(".+");
    } catch (RuntimeException e) {
      throw new AssertionError("seed " + seed, e);
    }
  }
}
