package io.replog.storage;

import io.replog.core.Hash;
import io.replog.core.LogStart;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The log at one moment. The writer publishes a new one after each change; readers work on the one
 * they took.
 *
 * @param generation grows with every cut: bytes that a view speaks of do not change while it stays
 *     the same
 * @param start where it begins; the hash in it is that of the mark, see {@link #hashBefore}
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
    LogStart start,
    List<SealedSegment> sealed,
    @Nullable ActiveSegment active,
    int end,
    long last,
    @Nullable Hash lastHash,
    long timestamp,
    long epoch) {

  /** Sequence of the first entry there is or will be. */
  long first() {
    return start.sequence();
  }

  /** The same log without its first segments. */
  LogView trimmedTo(LogStart next, List<SealedSegment> kept) {
    return new LogView(
        generation, next, List.copyOf(kept), active, end, last, lastHash, timestamp, epoch);
  }

  /** A log without an entry, begun anew. */
  LogView emptiedAt(LogStart next, @Nullable Hash hashBefore) {
    return new LogView(
        generation + 1,
        next,
        List.of(),
        null,
        0,
        next.before(),
        hashBefore,
        next.timestampBefore(),
        next.epochBefore());
  }

  /** The same log with one frame more in the active segment. */
  LogView with(io.replog.core.FrameHeader frame) {
    return new LogView(
        generation,
        start,
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
        generation, start, segments, next, SegmentHeader.BYTES, last, lastHash, timestamp, epoch);
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

  /** The first segments, all of whose entries are below a sequence. */
  List<SealedSegment> sealedBefore(long sequence) {
    int count = 0;
    while (count < sealed.size() && sealed.get(count).last() < sequence) {
      count++;
    }
    return sealed.subList(0, count);
  }

  /** The first sequence of the oldest segment without which fewer than so many bytes are left. */
  long startKeeping(long bytes) {
    long kept = end;
    int oldest = sealed.size();
    while (oldest > 0 && kept < bytes) {
      oldest--;
      kept += sealed.get(oldest).end();
    }
    return oldest < sealed.size()
        ? sealed.get(oldest).first()
        : active == null ? first() : active.first();
  }

  /** The hash of the entry before the first one, null while it is not known. */
  @Nullable Hash hashBefore() {
    if (!sealed.isEmpty()) {
      return sealed.getFirst().hashBefore();
    }
    return active == null ? lastHash : active.hashBefore();
  }
}
