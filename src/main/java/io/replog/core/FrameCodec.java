package io.replog.core;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The binary form of a frame, the same in a segment file and on the wire:
 *
 * <pre>
 * varint  length of the body in bytes, never 0 (a zero byte is the preallocated end of a segment)
 * u32     CRC-32C of the length's bytes and the body, big-endian
 * body:
 *   u8      flags: 1 = the first entry has a key, 2 = a batch
 *   varint  epoch
 *   varint  sequence of the first entry
 *   u48     timestamp in ms since 1970 UTC, big-endian
 *   varint  number of entries                                       only in a batch
 *   varint  length of the key, then the key in UTF-8                only with a key
 *   for each entry:
 *     varint  length of the payload                                 only in a batch
 *     bytes   payload in UTF-8
 *     32      hash
 * </pre>
 *
 * Varints are little-endian base 128 as in Protocol Buffers, in their shortest form. An entry of a
 * log that has under two million of them costs 49 bytes beside a payload of 100.
 */
public final class FrameCodec {
  /** Longest payload of one entry, in bytes. */
  public static final int MAX_PAYLOAD = 1 << 20;

  /**
   * Longest body of a frame, in bytes: the longest request, every message with its hash and length.
   */
  public static final int MAX_BODY = 1 << 29;

  /** Longest idempotency key, in bytes of UTF-8 (200 characters of up to 4 bytes). */
  public static final int MAX_KEY = 800;

  /** First bytes of a frame that {@link #claim} looks at; every frame is longer. */
  public static final int CLAIM_BYTES = 34;

  static final int KEYED = 1;
  static final int BATCH = 2;
  static final int CRC_BYTES = 4;
  static final int TIMESTAMP_BYTES = 6;

  private FrameCodec() {}

  /**
   * Builds the frame of an append: sequences and hashes continue the chain.
   *
   * @param previous hash of the entry before {@code firstSequence}
   * @param key idempotency key or null; it belongs to the first entry
   * @param payloads at least one
   */
  public static Frame encode(
      HashChain chain,
      Hash previous,
      long firstSequence,
      long epoch,
      long timestamp,
      @Nullable String key,
      List<byte[]> payloads) {
    byte @Nullable [] keyBytes = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
    List<Entry> entries = new ArrayList<>(payloads.size());
    Hash hash = previous;
    long sequence = firstSequence;
    for (byte[] payload : payloads) {
      byte @Nullable [] entryKey = sequence == firstSequence ? keyBytes : null;
      hash = chain.next(hash, sequence, epoch, timestamp, entryKey, payload);
      entries.add(
          new Entry(sequence, epoch, timestamp, entryKey == null ? null : key, payload, hash));
      sequence++;
    }
    return new Frame(write(entries, keyBytes), List.copyOf(entries));
  }

  private static ByteBuffer write(List<Entry> entries, byte @Nullable [] key) {
    Entry first = entries.getFirst();
    boolean batch = entries.size() > 1;
    long body = 1L + varintSize(first.epoch()) + varintSize(first.sequence()) + TIMESTAMP_BYTES;
    body += batch ? varintSize(entries.size()) : 0;
    body += key == null ? 0 : varintSize(key.length) + key.length;
    for (Entry entry : entries) {
      int payload = entry.payload().length;
      body += (batch ? varintSize(payload) : 0) + payload + Hash.BYTES;
    }
    if (body > MAX_BODY) {
      throw new IllegalArgumentException("a frame's body of " + body + " bytes, over " + MAX_BODY);
    }
    ByteBuffer out = ByteBuffer.allocate(varintSize(body) + CRC_BYTES + (int) body);
    putVarint(out, body);
    int crcAt = out.position();
    out.position(crcAt + CRC_BYTES);
    out.put((byte) ((key == null ? 0 : KEYED) | (batch ? BATCH : 0)));
    putVarint(out, first.epoch());
    putVarint(out, first.sequence());
    out.putShort((short) (first.timestamp() >>> 32)).putInt((int) first.timestamp());
    if (batch) {
      putVarint(out, entries.size());
    }
    if (key != null) {
      putVarint(out, key.length);
      out.put(key);
    }
    for (Entry entry : entries) {
      if (batch) {
        putVarint(out, entry.payload().length);
      }
      out.put(entry.payload());
      entry.hash().write(out);
    }
    out.putInt(crcAt, crc(out, 0, crcAt, out.limit()));
    return out.flip().asReadOnlyBuffer();
  }

