package io.replog.storage;

import java.io.IOException;
import java.util.List;

/**
 * What becomes of segment files when the log is cut, trimmed or begun anew. On a crash in between
 * the mark, which is lowered or moved first, says what of them belongs to the log. For the writer's
 * thread only.
 */
final class SegmentFiles {
  private final Disk disk;
  private final SegmentWriter writer;
  private final UnsyncedSegments unsynced;
  private final SealedFiles sealedFiles;

  SegmentFiles(
      Disk disk, SegmentWriter writer, UnsyncedSegments unsynced, SealedFiles sealedFiles) {
    this.disk = disk;
    this.writer = writer;
    this.unsynced = unsynced;
    this.sealedFiles = sealedFiles;
  }

  /** Takes a half-written append back: on return that is durable. */
  void takeBack(LogView before, List<ActiveSegment> created) throws IOException {
    for (ActiveSegment segment : created) {
      segment.file().release();
      disk.delete(LogFiles.segment(segment.first()));
    }
    disk.syncDirectory(LogFiles.LOG);
    ActiveSegment active = before.active();
    if (active != null) {
      active.index().cut(before.end());
      writer.trim(active, before.end());
      active.file().file().force();
    }
  }

  /** The segment in which a cut falls, to be written to again. */
  ActiveSegment reopened(LogView before, OpenSegment segment) throws IOException {
    long first = segment.first();
    if (before.active() != null && before.active().first() == first) {
      return before.active();
    }
    ActiveSegment known = unsynced.take(first);
    if (known != null) {
      return known;
    }
    SealedSegment sealed = before.sealedWith(first);
    if (sealed == null) {
      throw new IllegalStateException("no segment " + first);
    }
    DiskFile file = disk.open(LogFiles.segment(first), Disk.Access.WRITE);
    return new ActiveSegment(
        first, sealed.hashBefore(), new SharedFile(file), segment.index().copy());
  }

  /** Cuts on disk, from the end: a crash in between leaves a log that ends later. */
  void cut(LogView before, LogView after) throws IOException {
    ActiveSegment kept = after.active();
    long keep = kept == null ? 0 : kept.first();
    if (before.active() != null && before.active().first() != keep) {
      delete(before.active().first());
      before.active().file().release();
    }
    for (SealedSegment sealed : before.sealed().reversed()) {
      if (sealed.first() > keep) {
        remove(sealed.first());
      }
    }
    if (before.active() == null || before.active().first() != keep) {
      disk.delete(LogFiles.index(keep));
    }
    disk.syncDirectory(LogFiles.LOG);
    if (kept != null) {
      kept.index().cut(after.end());
      writer.trim(kept, after.end());
      kept.file().file().force();
    }
  }

  /** Deletes the first segments, from the oldest on; the next sync has it durable. */
  void drop(List<SealedSegment> segments, long first) throws IOException {
    sealedFiles.forgetBelow(first);
    for (SealedSegment segment : segments) {
      remove(segment.first());
    }
    unsynced.directoryChanged();
  }

  /**
   * Deletes all segments; on return that is durable, since segments of the same names may be begun.
   */
  void dropAll(LogView before, long first) throws IOException {
    sealedFiles.forgetBelow(first);
    ActiveSegment active = before.active();
    if (active != null) {
      delete(active.first());
      active.file().release();
    }
    for (SealedSegment segment : before.sealed().reversed()) {
      remove(segment.first());
    }
    disk.syncDirectory(LogFiles.LOG);
  }

  private void remove(long first) throws IOException {
    ActiveSegment open = unsynced.take(first);
    if (open != null) {
      open.file().release();
    }
    delete(first);
  }

  private void delete(long first) throws IOException {
    disk.delete(LogFiles.segment(first));
    disk.delete(LogFiles.index(first));
  }
}
