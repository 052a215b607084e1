package io.replog.node;

import io.replog.core.Hash;
import io.replog.storage.LogCursor;
import io.replog.storage.LogRead;
import org.jspecify.annotations.Nullable;

/**
 * What is sent to one secondary next: what was just appended, in the one array that all feeds
 * share, or else what lies in the log from there on.
 *
 * <p>On the node's thread only.
 */
final class Deliveries {
  private final LocalCopy copy;
  private final int batchBytes;
  private @Nullable LogCursor cursor;
  private Hash hashBefore;

  /**
   * @param batchBytes most bytes of one delivery, unless its first frame is longer
   */
  Deliveries(LocalCopy copy, int batchBytes) {
    this.copy = copy;
    this.batchBytes = batchBytes;
    this.hashBefore = copy.lastHash();
  }

  /** The next delivery begins after this sequence, whatever was sent before it. */
  void beginAfter(long sequence) {
    cursor = null;
    hashBefore = copy.hashAt(sequence);
  }

  /** Hash of the entry before the next delivery. */
  Hash hashBefore() {
    return hashBefore;
  }

  /** The run of frames that begins with a sequence, which the log has; the next follows it. */
  LogRead.Frames next(long sequence) {
    LogRead.Frames newest = copy.newest(sequence);
    LogRead.Frames run = newest == null ? read(sequence) : newest;
    hashBefore = run.lastHash();
    return run;
  }

  private LogRead.Frames read(long sequence) {
    LogCursor from = cursor;
    if (from == null || from.nextSequence() != sequence) {
      from = copy.log().cursor(sequence);
      cursor = from;
    }
    if (from.next(batchBytes, copy.lastSequence()) instanceof LogRead.Frames run) {
      return run;
    }
    throw new IllegalStateException("entry " + sequence + " is not in the log");
  }
}
