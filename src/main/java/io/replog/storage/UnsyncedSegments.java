package io.replog.storage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The sealed segments that no force has covered yet, with their files open, and whether the log
 * directory changed. The writer adds, the sync thread forces and removes.
 */
final class UnsyncedSegments {
  /** So many at most; then the writer waits for the disk. */
  private static final int LIMIT = 8;

  private final Disk disk;
  private final List<ActiveSegment> segments = new ArrayList<>();
  private boolean directory;

  UnsyncedSegments(Disk disk) {
    this.disk = disk;
  }

  /**
   * Takes over the writer's use of a segment's file. If there are too many, the caller has to sync
   * before it goes on.
   */
  synchronized boolean add(ActiveSegment segment) {
    segments.add(segment);
    return segments.size() > LIMIT;
  }

  /** Notes that files were created or deleted. */
  synchronized void directoryChanged() {
    directory = true;
  }

  /** Takes a segment out again, with the use of its file; null if it is not here. */
  synchronized @Nullable ActiveSegment take(long first) {
    for (Iterator<ActiveSegment> all = segments.iterator(); all.hasNext(); ) {
      ActiveSegment segment = all.next();
      if (segment.first() == first) {
        all.remove();
        return segment;
      }
    }
    return null;
  }

  /** First sequences of what is here. */
  synchronized List<Long> firsts() {
    return segments.stream().map(ActiveSegment::first).toList();
  }

  /** Forces everything that was here at the call, and the active segment if there is one. */
  void sync(@Nullable ActiveSegment active) throws IOException {
    List<ActiveSegment> toForce = new ArrayList<>();
    boolean syncDirectory;
    synchronized (this) {
      for (ActiveSegment segment : segments) {
        if (segment.file().retain()) {
          toForce.add(segment);
        }
      }
      syncDirectory = directory;
      directory = false;
    }
    try {
      for (ActiveSegment segment : toForce) {
        segment.file().file().force();
      }
      forceActive(active);
      if (syncDirectory) {
        disk.syncDirectory(LogFiles.LOG);
      }
    } finally {
      for (ActiveSegment segment : toForce) {
        segment.file().release();
      }
    }
    for (ActiveSegment segment : toForce) {
      remove(segment);
    }
  }

  /** If it was sealed and closed meanwhile, another sync has forced it. */
  private static void forceActive(@Nullable ActiveSegment active) throws IOException {
    if (active != null && active.file().retain()) {
      try {
        active.file().file().force();
      } finally {
        active.file().release();
      }
    }
  }

  private void remove(ActiveSegment segment) throws IOException {
    boolean removed;
    synchronized (this) {
      removed = segments.removeIf(other -> other.file().equals(segment.file()));
    }
    if (removed) {
      segment.file().release();
    }
  }

  /** Closes what is still here. */
  void close() throws IOException {
    for (long first : firsts()) {
      ActiveSegment segment = take(first);
      if (segment != null) {
        segment.file().release();
      }
    }
  }
}
