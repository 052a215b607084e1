package io.replog.evidence;

import java.util.Arrays;
import java.util.Base64;

/** An Ed25519 signature. Immutable; equality is by content. */
public final class Signature {
  /** Length of a signature in bytes. */
  public static final int BYTES = 64;

  private final byte[] bytes;

  private Signature(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Copies a signature out of an array.
   *
   * @throws IllegalArgumentException if the array does not have {@value #BYTES} bytes
   */
  public static Signature of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a signature has 64 bytes, not " + bytes.length);
    }
    return new Signature(bytes.clone());
  }

  /**
   * Parses the Base64 form.
   *
   * @throws IllegalArgumentException if the text is not the Base64 of {@value #BYTES} bytes
   */
  public static Signature parse(String base64) {
    return of(Base64.getDecoder().decode(base64));
  }

  /** A copy of its bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Signature that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** The Base64 form, 88 characters. */
  @Override
  public String toString() {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
