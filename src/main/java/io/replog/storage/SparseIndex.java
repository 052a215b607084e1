package io.replog.storage;

import io.replog.core.Hash;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where in a segment to begin looking for a sequence: the position of the first frame that begins
 * in each 4 KiB or so of log. What is found there is always checked against the log itself.
 *
 * <p>One thread adds and cuts, any may look up. A look-up for a sequence that is published finds
 * its slot whatever is being added; one that races with a cut may find nonsense, which {@link
 * SegmentedLog} notices by its generation.
 *
 * <p>As a file: magic (8), version (4), number of slots (4), first and last sequence (8 each),
 * length of the segment (4), hash of its last entry (32), the slots (sequence minus first,
 * position; 4 bytes each), CRC-32C of everything before it (4).
 */
final class SparseIndex {
  /** Bytes of log from one slot to the next, at least. */
  static final int INTERVAL = 4096;

  private static final byte[] MAGIC = "RPLGIDX\n".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final int HEADER_BYTES = 68;
  private static final int SLOT_BYTES = 8;

  private final long first;
  private volatile int count;
  private int[] slots = new int[16];

  SparseIndex(long first) {
    this.first = first;
  }

  /** An index that can be changed without changing this one. */
  SparseIndex copy() {
    SparseIndex copy = new SparseIndex(first);
    copy.slots = slots.clone();
    copy.count = count;
    return copy;
  }

  /** Notes a frame; keeps it if the last one kept is far enough away. Frames come in order. */
  void add(long sequence, int position) {
    int n = count;
    if (n > 0 && position - slots[2 * n - 1] < INTERVAL) {
      return;
    }
    if (2 * n == slots.length) {
      slots = Arrays.copyOf(slots, slots.length * 2);
    }
    slots[2 * n] = (int) (sequence - first);
    slots[2 * n + 1] = position;
    count = n + 1;
  }

  /** Forgets what lies at a position or after it. */
  void cut(int position) {
    int n = count;
    while (n > 0 && slots[2 * n - 1] >= position) {
      n--;
    }
    count = n;
  }

  /** Position of a frame that begins at or before the one with this sequence. */
  int floor(long sequence) {
    int n = count;
    int[] all = slots;
    long wanted = sequence - first;
    int low = 0;
    int high = Math.min(n, all.length / 2) - 1;
    int position = SegmentHeader.BYTES;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (Integer.toUnsignedLong(all[2 * middle]) <= wanted) {
        position = all[2 * middle + 1];
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return position;
  }

  /** The index file of a sealed segment. */
  ByteBuffer encode(SealedSegment segment) {
    int n = count;
    ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + n * SLOT_BYTES + Integer.BYTES);
    out.put(MAGIC).putInt(VERSION).putInt(n).putLong(segment.first()).putLong(segment.last());
    out.putInt(segment.end());
    segment.lastHash().write(out);
    for (int i = 0; i < 2 * n; i++) {
      out.putInt(slots[i]);
    }
    out.putInt(Checksum.of(out.array(), 0, out.position()));
    return out.flip();
  }

  /**
   * The index in a file's bytes, or null if it is damaged or another segment's, or from another
   * release.
   */
  static @Nullable SparseIndex decode(byte[] bytes, SealedSegment segment) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    int length = bytes.length;
    if (length < HEADER_BYTES + Integer.BYTES
        || in.getInt(length - Integer.BYTES) != Checksum.of(bytes, 0, length - Integer.BYTES)) {
      return null;
    }
    byte[] magic = new byte[MAGIC.length];
    in.get(magic);
    int version = in.getInt();
    int n = in.getInt();
    if (!Arrays.equals(magic, MAGIC)
        || version != VERSION
        || in.getLong() != segment.first()
        || in.getLong() != segment.last()
        || in.getInt() != segment.end()
        || !Hash.read(in).equals(segment.lastHash())
        || n < 0
        || in.remaining() - Integer.BYTES != (long) n * SLOT_BYTES) {
      return null;
    }
    SparseIndex index = new SparseIndex(segment.first());
    index.slots = new int[Math.max(2, 2 * n)];
    for (int i = 0; i < 2 * n; i++) {
      index.slots[i] = in.getInt();
    }
    index.count = n;
    return index;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SparseIndex that
        && first == that.first
        && count == that.count
        && Arrays.equals(slots, 0, 2 * count, that.slots, 0, 2 * count);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(first) + count;
  }
}
