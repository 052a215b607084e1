package io.replog.node;

import java.util.ArrayList;
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

  /**
   * Takes an entry; a sequence that is there already keeps its first message. Returns the end of
   * the contiguous list.
   */
  synchronized long put(long sequence, byte[] payload) {
    if (sequence > contiguous.size() && contiguous.size() + held.size() < LIMIT) {
      held.putIfAbsent(sequence, payload);
    }
    while (!held.isEmpty() && held.firstKey() == contiguous.size() + 1L) {
      contiguous.add(held.pollFirstEntry().getValue());
    }
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
