package io.replog.http;

import io.replog.core.DamagedFrameException;
import io.replog.core.EntryWalk;
import io.replog.core.Hash;
import io.replog.storage.LogCursor;
import io.replog.storage.LogRead;
import io.replog.storage.SegmentedLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Entries of the log one after the other, from disk, holding one read's worth or, when that was let
 * go, nothing. For one thread at a time.
 */
final class LogEntries {
  /** Bytes that are read at once where all that follows is wanted. */
  static final int MANY = 128 << 10;

  /** Where one entry is. */
  static final int ONE = 4 << 10;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final SegmentedLog log;
  private final int readBytes;
  private final EntryWalk entries = new EntryWalk();
  private LogCursor cursor;
  private long sequence;

  /** The hash of the entry before {@link #sequence}, which is to be found again; else null. */
  private @Nullable Hash lost;

  /**
   * @param from sequence of the first entry
   * @param readBytes how much is read at once, or one frame if that is longer
   */
  LogEntries(SegmentedLog log, long from, int readBytes) {
    this.log = log;
    this.readBytes = readBytes;
    cursor = log.cursor(from);
    sequence = from;
  }

  /** Sequence of the next entry. */
  long sequence() {
    return sequence;
  }

  /** How much is held of the log, in bytes. */
  int kept() {
    return entries.bytes().length;
  }

  /** Whether all that was read was gone through. */
  boolean isAtEndOfRead() {
    return entries.isAtEnd();
  }

  /**
   * Holds nothing any more; what is needed again is read again.
   *
   * @param current whether the entry that was gone to last is needed too
   */
  void letGo(boolean current) {
    if (lost == null && (current || !entries.isAtEnd())) {
      lost = Hash.read(ByteBuffer.wrap(entries.bytes(), entries.hashAt(), Hash.BYTES));
    }
    entries.over(NOTHING);
  }

  /**
   * The entry that was gone to last.
   *
   * @param shown as it was then, or more
   */
  EntryWalk current(long shown) throws IOException {
    findAgain(shown);
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
    findAgain(shown);
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

  private void findAgain(long shown) throws IOException {
    Hash expected = lost;
    if (expected == null) {
      return;
    }
    long last = sequence - 1;
    cursor = log.cursor(last);
    while (read(shown)) {
      while (advance()) {
        if (entries.sequence() == last) {
          lost = null;
          if (Hash.read(ByteBuffer.wrap(entries.bytes(), entries.hashAt(), Hash.BYTES))
              .equals(expected)) {
            return;
          }
          throw LogCutException.cutBack(last);
        }
      }
    }
    throw LogCutException.cutBack(last);
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
