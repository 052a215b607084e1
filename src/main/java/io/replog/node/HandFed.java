package io.replog.node;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * Entries that people wrote to a secondary by hand, to see the reorder rule at work: what leaves a
 * gap is not shown until the gap is filled. In memory only, and gone when a master comes. Bounded.
 */
final class HandFed {
  private static final int LIMIT = 10_000;

  private final TreeMap<Long, byte[]> held = new TreeMap<>();
  private final List<byte[]> contiguous = new ArrayList<>();

  /** Takes an entry, unless another message has its sequence. */
  synchronized Node.HandFeed put(long sequence, byte[] payload) {
    byte[] before =
        sequence <= contiguous.size() ? contiguous.get((int) sequence - 1) : held.get(sequence);
    if (before != null && !Arrays.equals(before, payload)) {
      return new Node.HandFeed.Contradicts(sequence);
    }
    if (sequence > contiguous.size() && contiguous.size() + held.size() < LIMIT) {
      held.putIfAbsent(sequence, payload);
    }
    while (!held.isEmpty() && held.firstKey() == contiguous.size() + 1L) {
      contiguous.add(held.pollFirstEntry().getValue());
    }
    return new Node.HandFeed.Taken(contiguous.size());
  }

  /** The end of the contiguous list, 0 where there is none. */
  synchronized long lastSequence() {
    return contiguous.size();
  }

  synchronized List<byte[]> contiguous() {
    return List.copyOf(contiguous);
  }

  synchronized void clear() {
    held.clear();
    contiguous.clear();
  }
}
