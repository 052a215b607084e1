package io.replog.http;

import io.replog.core.EntryWalk;
import io.replog.http.StreamMemory.Share;
import java.io.IOException;

/**
 * Entries of the log as pieces of an answer. Between two pieces a stream keeps what it has read
 * ahead of the log only while there is room; what a piece is written into belongs to the thread.
 * For one thread at a time.
 */
final class EntryPieces {
  private final LogEntries entries;
  private final EntryParts parts;
  private final int longest;
  private final Share share;
  private int length;

  /**
   * @param longest bytes of a piece at most, but for a little
   * @param share what is held is counted there
   */
  EntryPieces(LogEntries entries, EntryForm form, int longest, Share share) {
    this.entries = entries;
    this.parts = new EntryParts(form);
    this.longest = longest;
    this.share = share;
  }

  /** Begins a piece; the one before was taken. */
  JsonBytes begin() {
    share.holds(entries.kept());
    length = Math.min(longest, share.piece());
    return JsonBytes.ofThread();
  }

  /** Whether there is room for more in the piece. */
  boolean hasRoom(JsonBytes out) {
    return out.size() < length;
  }

  /** Whether an entry goes on in the next piece. */
  boolean isWithin() {
    return parts.isWithin();
  }

  /** Sequence of the next entry that is not begun. */
  long sequence() {
    return entries.sequence();
  }

  /**
   * Writes the next entry, or as much of it as there is room for.
   *
   * @param shown how far the log may be shown, an end of an append
   * @return false if there is none yet
   */
  boolean write(JsonBytes out, long shown) throws IOException {
    EntryWalk entry = parts.isWithin() ? entries.current(shown) : entries.next(shown);
    if (entry == null) {
      return false;
    }
    parts.write(out, entry, length);
    return true;
  }

  /** Ends the piece. */
  byte[] end(JsonBytes out) {
    byte[] piece = out.take();
    boolean needed = parts.isWithin() || !entries.isAtEndOfRead();
    if (!needed || !share.mayKeep(piece.length + entries.kept())) {
      entries.letGo(parts.isWithin());
    }
    share.holds(piece.length + entries.kept());
    return piece;
  }

  /** Nobody asks for another piece. */
  void close() {
    share.close();
  }
}
