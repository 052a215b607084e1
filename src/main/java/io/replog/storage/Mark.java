package io.replog.storage;

import io.replog.core.Hash;
import io.replog.core.LogStart;

/**
 * What the durable mark says.
 *
 * @param start where the log begins; what lies before it in the directory is the rest of a trim
 * @param durableSequence every entry up to it was synced before the mark was
 * @param durableHash its hash, zeros with sequence 0
 * @param committedSequence a lower bound of the committed sequence, not below {@code start.before};
 *     may lie above the durable one
 * @param committedHash its hash, zeros with sequence 0
 */
public record Mark(
    LogStart start,
    long durableSequence,
    Hash durableHash,
    long committedSequence,
    Hash committedHash) {
  static final Hash NO_HASH = Hash.of(new byte[Hash.BYTES]);
  static final Mark EMPTY = new Mark(LogStart.ORIGIN, 0, NO_HASH, 0, NO_HASH);

  /** The mark of a log that begins somewhere and has no entry. */
  static Mark emptyAt(LogStart start) {
    Hash hash = start.before() == 0 ? NO_HASH : start.hashBefore();
    return new Mark(start, start.before(), hash, start.before(), hash);
  }

  /** Sequence of the first entry that the log has or will have. */
  public long firstSequence() {
    return start.sequence();
  }

  Mark withDurable(long sequence, Hash hash) {
    return new Mark(start, sequence, hash, committedSequence, committedHash);
  }

  Mark withCommitted(long sequence, Hash hash) {
    return new Mark(start, durableSequence, durableHash, sequence, hash);
  }

  /** The same log, trimmed: only what is committed ever is. */
  Mark trimmedTo(LogStart next) {
    boolean above = committedSequence >= next.before();
    return new Mark(
        next,
        durableSequence,
        durableHash,
        above ? committedSequence : next.before(),
        above ? committedHash : next.hashBefore());
  }
}
