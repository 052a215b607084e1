package io.replog.http;

import io.replog.core.EntryWalk;
import io.replog.storage.SegmentedLog;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A list of entries whose end is fixed at its start, in chunks of about 256 KiB. A long entry goes
 * on in the next chunk.
 */
final class ListChunks implements ChunkSource {
  private static final int CHUNK_BYTES = 256 << 10;

  private final ListForm form;
  private final LogEntries entries;
  private final long end;
  private final long shown;
  private final JsonBytes out = new JsonBytes(1024);
  private final EntryParts parts;
  private boolean begun;
  private boolean done;

  /**
   * @param from sequence of the first entry
   * @param end sequence of the last entry, below {@code from} for none
   * @param shown how far the log may be shown, an end of an append
   */
  ListChunks(SegmentedLog log, ListForm form, long from, long end, long shown) {
    this.form = form;
    this.entries = new LogEntries(log, from, from == end ? LogEntries.ONE : LogEntries.MANY);
    this.parts = new EntryParts(form);
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
    if (!begun) {
      begun = true;
      form.begin(out);
    }
    while (isMore() && out.size() < CHUNK_BYTES) {
      EntryWalk entry = parts.isWithin() ? entries.current() : entries.next(shown);
      if (entry == null) {
        throw LogCutException.cutBack(entries.sequence());
      }
      parts.write(out, entry, CHUNK_BYTES);
    }
    if (!isMore()) {
      done = true;
      form.end(out);
    }
    return out.take();
  }

  private boolean isMore() {
    return parts.isWithin() || entries.sequence() <= end;
  }
}
