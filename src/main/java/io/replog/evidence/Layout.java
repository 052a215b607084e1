package io.replog.evidence;

import io.replog.core.Hash;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** How what is signed or hashed is laid out in bytes. */
final class Layout {
  private Layout() {}

  /** Writes fields one after the other; {@link DataOutputStream} is big-endian. */
  @FunctionalInterface
  interface Fields {
    void write(DataOutputStream out) throws IOException;
  }

  /** The kind, which ends with a zero byte, and then the fields. */
  static byte[] of(String kind, Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(160);
    DataOutputStream out = new DataOutputStream(bytes);
    try {
      out.write(kind.getBytes(StandardCharsets.US_ASCII));
      out.writeByte(0);
      fields.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail", e);
    }
    return bytes.toByteArray();
  }

  /** Its length in 2 bytes, and then the bytes. */
  static void write(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeShort(bytes.length);
    out.write(bytes);
  }

  static void write(DataOutputStream out, String text) throws IOException {
    write(out, text.getBytes(StandardCharsets.UTF_8));
  }

  static void write(DataOutputStream out, UUID id) throws IOException {
    out.writeLong(id.getMostSignificantBits());
    out.writeLong(id.getLeastSignificantBits());
  }

  static void write(DataOutputStream out, Hash hash) throws IOException {
    ByteBuffer raw = ByteBuffer.allocate(Hash.BYTES);
    hash.write(raw);
    out.write(raw.array());
  }
}
