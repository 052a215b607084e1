package io.replog.storage;

import io.replog.core.Hash;

/**
 * What the durable mark says.
 *
 * @param firstSequence where the log begins
 * @param durableSequence every entry up to it was synced before the mark was
 * @param durableHash its hash, zeros with sequence 0
 * @param committedSequence a lower bound of the committed sequence; may lie above the durable one
 * @param committedHash its hash, zeros with sequence 0
 */
public record Mark(
    long firstSequence,
    long durableSequence,
    Hash durableHash,
    long committedSequence,
    Hash committedHash) {
  static final Hash NO_HASH = Hash.of(new byte[Hash.BYTES]);
  static final Mark EMPTY = new Mark(1, 0, NO_HASH, 0, NO_HASH);

  Mark withDurable(long sequence, Hash hash) {
    return new Mark(firstSequence, sequence, hash, committedSequence, committedHash);
  }

  Mark withCommitted(long sequence, Hash hash) {
    return new Mark(firstSequence, durableSequence, durableHash, sequence, hash);
  }
}
