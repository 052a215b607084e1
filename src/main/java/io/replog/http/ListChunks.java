package io.replog.http;

import io.replog.core.EntryWalk;
import io.replog.storage.SegmentedLog;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A list of entries whose end is fixed at its start, in chunks of about 256 KiB. */
final class ListChunks implements ChunkSource {
  private static final int CHUNK_BYTES = 256 << 10;

  private final ListForm form;
  private final LogEntries entries;
  private final long end;
  private final long shown;
  private final JsonBytes out = new JsonBytes(1024);
  private boolean begun;
  private boolean first = true;
  private boolean done;

  /**
   * @param from sequence of the first entry
   * @param end sequence of the last entry, below {@code from} for none
   * @param shown how far the log may be shown, an end of an append
   */
  ListChunks(SegmentedLog log, ListForm form, long from, long end, long shown) {
    this.form = form;
    this.entries = new LogEntries(log, from);
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
    while (entries.sequence() <= end && out.size() < CHUNK_BYTES) {
      EntryWalk entry = entries.next(shown);
      if (entry == null) {
        throw LogCutException.cutBack(entries.sequence());
      }
      form.entry(out, entry, first);
      first = false;
    }
    if (entries.sequence() > end) {
      done = true;
      form.end(out);
    }
    return out.take();
  }
}
