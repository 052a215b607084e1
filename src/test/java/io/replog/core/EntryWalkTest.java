package io.replog.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EntryWalkTest {
  private static final Hash ORIGIN =
      HashChain.origin(UUID.fromString("c0000000-0000-4000-8000-000000000001"));

  /** A run of frames, singles and batches, some with a key. */
  private static List<Frame> frames(SplittableRandom random) {
    HashChain chain = new HashChain();
    List<Frame> frames = new ArrayList<>();
    long sequence = 1 + (random.nextLong() >>> (2 + random.nextInt(60)));
    long epoch = 1 + (random.nextLong() >>> (2 + random.nextInt(60)));
    Hash hash = ORIGIN;
    for (int i = random.nextInt(6); i >= 0; i--) {
      List<byte[]> payloads = new ArrayList<>();
      for (int j = random.nextBoolean() ? 0 : random.nextInt(20); j >= 0; j--) {
        byte[] payload = new byte[random.nextInt(random.nextInt(10) == 0 ? 40_000 : 300)];
        random.nextBytes(payload);
        payloads.add(payload);
      }
      String key = random.nextBoolean() ? null : "k".repeat(random.nextInt(200)) + "é";
      long time = random.nextLong() >>> 16;
      Frame frame = FrameCodec.encode(chain, hash, sequence, epoch, time, key, payloads);
      frames.add(frame);
      sequence = frame.last().sequence() + 1;
      hash = frame.last().hash();
    }
    return frames;
  }

  private static byte[] bytes(List<Frame> frames) {
    ByteBuffer all = ByteBuffer.allocate(frames.stream().mapToInt(Frame::size).sum());
    frames.forEach(frame -> all.put(frame.bytes().duplicate()));
    return all.array();
  }

  @Test
  void everyEntryIsFoundWhereItLies() throws DamagedFrameException {
    EntryWalk walk = new EntryWalk();
    for (long seed = 0; seed < 300; seed++) {
      List<Frame> frames = frames(new SplittableRandom(seed));
      byte[] bytes = bytes(frames);
      byte[] within = new byte[bytes.length + 20];
      System.arraycopy(bytes, 0, within, 13, bytes.length);

      walk.over(ByteBuffer.wrap(within, 13, bytes.length).slice());

      for (Frame frame : frames) {
        for (Entry entry : frame.entries()) {
          assertThat(walk.next()).as("seed %d", seed).isTrue();
          assertThat(found(walk)).isEqualTo(entry);
          assertThat(found(walk).payload()).isEqualTo(entry.payload());
          assertThat(found(walk).toString()).isEqualTo(entry.toString());
          assertThat(found(walk).key()).isEqualTo(entry.key());
          assertThat(walk.timestamp()).isEqualTo(entry.timestamp());
        }
      }
      assertThat(walk.next()).isFalse();
      assertThat(walk.next()).isFalse();
    }
  }

  private static Entry found(EntryWalk walk) {
    int payloadEnd = walk.payloadAt() + walk.payloadLength();
    return new Entry(
        walk.sequence(),
        walk.epoch(),
        walk.timestamp(),
        walk.hasKey() ? new String(walk.bytes(), walk.keyAt(), walk.keyLength(), UTF_8) : null,
        Arrays.copyOfRange(walk.bytes(), walk.payloadAt(), payloadEnd),
        Hash.of(Arrays.copyOfRange(walk.bytes(), walk.hashAt(), walk.hashAt() + Hash.BYTES)));
  }

  /** Whatever stands there, nothing is read beyond the frames and nothing goes on for ever. */
  @Test
  void damagedBytesAreDamageOrEntriesWithinTheFramesAndNothingElse() {
    int damaged = 0;
    EntryWalk walk = new EntryWalk();
    for (long seed = 0; seed < 20_000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] bytes = bytes(frames(new SplittableRandom(seed % 50)));
      for (int i = random.nextInt(4); i >= 0; i--) {
        bytes[random.nextInt(Math.min(60, bytes.length))] = (byte) random.nextInt();
      }
      int limit = random.nextInt(4) == 0 ? random.nextInt(bytes.length) : bytes.length;
      walk.over(ByteBuffer.wrap(bytes, 0, limit));
      try {
        while (walk.next()) {
          assertThat(walk.payloadAt()).isPositive();
          assertThat(walk.payloadLength()).isNotNegative();
          assertThat(walk.hashAt() + Hash.BYTES).isLessThanOrEqualTo(limit);
          assertThat(walk.hasKey() && walk.keyAt() + walk.keyLength() > limit).isFalse();
        }
      } catch (DamagedFrameException e) {
        damaged++;
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    assertThat(damaged).isPositive();
  }
}
