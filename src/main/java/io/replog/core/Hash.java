package io.replog.core;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/** A SHA-256 value. Immutable; equality is by content. */
public final class Hash {
  /** Length of a hash in bytes. */
  public static final int BYTES = 32;

  private final byte[] bytes;

  private Hash(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Copies a hash out of an array.
   *
   * @throws IllegalArgumentException if the array does not have {@value #BYTES} bytes
   */
  public static Hash of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a hash has " + BYTES + " bytes, not " + bytes.length);
    }
    return new Hash(bytes.clone());
  }

  /** Takes ownership of an array that nobody else will change. */
  static Hash owning(byte[] bytes) {
    return new Hash(bytes);
  }

  /** Reads {@value #BYTES} bytes from the buffer's position and moves past them. */
  public static Hash read(ByteBuffer buffer) {
    byte[] bytes = new byte[BYTES];
    buffer.get(bytes);
    return new Hash(bytes);
  }

  /**
   * Parses the hexadecimal form.
   *
   * @throws IllegalArgumentException if the text is not 64 hexadecimal digits
   */
  public static Hash parse(String hex) {
    return of(HexFormat.of().parseHex(hex));
  }

  /** Writes the {@value #BYTES} bytes at the buffer's position. */
  public void write(ByteBuffer buffer) {
    buffer.put(bytes);
  }

  byte[] raw() {
    return bytes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Hash that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** The 64 lower-case hexadecimal digits. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
