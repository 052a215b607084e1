package io.replog.http;

import io.replog.core.EntryWalk;
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
  private final LogEntries entries;
  private final EntryParts parts = new EntryParts(new Event());
  private final JsonBytes out = new JsonBytes(1024);
  private long left;
  private @Nullable Subscription advance;

  /**
   * @param shown how far the log may be shown now
   */
  TailChunks(Node node, ReadQuery query, LongSupplier shown) {
    this.node = node;
    this.shown = shown;
    this.entries = new LogEntries(node.log(), query.from(), LogEntries.MANY);
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
    try {
      while (left > 0 && out.size() < CHUNK_BYTES) {
        EntryWalk entry = parts.isWithin() ? entries.current() : entries.next(upTo);
        if (entry == null) {
          break;
        }
        parts.write(out, entry, CHUNK_BYTES);
        left -= parts.isWithin() ? 0 : 1;
      }
    } catch (LogCutException e) {
      return null;
    }
    return out.take();
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
    if (advance != null) {
      advance.close();
    }
  }
}
