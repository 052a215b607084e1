package io.replog.storage;

import java.util.zip.CRC32C;

/** CRC-32C, the checksum of every file here. */
final class Checksum {
  private Checksum() {}

  /** The checksum of a piece of an array. */
  static int of(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }
}
