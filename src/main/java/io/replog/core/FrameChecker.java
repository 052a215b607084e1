package io.replog.core;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Follows a run of frames and checks that each continues the log: next sequence, hash chain, epochs
 * and timestamps that never go back. Used by what takes frames from another node, by {@code verify}
 * and by whatever reads a log from its beginning.
 */
public final class FrameChecker {
  private final HashChain chain = new HashChain();
  private long sequence;
  private Hash hash;
  private long epoch;
  private long timestamp;

  /** Starts after the entry with this sequence and hash, whose epoch and time are not known. */
  public FrameChecker(long sequence, Hash hash) {
    this.sequence = sequence;
    this.hash = hash;
  }

  /** Sequence of the last entry that passed. */
  public long sequence() {
    return sequence;
  }

  /** Hash of the last entry that passed. */
  public Hash hash() {
    return hash;
  }

  /**
   * Takes the frame at the buffer's position and moves past it.
   *
   * @throws DamagedFrameException if it is damaged or does not continue the log
   */
  public Frame next(ByteBuffer in) throws DamagedFrameException {
    int start = in.position();
    Frame frame = FrameCodec.decode(in);
    try {
      check(frame);
    } catch (DamagedFrameException e) {
      in.position(start);
      throw e;
    }
    return frame;
  }

  /**
   * Takes a frame that was decoded already.
   *
   * @throws DamagedFrameException if it does not continue the log; the checker is then where it was
   */
  public void check(Frame frame) throws DamagedFrameException {
    long expected = sequence + 1;
    Hash running = hash;
    Entry first = frame.first();
    if (first.epoch() < epoch || first.timestamp() < timestamp) {
      throw new DamagedFrameException(
          "entry %d is of epoch %d and time %d, the one before it of epoch %d and time %d"
              .formatted(first.sequence(), first.epoch(), first.timestamp(), epoch, timestamp));
    }
    for (Entry entry : frame.entries()) {
      if (entry.sequence() != expected) {
        throw new DamagedFrameException(
            "sequence " + entry.sequence() + " where " + expected + " belongs");
      }
      String key = entry.key();
      running =
          chain.next(
              running,
              entry.sequence(),
              entry.epoch(),
              entry.timestamp(),
              key == null ? null : key.getBytes(StandardCharsets.UTF_8),
              entry.payload());
      if (!running.equals(entry.hash())) {
        throw new DamagedFrameException("the hash of entry " + entry.sequence() + " is wrong");
      }
      expected++;
    }
    sequence = expected - 1;
    hash = running;
    epoch = first.epoch();
    timestamp = first.timestamp();
  }
}
