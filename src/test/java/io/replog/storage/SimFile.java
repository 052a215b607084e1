package io.replog.storage;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The content of a simulated file: what programs see, what is on the medium, and the changes in
 * between, in order.
 */
final class SimFile {
  static final int SECTOR = 512;

  /** A write, or with no bytes a change of length to {@code position}. */
  private static final class Change {
    private final long position;
    private final byte[] bytes;

    Change(long position, byte[] bytes) {
      this.position = position;
      this.bytes = bytes;
    }
  }

  private static final byte[] CUT = {};

  private byte[] seen = {};
  private int seenSize;
  private byte[] durable = {};
  private int durableSize;
  private final List<Change> unsynced = new ArrayList<>();
  private long forceFailedIn = -1;

  int size() {
    return seenSize;
  }

  byte[] onMedium() {
    return Arrays.copyOf(durable, durableSize);
  }

  int read(ByteBuffer into, long position) {
    int length = (int) Math.max(0, Math.min(into.remaining(), seenSize - position));
    if (length > 0) {
      into.put(seen, (int) position, length);
    }
    return length;
  }

  void write(byte[] bytes, long position) {
    if (bytes.length > 0) {
      putSeen(bytes, (int) position);
      unsynced.add(new Change(position, bytes));
    }
  }

  private void putSeen(byte[] bytes, int position) {
    seen = grown(seen, position + bytes.length);
    System.arraycopy(bytes, 0, seen, position, bytes.length);
    seenSize = Math.max(seenSize, position + bytes.length);
  }

  private static byte[] grown(byte[] array, int size) {
    return size <= array.length ? array : Arrays.copyOf(array, Math.max(size, array.length * 2));
  }

  void truncate(long size) {
    if (size < seenSize) {
      Arrays.fill(seen, (int) size, seenSize, (byte) 0);
      seenSize = (int) size;
      unsynced.add(new Change(size, CUT));
    }
  }

  void force() {
    for (Change change : unsynced) {
      apply(change, null);
    }
    unsynced.clear();
  }

  /** What Linux does after a failed writeback: the pages stay readable and count as clean. */
  void failForce(long boot) {
    unsynced.clear();
    forceFailedIn = boot;
  }

  /** Whether a force failed since this boot began: it must not be forced again. */
  boolean failedIn(long boot) {
    return forceFailedIn == boot;
  }

  /** The machine went down; each change since the last force meets its fate. */
  void crash(Fate fate, RandomGenerator random) {
    for (Change change : unsynced) {
      switch (fate.choose(random)) {
        case KEPT -> apply(change, null);
        case TORN -> apply(change, random);
        case LOST, MIXED -> {}
      }
    }
    unsynced.clear();
    seen = Arrays.copyOf(durable, durableSize);
    seenSize = durableSize;
  }

  /**
   * Brings a change to the medium; with a random generator, each sector of it with probability one
   * half.
   */
  private void apply(Change change, RandomGenerator random) {
    int position = (int) change.position;
    if (change.bytes.length == 0) {
      if (position < durableSize && (random == null || random.nextBoolean())) {
        Arrays.fill(durable, position, durableSize, (byte) 0);
        durableSize = position;
      }
      return;
    }
    int from = 0;
    while (from < change.bytes.length) {
      int sectorEnd = ((position + from) / SECTOR + 1) * SECTOR - position;
      int to = Math.min(change.bytes.length, sectorEnd);
      if (random == null || random.nextBoolean()) {
        durable = grown(durable, position + to);
        System.arraycopy(change.bytes, from, durable, position + from, to - from);
        durableSize = Math.max(durableSize, position + to);
      }
      from = to;
    }
  }

  /** Changes a byte both in memory and on the medium. */
  void damage(int position, int xor) {
    seen[position] ^= (byte) xor;
    if (position < durableSize) {
      durable[position] ^= (byte) xor;
    }
  }

  byte[] content() {
    return Arrays.copyOf(seen, seenSize);
  }

  /** Replaces the content, on the medium too. */
  void replace(byte[] content) {
    seen = content.clone();
    seenSize = content.length;
    durable = content.clone();
    durableSize = content.length;
    unsynced.clear();
  }
}
