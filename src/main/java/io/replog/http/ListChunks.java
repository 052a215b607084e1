package io.replog.http;

import io.replog.http.StreamMemory.Share;
import io.replog.storage.SegmentedLog;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A list of entries whose end is fixed at its start, in chunks of about 256 KiB, or less while many
 * lists are being read. A long entry goes on in the next chunk.
 */
final class ListChunks implements ChunkSource {
  private final ListForm form;
  private final EntryPieces entries;
  private final long end;
  private final long shown;
  private boolean begun;
  private boolean done;

  /**
   * @param from sequence of the first entry
   * @param end sequence of the last entry, below {@code from} for none
   * @param shown how far the log may be shown, an end of an append
   * @param share of the memory of streams; closed at the end
   */
  ListChunks(SegmentedLog log, ListForm form, long from, long end, long shown, Share share) {
    int read = from == end ? LogEntries.ONE : LogEntries.MANY;
    this.form = form;
    this.entries =
        new EntryPieces(new LogEntries(log, from, read), form, StreamMemory.LONGEST_PIECE, share);
    this.end = end;
    this.shown = shown;
  }

  /** Whether the last chunk was handed out. */
  boolean isDone() {
    return done;
  }

  @Override
  public byte @Nullable [] next() throws IOException {
    if (done) {
      return null;
    }
    JsonBytes out = entries.begin();
    if (!begun) {
      begun = true;
      form.begin(out);
    }
    while (isMore() && entries.hasRoom(out)) {
      if (!entries.write(out, shown)) {
        throw LogCutException.cutBack(entries.sequence());
      }
    }
    if (!isMore()) {
      done = true;
      form.end(out);
    }
    return entries.end(out);
  }

  private boolean isMore() {
    return entries.isWithin() || entries.sequence() <= end;
  }

  @Override
  public void closed() {
    entries.close();
  }
}
