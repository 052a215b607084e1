package io.replog.storage;

import io.replog.core.Hash;
import java.nio.ByteBuffer;

/** What a {@link LogCursor} came upon. */
public sealed interface LogRead {
  /**
   * Whole frames as they lie on disk, each with a sound CRC.
   *
   * @param bytes the frames, from position to limit; the reader's own
   * @param firstSequence sequence of the first entry in them; below the cursor's if that lies
   *     within a batch
   * @param lastSequence sequence of the last entry in them
   * @param lastHash its hash
   */
  record Frames(ByteBuffer bytes, long firstSequence, long lastSequence, Hash lastHash)
      implements LogRead {}

  /** What was to be read next has been trimmed; the log begins later. */
  record Trimmed(long firstSequence) implements LogRead {}

  /** Nothing to read, for now. */
  record AtEnd() implements LogRead {}

  /**
   * Something that this cursor has handed out is no longer in the log. The cursor is of no more
   * use.
   */
  record Truncated() implements LogRead {}
}
