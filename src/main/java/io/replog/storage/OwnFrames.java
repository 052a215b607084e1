package io.replog.storage;

import io.replog.core.DamagedFrameException;
import io.replog.core.Frame;
import io.replog.core.FrameCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is still sound in a damaged segment file, in the order in which it lies there. Frames are
 * sound by their checksum; whether they belong there is for the caller to see. For one thread; it
 * leaves the file open.
 */
final class OwnFrames {
  private final DiskFile file;
  private final long size;
  private @Nullable SegmentScanner scanner;
  private @Nullable Frame ahead;

  /**
   * @param from where to begin looking, in bytes
   */
  OwnFrames(DiskFile file, long from) throws IOException {
    this.file = file;
    this.size = file.size();
    this.scanner = new SegmentScanner(file, from, size, SegmentScanner.LARGE);
  }

  /** The first sound frame not passed yet that holds this sequence or a later one, if any. */
  @Nullable Frame from(long sequence) throws IOException {
    while (ahead != null && ahead.first().sequence() < sequence) {
      ahead = null;
      look();
    }
    if (ahead == null) {
      look();
      return ahead == null || ahead.first().sequence() >= sequence ? ahead : from(sequence);
    }
    return ahead;
  }

  private void look() throws IOException {
    while (ahead == null && scanner != null) {
      SegmentScanner at = scanner;
      if (at.next() == SegmentScanner.Step.FRAME) {
        try {
          ahead = FrameCodec.decode(copy(at.bytes()));
          continue;
        } catch (DamagedFrameException noFrame) {
          // sound by its checksum and yet none: looked at as any other bytes
        }
      }
      Optional<SoundFrameSearch.Found> found =
          at.position() + 1 < size
              ? new SoundFrameSearch(file, 1, 0).from(at.position() + 1)
              : Optional.empty();
      boolean more = found.isPresent() && found.get().header() != null;
      scanner =
          more
              ? new SegmentScanner(file, found.get().position(), size, SegmentScanner.LARGE)
              : null;
    }
  }

  private static ByteBuffer copy(ByteBuffer bytes) {
    return ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
  }
}
