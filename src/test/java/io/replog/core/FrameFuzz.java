package io.replog.core;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * A frame that may be any bytes: what is taken is what was written, and says the same of itself by
 * its header; everything else is refused by the one exception. A first byte of an odd value gives
 * the rest a sound checksum, so that a fuzzer gets past it.
 */
public final class FrameFuzz {
  private static final int CRC_BYTES = 4;

  private FrameFuzz() {}

  /** The entry point of a fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length == 0) {
      return;
    }
    byte[] frame = Arrays.copyOfRange(input, 1, input.length);
    if ((input[0] & 1) == 1) {
      mendChecksum(frame);
    }
    FrameHeader header = header(frame);
    ByteBuffer in = ByteBuffer.wrap(frame);
    try {
      Frame decoded = FrameCodec.decode(in);
      if (header == null
          || header.firstSequence() != decoded.first().sequence()
          || header.lastSequence() != decoded.last().sequence()
          || header.epoch() != decoded.last().epoch()
          || header.timestamp() != decoded.last().timestamp()
          || !header.lastHash().equals(decoded.last().hash())
          || header.size() != in.position()
          || decoded.size() != in.position()
          || decoded.bytes().mismatch(ByteBuffer.wrap(frame, 0, in.position())) >= 0) {
        throw new AssertionError("the frame and its header differ: " + header + " " + decoded);
      }
    } catch (DamagedFrameException refused) {
      // as it should be
    }
    FrameCodec.claim(ByteBuffer.wrap(frame));
  }

  /** Frames of every form, with their own checksum and with one that is made. */
  public static List<byte[]> seeds() {
    HashChain chain = new HashChain();
    Hash origin = HashChain.origin(new UUID(1, 2));
    List<byte[]> text = List.of("one".getBytes(UTF_8), new byte[0], "\u20ac".getBytes(UTF_8));
    List<byte[]> seeds = new ArrayList<>();
    for (Frame frame :
        List.of(
            FrameCodec.encode(chain, origin, 1, 1, 1, null, text.subList(0, 1)),
            FrameCodec.encode(chain, origin, 1L << 40, 1L << 50, 1L << 40, "key", text),
            FrameCodec.encode(chain, origin, 300, 2, 5, "k", List.of(new byte[300])))) {
      for (byte mend = 0; mend < 2; mend++) {
        ByteBuffer seed = ByteBuffer.allocate(1 + frame.size()).put(mend);
        seeds.add(seed.put(frame.bytes().duplicate()).array());
      }
    }
    return seeds;
  }

  private static FrameHeader header(byte[] frame) {
    try {
      return FrameCodec.header(ByteBuffer.wrap(frame));
    } catch (DamagedFrameException refused) {
      return null;
    }
  }

  /** Puts the CRC-32C of what it covers where it belongs, if there is a frame's length at all. */
  private static void mendChecksum(byte[] frame) {
    int size;
    try {
      size = FrameCodec.frameSize(ByteBuffer.wrap(frame));
    } catch (DamagedFrameException noLength) {
      return;
    }
    int lengthBytes = 0;
    while (lengthBytes < frame.length && frame[lengthBytes] < 0) {
      lengthBytes++;
    }
    int crcAt = lengthBytes + 1;
    if (size <= crcAt + CRC_BYTES || size > frame.length) {
      return;
    }
    CRC32C crc = new CRC32C();
    crc.update(frame, 0, crcAt);
    crc.update(frame, crcAt + CRC_BYTES, size - crcAt - CRC_BYTES);
    ByteBuffer.wrap(frame).putInt(crcAt, (int) crc.getValue());
  }
}