  /**
   * Length in bytes of the frame at the buffer's position, as its first bytes claim; nothing is
   * moved or checked.
   *
   * @return the length, 0 where there is none (a zero byte), or -1 when the buffer holds too few
   *     bytes to tell
   * @throws DamagedFrameException if the length is not one that a frame can have
   */
  public static int frameSize(ByteBuffer in) throws DamagedFrameException {
    long length = 0;
    for (int i = 0; i < 5; i++) {
      if (in.position() + i >= in.limit()) {
        return -1;
      }
      byte b = in.get(in.position() + i);
      length |= (long) (b & 0x7f) << (7 * i);
      if (b >= 0) {
        if (length > MAX_BODY || varintSize(length) != i + 1) {
          throw new DamagedFrameException("a frame cannot be " + length + " bytes long");
        }
        return length == 0 ? 0 : i + 1 + CRC_BYTES + (int) length;
      }
    }
    throw new DamagedFrameException("a frame's length has more than 5 bytes");
  }

  /**
   * Reads the frame at the buffer's position and moves past it. Checks framing, CRC and fields, not
   * the hash chain (see {@link FrameChecker}).
   *
   * @throws DamagedFrameException if there is no whole, sound frame; the position is then where it
   *     was
   */
  public static Frame decode(ByteBuffer in) throws DamagedFrameException {
    int size = checkedSize(in);
    int start = in.position();
    ByteBuffer bytes = in.slice(start, size).asReadOnlyBuffer();
    Frame frame = new Frame(bytes, fields(bytes.duplicate()));
    in.position(start + size);
    return frame;
  }

  /**
   * Reads what a scan needs of the frame at the buffer's position and moves past it: framing and
   * CRC are checked, entries are not made.
   *
   * @throws DamagedFrameException if there is no whole, sound frame; the position is then where it
   *     was
   */
  public static FrameHeader header(ByteBuffer in) throws DamagedFrameException {
    int size = checkedSize(in);
    int start = in.position();
    FrameHeader header;
    try {
      header = header(in.slice(start, size), size);
    } catch (BufferUnderflowException e) {
      throw new DamagedFrameException("a field reaches beyond its frame");
    }
    in.position(start + size);
    return header;
  }

  private static FrameHeader header(ByteBuffer frame, int size) throws DamagedFrameException {
    skipToBody(frame);
    int flags = flags(frame);
    long epoch = getVarint(frame);
    long sequence = getVarint(frame);
    long timestamp = timestamp(frame);
    long count = (flags & BATCH) == 0 ? 1 : getVarint(frame);
    checkNumbers(epoch, sequence, count, frame.remaining());
    Hash lastHash = Hash.read(frame.position(size - Hash.BYTES));
    return new FrameHeader(size, epoch, sequence, sequence + count - 1, timestamp, lastHash);
  }

  private static void checkNumbers(long epoch, long sequence, long count, int remaining)
      throws DamagedFrameException {
    if (epoch < 1 || sequence < 1 || count < 1 || count > remaining / Hash.BYTES) {
      throw new DamagedFrameException(
          "a frame with epoch " + epoch + ", sequence " + sequence + ", " + count + " entries");
    }
    if (sequence > Long.MAX_VALUE - count) {
      throw new DamagedFrameException("a frame beyond the last sequence there is");
    }
  }

  /**
   * What the first bytes at the buffer's position claim, if they look like a frame's at all: for a
   * search behind damage. No checksum is made, so nothing of it is certain, and nothing is moved.
   *
   * @return null where no frame begins, or where the buffer holds fewer than {@value #CLAIM_BYTES}
   *     bytes, which no frame does
   */
  public static @Nullable FrameClaim claim(ByteBuffer in) {
    if (in.remaining() < CLAIM_BYTES) {
      return null;
    }
    try {
      int size = frameSize(in);
      if (size < CRC_BYTES + TIMESTAMP_BYTES + Hash.BYTES) {
        return null;
      }
      ByteBuffer frame = in.slice();
      skipToBody(frame);
      if ((frame.get(frame.position()) & ~(KEYED | BATCH)) != 0) {
        return null;
      }
      flags(frame);
      long epoch = getVarint(frame);
      long sequence = getVarint(frame);
      return new FrameClaim(size, epoch, sequence, timestamp(frame));
    } catch (DamagedFrameException | BufferUnderflowException noFrame) {
      return null;
    }
  }

