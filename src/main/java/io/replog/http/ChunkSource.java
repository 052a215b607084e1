package io.replog.http;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Where the bytes of a streamed body come from, pulled chunk by chunk, by one thread at a time. */
interface ChunkSource {
  byte[] NOTHING_YET = {};

  /**
   * The next bytes; {@link #NOTHING_YET} to be asked again after a wake-up, null at the end. May
   * read the disk.
   */
  byte @Nullable [] next() throws IOException;

  /**
   * The body begins to be read.
   *
   * @param wake asks again after {@link #NOTHING_YET}; may be called from any thread, at any time
   */
  default void opened(Runnable wake) {}

  /** Nobody asks any more: the end was reached, or the client is gone. Comes at most once. */
  default void closed() {}
}
