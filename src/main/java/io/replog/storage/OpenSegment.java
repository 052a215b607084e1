package io.replog.storage;

import io.replog.core.FrameHeader;
import java.io.Closeable;
import java.io.IOException;

/**
 * A segment in use by one reading: the frames from its header to {@code end}. To be closed by who
 * opened it.
 */
abstract class OpenSegment implements Closeable {
  private static final int LOOKUP_BYTES = 8 << 10;

  private final SharedFile file;
  private final long first;
  private final int end;
  private final String path;

  /** Takes over one use of the file. */
  OpenSegment(SharedFile file, long first, int end, String path) {
    this.file = file;
    this.first = first;
    this.end = end;
    this.path = path;
  }

  abstract SparseIndex index() throws IOException;

  DiskFile file() {
    return file.file();
  }

  long first() {
    return first;
  }

  int end() {
    return end;
  }

  /**
   * Finds the frame that holds a sequence; the scanner then stands on it.
   *
   * @throws DamagedLogException if what is read on the way is no sound frame, or the sequence is
   *     not there
   */
  SegmentScanner find(long sequence) throws IOException {
    SegmentScanner scanner =
        new SegmentScanner(file.file(), index().floor(sequence), end, LOOKUP_BYTES);
    while (scanner.next() == SegmentScanner.Step.FRAME) {
      FrameHeader header = scanner.header();
      if (header.firstSequence() > sequence) {
        throw damaged(
            scanner.position(), sequence, "found entry " + header.firstSequence() + " instead");
      }
      if (header.lastSequence() >= sequence) {
        return scanner;
      }
    }
    throw damaged(scanner.position(), sequence, scanner.problem());
  }

  DamagedLogException damaged(long offset, long sequence, String what) {
    return new DamagedLogException(path, offset, sequence, what);
  }

  @Override
  public void close() throws IOException {
    file.release();
  }
}
