package io.replog.http;

import io.replog.core.DamagedFrameException;
import io.replog.core.Entry;
import io.replog.core.FrameCodec;
import io.replog.storage.LogCursor;
import io.replog.storage.LogRead;
import io.replog.storage.SegmentedLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Entries of the log one after the other, from disk, holding one read's worth. For one thread at a
 * time.
 */
final class LogEntries {
  private static final int READ_BYTES = 64 << 10;

  private final LogCursor cursor;
  private long sequence;
  private ByteBuffer frames = ByteBuffer.allocate(0);
  private Iterator<Entry> entries = Collections.emptyIterator();

  LogEntries(SegmentedLog log, long from) {
    cursor = log.cursor(from);
    sequence = from;
  }

  /** Sequence of the next entry. */
  long sequence() {
    return sequence;
  }

  /**
   * The next entry, null if it is not there yet. The log is asked even then, so that a cut is seen
   * at once.
   *
   * @param shown how far the log may be shown, an end of an append
   * @throws LogCutException if what was read before is no longer in the log, or what follows it
   */
  @Nullable Entry next(long shown) throws IOException {
    while (true) {
      while (entries.hasNext()) {
        Entry entry = entries.next();
        if (entry.sequence() >= sequence) {
          sequence = entry.sequence() + 1;
          return entry;
        }
      }
      if (!frames.hasRemaining() && !read(shown)) {
        return null;
      }
      entries = decode().iterator();
    }
  }

  private boolean read(long shown) throws IOException {
    return switch (cursor.next(READ_BYTES, shown)) {
      case LogRead.Frames read -> {
        frames = read.bytes();
        yield true;
      }
      case LogRead.AtEnd end -> false;
      case LogRead.Truncated cut -> throw LogCutException.cutBack(sequence);
      case LogRead.Trimmed(long first) -> throw LogCutException.trimmed(sequence, first);
    };
  }

  private Iterable<Entry> decode() throws IOException {
    try {
      return FrameCodec.decode(frames).entries();
    } catch (DamagedFrameException e) {
      throw new IOException("a frame that was sound when it was read is damaged", e);
    }
  }
}
