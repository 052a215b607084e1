package io.replog.storage;

import io.replog.core.Hash;

/** How a round of {@link GroupCommit} ended. */
public sealed interface SyncResult {
  /**
   * Everything up to a sequence survives a crash, and the mark on disk says so.
   *
   * @param generation the log's when the round began; if it has another now, the result is void
   */
  record Durable(long sequence, Hash hash, long generation) implements SyncResult {}

  /**
   * A force failed. There are no more rounds and no more appends until the process is started
   * again.
   */
  record SyncFailed(DiskFailedException cause) implements SyncResult {}
}