  private static int checkedSize(ByteBuffer in) throws DamagedFrameException {
    int size = frameSize(in);
    if (size <= 0 || size > in.remaining()) {
      throw new DamagedFrameException(size == 0 ? "no frame here" : "the frame is cut off");
    }
    int start = in.position();
    int crcAt = start;
    while (in.get(crcAt) < 0) {
      crcAt++;
    }
    crcAt++;
    int expected = in.getInt(crcAt);
    int found = crc(in, start, crcAt, start + size);
    if (expected != found) {
      throw new DamagedFrameException(
          "CRC-32C is %08x, not %08x as written".formatted(found, expected));
    }
    return size;
  }

  private static List<Entry> fields(ByteBuffer body) throws DamagedFrameException {
    try {
      skipToBody(body);
      int flags = flags(body);
      long epoch = getVarint(body);
      long sequence = getVarint(body);
      long timestamp = timestamp(body);
      boolean batch = (flags & BATCH) != 0;
      long count = batch ? getVarint(body) : 1;
      checkNumbers(epoch, sequence, count, body.remaining());
      String key = (flags & KEYED) == 0 ? null : text(body, length(body, MAX_KEY));
      List<Entry> entries = new ArrayList<>((int) count);
      for (int i = 0; i < count; i++) {
        int length = batch ? length(body, MAX_PAYLOAD) : body.remaining() - Hash.BYTES;
        if (length < 0 || length > MAX_PAYLOAD) {
          throw new DamagedFrameException("a payload of " + length + " bytes");
        }
        byte[] payload = new byte[length];
        body.get(payload);
        entries.add(
            new Entry(
                sequence + i, epoch, timestamp, i == 0 ? key : null, payload, Hash.read(body)));
      }
      if (body.hasRemaining()) {
        throw new DamagedFrameException(body.remaining() + " bytes too many in a frame");
      }
      return List.copyOf(entries);
    } catch (BufferUnderflowException e) {
      throw new DamagedFrameException("a field reaches beyond its frame");
    }
  }

  private static void skipToBody(ByteBuffer in) throws DamagedFrameException {
    getVarint(in);
    in.position(in.position() + CRC_BYTES);
  }

  private static int flags(ByteBuffer in) throws DamagedFrameException {
    int flags = in.get();
    if ((flags & ~(KEYED | BATCH)) != 0) {
      throw new DamagedFrameException("unknown flags " + flags);
    }
    return flags;
  }

  private static long timestamp(ByteBuffer in) {
    return ((in.getShort() & 0xffffL) << 32) | (in.getInt() & 0xffffffffL);
  }

  private static int length(ByteBuffer in, int limit) throws DamagedFrameException {
    long length = getVarint(in);
    if (length > limit || length > in.remaining()) {
      throw new DamagedFrameException("a field of " + length + " bytes");
    }
    return (int) length;
  }

  private static String text(ByteBuffer in, int length) {
    byte[] bytes = new byte[length];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** The checksum over a frame without the checksum's own four bytes. */
  private static int crc(ByteBuffer frame, int start, int crcAt, int end) {
    CRC32C crc = new CRC32C();
    crc.update(frame.duplicate().limit(crcAt).position(start));
    crc.update(frame.duplicate().limit(end).position(crcAt + CRC_BYTES));
    return (int) crc.getValue();
  }

  private static int varintSize(long value) {
    return value == 0 ? 1 : (Long.SIZE - Long.numberOfLeadingZeros(value) + 6) / 7;
  }

  private static void putVarint(ByteBuffer out, long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.put((byte) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    out.put((byte) rest);
  }

  private static long getVarint(ByteBuffer in) throws DamagedFrameException {
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      byte b = in.get();
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new DamagedFrameException("a number has more than 9 bytes");
  }
}
