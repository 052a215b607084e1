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
  private static final int READ_BYTES = 128 << 10;

  private final LogCursor cursor;
  private final EntryWalk entries = new EntryWalk();
  private long sequence;

  LogEntries(SegmentedLog log, long from) {
    cursor = log.cursor(from);
    sequence = from;
  }

  /** Sequence of the next entry. */
  long sequence() {
    return sequence;
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
    return switch (cursor.next(READ_BYTES, shown)) {
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
