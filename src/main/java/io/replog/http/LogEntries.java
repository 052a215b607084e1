package io.replog.http;

import io.replog.core.DamagedFrameException;
import io.replog.core.EntryWalk;
import io.replog.storage.LogCursor;
import io.replog.storage.LogRead;
import io.replog.storage.SegmentedLog;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Entries of the log one after the other, from disk, holding one read's worth. For one thread at a
 * time.
 */
final class LogEntries {
  /** Bytes that are read at once where all that follows is wanted. */
  static final int MANY = 128 << 10;

  /** Where one entry is. */
  static final int ONE = 4 << 10;

  private final LogCursor cursor;
  private final int readBytes;
  private final EntryWalk entries = new EntryWalk();
  private long sequence;

  /**
   * @param from sequence of the first entry
   * @param readBytes how much is read at once, or one frame if that is longer
   */
  LogEntries(SegmentedLog log, long from, int readBytes) {
    cursor = log.cursor(from);
    this.readBytes = readBytes;
    sequence = from;
  }

  /** Sequence of the next entry. */
  long sequence() {
    return sequence;
  }

  /** The entry that was gone to last. */
  EntryWalk current() {
    return entries;
  }

  /**
   * Goes to the next entry. The log is asked even if it is not there yet, so that a cut is seen at
   * once.
   *
   * @param shown how far the log may be shown, an end of an append
   * @return the entry, until the next call; null if it is not there yet
   * @throws LogCutException if what was read before is no longer in the log, or what follows it
   */
  @Nullable EntryWalk next(long shown) throws IOException {
    do {
      while (advance()) {
        if (entries.sequence() >= sequence) {
          sequence = entries.sequence() + 1;
          return entries;
        }
      }
    } while (read(shown));
    return null;
  }

  private boolean read(long shown) throws IOException {
    return switch (cursor.next(readBytes, shown)) {
      case LogRead.Frames read -> {
        entries.over(read.bytes());
        yield true;
      }
      case LogRead.AtEnd end -> false;
      case LogRead.Truncated cut -> throw LogCutException.cutBack(sequence);
      case LogRead.Trimmed(long first) -> throw LogCutException.trimmed(sequence, first);
    };
  }

  private boolean advance() throws IOException {
    try {
      return entries.next();
    } catch (DamagedFrameException e) {
      throw new IOException("a frame that was sound when it was read is damaged", e);
    }
  }
}
