package io.replog.storage;

import io.replog.core.DamagedFrameException;
import io.replog.core.FrameCodec;
import io.replog.core.FrameHeader;
import io.replog.core.Hash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the log from a sequence on, as raw frames. Holds no file and no memory between two reads.
 * For one thread at a time.
 */
public final class LogCursor {
  private static final int LENGTH_BYTES = 5;

  private final LogReader reader;
  private long nextSequence;
  private @Nullable Hash handedOut;

  /** Where the next frame begins, as long as generation and segment are these. */
  private long generation = -1;

  private long segmentFirst;
  private int position;

  LogCursor(LogReader reader, long from) {
    this.reader = reader;
    this.nextSequence = from;
  }

  /** The sequence that the next read begins with. */
  public long nextSequence() {
    return nextSequence;
  }

  /**
   * Reads whole frames, beginning with the one that holds {@link #nextSequence()}.
   *
   * @param maxBytes how much to read, in bytes; the first frame is read whole even if it is longer
   * @param upTo no frame is read that has an entry above this sequence
   * @return what was found. Nothing is handed out whose CRC is wrong, nor after a cut that took
   *     away what this cursor handed out
   * @throws DamagedLogException if there is no sound frame where one belongs
   */
  public LogRead next(int maxBytes, long upTo) {
    LogRead read = reader.read(view -> read(view, maxBytes, upTo));
    if (read instanceof LogRead.Frames frames) {
      nextSequence = frames.lastSequence() + 1;
      handedOut = frames.lastHash();
      position += frames.bytes().remaining();
    }
    return read;
  }

  private @Nullable LogRead read(LogView view, int maxBytes, long upTo) throws IOException {
    if (nextSequence < view.first()) {
      return new LogRead.Trimmed(view.first());
    }
    if (view.generation() != generation) {
      if (handedOut != null && !Optional.of(handedOut).equals(reader.hashAt(nextSequence - 1))) {
        return new LogRead.Truncated();
      }
      generation = view.generation();
      segmentFirst = 0;
    }
    if (nextSequence > Math.min(view.last(), upTo)) {
      return new LogRead.AtEnd();
    }
    try (OpenSegment segment = reader.open(view, nextSequence)) {
      if (segment == null) {
        return null;
      }
      if (segment.first() != segmentFirst) {
        position = startIn(segment);
        segmentFirst = segment.first();
      }
      return frames(segment, Math.max(maxBytes, LENGTH_BYTES), upTo);
    }
  }

  private int startIn(OpenSegment segment) throws IOException {
    return nextSequence == segment.first()
        ? SegmentHeader.BYTES
        : (int) segment.find(nextSequence).position();
  }

  private LogRead frames(OpenSegment segment, int maxBytes, long upTo) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.min(maxBytes, segment.end() - position));
    segment.file().read(bytes, position);
    bytes.flip();
    try {
      int size = FrameCodec.frameSize(bytes);
      if (size > bytes.remaining() && size <= segment.end() - position) {
        bytes = ByteBuffer.allocate(size);
        segment.file().read(bytes, position);
        bytes.flip();
      }
      return whole(bytes, upTo);
    } catch (DamagedFrameException e) {
      throw segment.damaged(position, nextSequence, String.valueOf(e.getMessage()));
    }
  }

  /**
   * The whole frames at the beginning of a buffer, at least one unless it reaches beyond {@code
   * upTo}.
   */
  private LogRead whole(ByteBuffer bytes, long upTo) throws DamagedFrameException {
    FrameHeader first = null;
    FrameHeader last = null;
    long expected = nextSequence;
    int end = 0;
    while (bytes.hasRemaining()) {
      FrameHeader header;
      try {
        header = FrameCodec.header(bytes);
        boolean follows =
            first == null
                ? header.firstSequence() <= expected && expected <= header.lastSequence()
                : header.firstSequence() == expected;
        if (!follows) {
          throw new DamagedFrameException("entry " + header.firstSequence() + " lies here");
        }
      } catch (DamagedFrameException e) {
        if (first == null) {
          throw e;
        }
        break; // cut off by the buffer, or damaged: the next read begins here and will tell
      }
      if (header.lastSequence() > upTo) {
        break;
      }
      first = first == null ? header : first;
      last = header;
      expected = header.lastSequence() + 1;
      end = bytes.position();
    }
    if (first == null || last == null) {
      return new LogRead.AtEnd();
    }
    ByteBuffer frames = bytes.slice(0, end);
    return new LogRead.Frames(frames, first.firstSequence(), last.lastSequence(), last.lastHash());
  }
}
