package io.replog.storage;

import io.replog.core.Hash;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The log at one moment. The writer publishes a new one after each change; readers work on the one
 * they took.
 *
 * @param generation grows with every cut: bytes that a view speaks of do not change while it stays
 *     the same
 * @param first sequence of the first entry there is or will be
 * @param sealed all segments but the active one, in order
 * @param active the segment that grows, null while the log has no file
 * @param end position in the active segment after the last frame, in bytes
 * @param last sequence of the last entry, {@code first - 1} without any
 * @param lastHash its hash, null while the log is empty and its cluster not known
 * @param timestamp its timestamp, 0 without any
 * @param epoch its epoch, 0 without any
 */
record LogView(
    long generation,
    long first,
    List<SealedSegment> sealed,
    @Nullable ActiveSegment active,
    int end,
    long last,
    @Nullable Hash lastHash,
    long timestamp,
    long epoch) {

  /** The same log with one frame more in the active segment. */
  LogView with(io.replog.core.FrameHeader frame) {
    return new LogView(
        generation,
        first,
        sealed,
        active,
        end + frame.size(),
        frame.lastSequence(),
        frame.lastHash(),
        frame.timestamp(),
        frame.epoch());
  }

  /** The same log with the active segment sealed, if there is one, and another begun. */
  LogView rolledTo(ActiveSegment next) {
    List<SealedSegment> segments = sealed;
    if (active != null) {
      segments = new ArrayList<>(sealed.size() + 1);
      segments.addAll(sealed);
      segments.add(sealedActive());
    }
    return new LogView(
        generation, first, segments, next, SegmentHeader.BYTES, last, lastHash, timestamp, epoch);
  }

  /** The active segment as it will be once it is sealed. */
  SealedSegment sealedActive() {
    if (active == null || lastHash == null || last < active.first()) {
      throw new IllegalStateException("no segment with an entry to seal");
    }
    return new SealedSegment(active.first(), last, end, active.hashBefore(), lastHash);
  }

  /** The sealed segment that holds a sequence, null if none does. */
  @Nullable SealedSegment sealedWith(long sequence) {
    int low = 0;
    int high = sealed.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      SealedSegment segment = sealed.get(middle);
      if (segment.last() < sequence) {
        low = middle + 1;
      } else if (segment.first() > sequence) {
        high = middle - 1;
      } else {
        return segment;
      }
    }
    return null;
  }

  /** The hash of the entry before the first one, null while it is not known. */
  @Nullable Hash hashBefore() {
    if (!sealed.isEmpty()) {
      return sealed.getFirst().hashBefore();
    }
    return active == null ? lastHash : active.hashBefore();
  }
}
