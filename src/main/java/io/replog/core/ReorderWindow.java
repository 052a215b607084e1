package io.replog.core;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Frames that arrived before the ones they follow. They are neither shown nor acknowledged until
 * the gap is filled. Bounded in bytes and in distance: what does not fit is dropped, and the sender
 * sends it again.
 *
 * <p>Not safe for use by several threads.
 */
public final class ReorderWindow {
  private final int maxBytes;
  private final long maxDistance;
  private final TreeMap<Long, Frame> frames = new TreeMap<>();
  private int bytes;

  /**
   * @param maxBytes bytes that may be held
   * @param maxDistance how far ahead of the contiguous log a sequence may be
   */
  public ReorderWindow(int maxBytes, long maxDistance) {
    this.maxBytes = maxBytes;
    this.maxDistance = maxDistance;
  }

  /**
   * Keeps a frame that leaves a gap.
   *
   * @param lastSequence end of the contiguous log
   * @return whether it is held now
   */
  public boolean hold(Frame frame, long lastSequence) {
    long first = frame.first().sequence();
    if (first <= lastSequence + 1 || first - lastSequence > maxDistance) {
      return false;
    }
    Frame there = frames.get(first);
    if (there != null) {
      return there.last().hash().equals(frame.last().hash());
    }
    if (bytes + frame.size() > maxBytes) {
      return false;
    }
    frames.put(first, frame);
    bytes += frame.size();
    return true;
  }

  /**
   * Takes out, in order, the frames that now follow the contiguous log; drops what it has
   * overtaken.
   */
  public List<Frame> release(long lastSequence) {
    List<Frame> ready = new ArrayList<>();
    long last = lastSequence;
    while (!frames.isEmpty() && frames.firstKey() <= last + 1) {
      Frame frame = frames.pollFirstEntry().getValue();
      bytes -= frame.size();
      if (frame.first().sequence() == last + 1) {
        ready.add(frame);
        last = frame.last().sequence();
      }
    }
    return ready;
  }

  public void clear() {
    frames.clear();
    bytes = 0;
  }

  public boolean isEmpty() {
    return frames.isEmpty();
  }
}
