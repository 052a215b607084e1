package io.replog.http;

import io.replog.core.EntryWalk;
import io.replog.http.StreamMemory.Share;
import io.replog.node.Node;
import io.replog.node.Node.Subscription;
import java.io.IOException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The log as events, from the disk at the client's own pace, and on as it grows. It ends when the
 * log was cut back below what was shown; the client resumes.
 */
final class TailChunks implements ChunkSource {
  private static final int CHUNK_BYTES = 64 << 10;

  private final Node node;
  private final LongSupplier shown;
  private final EntryPieces entries;
  private long left;
  private @Nullable Subscription advance;

  /**
   * @param shown how far the log may be shown now
   * @param share of the memory of streams; closed at the end
   */
  TailChunks(Node node, ReadQuery query, LongSupplier shown, Share share) {
    this.node = node;
    this.shown = shown;
    this.entries =
        new EntryPieces(
            new LogEntries(node.log(), query.from(), LogEntries.MANY),
            new Event(),
            CHUNK_BYTES,
            share);
    this.left = query.limit();
  }

  @Override
  public void opened(ChunkStream stream) {
    advance = node.onAdvance(stream::wake);
  }

  @Override
  public byte @Nullable [] next() throws IOException {
    if (left == 0) {
      return null;
    }
    long upTo = shown.getAsLong();
    JsonBytes out = entries.begin();
    try {
      while (left > 0 && entries.hasRoom(out) && entries.write(out, upTo)) {
        left -= entries.isWithin() ? 0 : 1;
      }
    } catch (LogCutException e) {
      return null;
    }
    return entries.end(out);
  }

  /** An event of its own, with the sequence that a client resumes after. */
  private record Event() implements EntryForm {
    @Override
    public void head(JsonBytes out, EntryWalk entry, boolean isFirst) {
      out.raw("id: ").number(entry.sequence()).raw("\ndata: ").recordHead(entry);
    }

    @Override
    public void tail(JsonBytes out, EntryWalk entry) {
      out.hash(entry).raw("}\n\n");
    }
  }

  @Override
  public void closed() {
    entries.close();
    if (advance != null) {
      advance.close();
    }
  }
}
