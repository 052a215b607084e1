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

  /**
   * The next delivery begins after this sequence, whatever was sent before it.
   *
   * @return false if what follows has been trimmed: nothing can be delivered from there
   */
  boolean beginAfter(long sequence) {
    cursor = null;
    if (copy.beginsAfter(sequence)) {
      return false;
    }
    hashBefore = copy.hashAt(sequence);
    return true;
  }

  /** Whether a sequence is not that of the newest delivery: who is to get it is behind. */
  boolean behind(long sequence) {
    return copy.newest(sequence) == null;
  }

  /** Hash of the entry before the next delivery. */
  Hash hashBefore() {
    return hashBefore;
  }

  /**
   * The run of frames that begins with a sequence, at most the log's last; the next follows it.
   *
   * @return null if the entry has been trimmed
   */
  LogRead.@Nullable Frames next(long sequence) {
    LogRead.Frames newest = copy.newest(sequence);
    LogRead.Frames run = newest == null ? read(sequence) : newest;
    if (run != null) {
      hashBefore = run.lastHash();
    }
    return run;
  }

  private LogRead.@Nullable Frames read(long sequence) {
    LogCursor from = cursor;
    if (from == null || from.nextSequence() != sequence) {
      from = copy.log().cursor(sequence);
      cursor = from;
    }
    return switch (from.next(batchBytes, copy.lastSequence())) {
      case LogRead.Frames run -> run;
      case LogRead.Trimmed trimmed -> null;
      case LogRead.AtEnd atEnd -> throw missing(sequence);
      case LogRead.Truncated truncated -> throw missing(sequence);
    };
  }

  private static IllegalStateException missing(long sequence) {
    return new IllegalStateException("entry " + sequence + " is not in the log");
  }
}
