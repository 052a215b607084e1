package io.replog.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.replog.core.Entry;
import io.replog.node.Node;
import io.replog.node.Node.Subscription;
import java.io.ByteArrayOutputStream;
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
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
  private final JsonGenerator json = Json.generator(out);
  private long left;
  private @Nullable Subscription advance;

  /**
   * @param shown how far the log may be shown now
   */
  TailChunks(Node node, ReadQuery query, LongSupplier shown) {
    this.node = node;
    this.shown = shown;
    this.entries = new LogEntries(node.log(), query.from());
    this.left = query.limit();
  }

  @Override
  public void opened(Runnable wake) {
    advance = node.onAdvance(wake);
  }

  @Override
  public byte @Nullable [] next() throws IOException {
    if (left == 0) {
      return null;
    }
    long upTo = shown.getAsLong();
    try {
      while (left > 0 && out.size() < CHUNK_BYTES) {
        Entry entry = entries.next(upTo);
        if (entry == null) {
          break;
        }
        event(entry);
        left--;
      }
    } catch (LogCutException e) {
      return null;
    }
    json.flush();
    byte[] chunk = out.toByteArray();
    out.reset();
    return chunk;
  }

  @Override
  public void closed() {
    if (advance != null) {
      advance.close();
    }
  }

  private void event(Entry entry) throws IOException {
    json.writeRaw("id: " + entry.sequence() + "\ndata: ");
    EntryJson.write(json, entry);
    json.writeRaw("\n\n");
  }
}
