package io.replog.storage;

import io.replog.core.Frame;
import io.replog.core.FrameHeader;
import io.replog.core.Hash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Writes frames into segment files, ahead of which it keeps zeros: so most syncs change no file's
 * length, which would cost a second write of the file system's journal. For the writer's thread
 * only; it forces nothing.
 */
final class SegmentWriter {
  private static final int GATHER_BYTES = 256 << 10;

  /** A run of frames as long as this pays for its own change of the file's length. */
  private static final int LONG_RUN_BYTES = 192 << 10;

  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(64 << 10).asReadOnlyBuffer();

  private final Disk disk;
  private final LogOptions options;
  private final ByteBuffer gathered = ByteBuffer.allocateDirect(GATHER_BYTES);

  /** Length of the active segment's file, zeros included. */
  private long allocated;

  SegmentWriter(Disk disk, LogOptions options) {
    this.disk = disk;
    this.options = options;
  }

  /** Creates the file of a segment; if that fails, there is none. */
  ActiveSegment create(long first, Hash hashBefore) throws IOException {
    String path = LogFiles.segment(first);
    DiskFile file = disk.open(path, Disk.Access.CREATE);
    boolean written = false;
    try {
      file.write(new SegmentHeader(first, hashBefore).encode(), 0);
      written = true;
    } finally {
      if (!written) {
        file.close();
        disk.delete(path);
      }
    }
    allocated = SegmentHeader.BYTES;
    return new ActiveSegment(first, hashBefore, new SharedFile(file), new SparseIndex(first));
  }

  /** Goes on in a segment whose file has this length, zeros included. */
  void resume(long fileBytes) {
    allocated = fileBytes;
  }

  /** Whether a frame belongs in the active segment rather than in the next. */
  boolean fits(LogView view, Frame frame) {
    return view.active() != null && (view.end() == SegmentHeader.BYTES || fits(view.end(), frame));
  }

  /** Whether a frame may follow at a position of a segment. */
  boolean fits(long end, Frame frame) {
    return end + frame.size() <= options.segmentBytes();
  }

  /** Writes frames at the end of the active segment, by one write where they fit the buffer. */
  LogView write(LogView view, List<Frame> frames) throws IOException {
    ActiveSegment active = view.active();
    if (active == null) {
      throw new IllegalStateException("no segment to write to");
    }
    LogView after = view;
    int writeAt = view.end();
    gathered.clear();
    for (Frame frame : frames) {
      if (frame.size() > gathered.remaining()) {
        writeAt = flush(active.file().file(), writeAt);
      }
      if (frame.size() > gathered.capacity()) {
        active.file().file().write(frame.bytes().duplicate(), writeAt);
        writeAt += frame.size();
      } else {
        gathered.put(frame.bytes().duplicate());
      }
      active.index().add(frame.first().sequence(), after.end());
      after = after.with(headerOf(frame));
    }
    flush(active.file().file(), writeAt);
    allocated = Math.max(allocated, after.end());
    if (after.end() - view.end() < LONG_RUN_BYTES) {
      fillAhead(active.file().file(), after.end());
    }
    return after;
  }

  private static FrameHeader headerOf(Frame frame) {
    return new FrameHeader(
        frame.size(),
        frame.last().epoch(),
        frame.first().sequence(),
        frame.last().sequence(),
        frame.last().timestamp(),
        frame.last().hash());
  }

  private int flush(DiskFile file, int position) throws IOException {
    gathered.flip();
    int written = gathered.remaining();
    if (written > 0) {
      file.write(gathered, position);
    }
    gathered.clear();
    return position + written;
  }

  /**
   * Keeps zeros ahead. They are for speed alone, so a disk too full for them is no reason to refuse
   * the frames before them.
   */
  private void fillAhead(DiskFile file, int end) throws IOException {
    if (end < allocated || end >= options.segmentBytes()) {
      return;
    }
    int chunk = end <= options.firstChunkBytes() ? options.firstChunkBytes() : options.chunkBytes();
    long target = Math.min((long) end + chunk, options.segmentBytes());
    try {
      while (allocated < target) {
        ByteBuffer zeros = ZEROS.duplicate();
        zeros.limit((int) Math.min(zeros.capacity(), target - allocated));
        int length = zeros.remaining();
        file.write(zeros, allocated);
        allocated += length;
      }
    } catch (IOException e) {
      if (!StorageException.isFull(e)) {
        throw e;
      }
      allocated = file.size();
    }
  }

  /** Cuts the file of the active segment to its frames. */
  void trim(ActiveSegment active, int end) throws IOException {
    DiskFile file = active.file().file();
    if (file.size() > end) {
      file.truncate(end);
    }
    allocated = end;
  }

  /**
   * Writes the index file of a segment just sealed, in place of whatever has its name. After an
   * error there is none.
   */
  static void writeIndex(Disk disk, SealedSegment segment, SparseIndex index) throws IOException {
    String path = LogFiles.index(segment.first());
    disk.delete(path);
    boolean written = false;
    try (DiskFile file = disk.open(path, Disk.Access.CREATE)) {
      file.write(index.encode(segment), 0);
      written = true;
    } finally {
      if (!written) {
        disk.delete(path);
      }
    }
  }
}
