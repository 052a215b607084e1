package io.replog.storage;

import io.replog.core.DamagedFrameException;
import io.replog.core.FrameCodec;
import io.replog.core.FrameHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the frames of a segment file from a position on, checking framing and CRC. For one
 * thread; it leaves the file open.
 */
final class SegmentScanner {
  /** What a step came upon. */
  enum Step {
    /** A sound frame: see {@link #header()}. */
    FRAME,
    /** No frame: a zero byte or the end. */
    END,
    /** Something that is no sound frame: see {@link #problem()}. */
    BAD
  }

  /** Bytes to read at once for a scan. */
  static final int LARGE = 256 << 10;

  private static final int LONGEST_LENGTH_BYTES = 5;

  private final DiskFile file;
  private final long end;
  private ByteBuffer buffer;
  private long position;
  private @Nullable FrameHeader found;
  private String problem = "no frame";

  /**
   * Scans from a position where a frame begins up to {@code end}, which may be the length of the
   * file.
   *
   * @param readBytes how much to read at once, in bytes
   */
  SegmentScanner(DiskFile file, long from, long end, int readBytes) {
    this.file = file;
    this.position = from;
    this.end = end;
    this.buffer = ByteBuffer.allocate((int) Math.min(readBytes, Math.max(64, end - from))).limit(0);
  }

  /** Goes to the next frame. After {@code END} or {@code BAD} it stays where it is. */
  Step next() throws IOException {
    if (found != null) {
      position += found.size();
      found = null;
    }
    if (position >= end) {
      return Step.END;
    }
    try {
      need(LONGEST_LENGTH_BYTES);
      int size = FrameCodec.frameSize(buffer);
      if (size == 0) {
        return Step.END;
      }
      if (size < 0 || size > end - position || !need(size)) {
        return bad("the frame is cut off by the end of the file");
      }
      found = FrameCodec.header(buffer);
      return Step.FRAME;
    } catch (DamagedFrameException e) {
      return bad(String.valueOf(e.getMessage()));
    }
  }

  private Step bad(String what) {
    problem = what;
    return Step.BAD;
  }

  /** Fills the buffer so that it holds this many bytes from the position, if the file has them. */
  private boolean need(int bytes) throws IOException {
    if (buffer.remaining() >= bytes) {
      return true;
    }
    if (bytes > buffer.capacity()) {
      buffer = ByteBuffer.allocate(bytes).put(buffer);
    } else {
      buffer.compact();
    }
    long at = position + buffer.position();
    if (buffer.remaining() > end - at) {
      buffer.limit(buffer.position() + (int) Math.max(0, end - at));
    }
    file.read(buffer, at);
    buffer.flip();
    return buffer.remaining() >= bytes;
  }

  /** The frame that the last step found. */
  FrameHeader header() {
    if (found == null) {
      throw new IllegalStateException("no frame at " + position);
    }
    return found;
  }

  /** The bytes of the frame that the last step found; to be used before the next step. */
  ByteBuffer bytes() {
    return buffer.slice(buffer.position() - header().size(), header().size());
  }

  /** Where the frame begins that the last step found, or where it found none. */
  long position() {
    return position;
  }

  /** What is wrong at {@link #position()} after {@code BAD}. */
  String problem() {
    return problem;
  }
}
