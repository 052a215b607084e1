package io.replog.storage;

import io.replog.core.DamagedFrameException;
import io.replog.core.Hash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The first 64 bytes of a segment file: magic (8), format version (4), zero (4), first sequence
 * (8), hash before the first entry (32), zero (4), CRC-32C of the 60 bytes before it (4). Numbers
 * are big-endian.
 *
 * @param first sequence of the first entry
 * @param hashBefore hash of the entry before it
 */
record SegmentHeader(long first, Hash hashBefore) {
  static final int BYTES = 64;
  static final int VERSION = 1;

  private static final byte[] MAGIC = "RPLGLOG\n".getBytes(StandardCharsets.US_ASCII);

  ByteBuffer encode() {
    ByteBuffer out = ByteBuffer.allocate(BYTES);
    out.put(MAGIC).putInt(VERSION).putInt(0).putLong(first);
    hashBefore.write(out);
    out.putInt(0);
    out.putInt(Checksum.of(out.array(), 0, BYTES - Integer.BYTES));
    return out.flip();
  }

  /**
   * Reads the header of a segment file.
   *
   * @throws DamagedFrameException if it is not one
   * @throws UnsupportedFormatException if a later release wrote it
   */
  static SegmentHeader read(DiskFile file, String name) throws IOException, DamagedFrameException {
    ByteBuffer in = ByteBuffer.allocate(BYTES);
    if (file.read(in, 0) < BYTES) {
      throw new DamagedFrameException("the header of the segment is cut off");
    }
    in.flip();
    byte[] magic = new byte[MAGIC.length];
    in.get(magic);
    int version = in.getInt();
    in.getInt();
    long first = in.getLong();
    Hash hashBefore = Hash.read(in);
    in.getInt();
    if (!Arrays.equals(magic, MAGIC)
        || in.getInt() != Checksum.of(in.array(), 0, BYTES - Integer.BYTES)) {
      throw new DamagedFrameException("the header of the segment is damaged");
    }
    if (version != VERSION) {
      throw new UnsupportedFormatException(name, version, VERSION);
    }
    return new SegmentHeader(first, hashBefore);
  }
}
