package io.replog.core;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The chain that makes two logs comparable by one value: {@code hash(i) = SHA-256(hash(i-1) ||
 * canonical bytes of entry i)}, {@code hash(0) = SHA-256(cluster id)}. Equal hashes at one sequence
 * prove equal logs up to it.
 *
 * <p>The canonical bytes are sequence, epoch and timestamp as 8 bytes each, then the length of the
 * key (4 bytes, 0 without one), the key, the length of the payload (4 bytes) and the payload;
 * numbers big-endian, texts UTF-8.
 *
 * <p>Not safe for use by several threads: it keeps a digest.
 */
public final class HashChain {
  private static final byte[] NO_KEY = {};

  private final MessageDigest digest = sha256();
  private final ByteBuffer numbers = ByteBuffer.allocate(3 * Long.BYTES + Integer.BYTES);
  private final ByteBuffer length = ByteBuffer.allocate(Integer.BYTES);

  /** The hash before the first entry of the log of this cluster: over the text form of its id. */
  public static Hash origin(UUID clusterId) {
    return Hash.owning(sha256().digest(clusterId.toString().getBytes(StandardCharsets.US_ASCII)));
  }

  /** SHA-256 of a content. */
  public static Hash ofContent(byte[] content) {
    return Hash.owning(sha256().digest(content));
  }

  /**
   * SHA-256 of what an append says, by which a repeated one is known: of the length (4 bytes) and
   * the bytes of each of its messages, so that what is hashed says the same in one way only. It is
   * in no file and in no message between nodes.
   */
  public static Hash ofContent(List<byte[]> payloads) {
    MessageDigest digest = sha256();
    for (byte[] payload : payloads) {
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(payload.length).array());
      digest.update(payload);
    }
    return Hash.owning(digest.digest());
  }

  /**
   * The hash of an entry that follows the one with hash {@code previous}.
   *
   * @param key UTF-8 bytes of the idempotency key, or null without one
   */
  public Hash next(
      Hash previous,
      long sequence,
      long epoch,
      long timestamp,
      byte @Nullable [] key,
      byte[] payload) {
    byte[] keyBytes = key == null ? NO_KEY : key;
    digest.update(previous.raw());
    numbers.clear().putLong(sequence).putLong(epoch).putLong(timestamp).putInt(keyBytes.length);
    digest.update(numbers.array());
    digest.update(keyBytes);
    length.clear().putInt(payload.length);
    digest.update(length.array());
    return Hash.owning(digest.digest(payload));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
