package io.replog.storage;

import io.replog.core.DamagedFrameException;
import io.replog.core.FrameClaim;
import io.replog.core.FrameCodec;
import io.replog.core.FrameHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks behind damage for a frame that is sound and belongs there or later: it tells damage in the
 * middle from a torn tail. Every byte may begin one, so what does not look like a frame is passed
 * over before any checksum is made.
 */
final class SoundFrameSearch {
  private static final int WINDOW_BYTES = 64 << 10;

  /**
   * Checksums are made over so many bytes at most; damage that needs more is not taken for a torn
   * tail.
   */
  private static final long CHECKED_BYTES = 4L << 30;

  /** No log is ahead of its damage by more. */
  private static final long SEQUENCES = 1L << 40;

  /** No two epochs of one log are further apart: a forced configuration begins another era. */
  private static final long EPOCHS = 1L << 52;

  private final DiskFile file;
  private final long end;
  private final long sequence;
  private final long epoch;
  private long checked;

  /**
   * @param sequence where the log ought to go on; frames that end before it are of no interest
   * @param epoch epoch of the last sound frame
   */
  SoundFrameSearch(DiskFile file, long sequence, long epoch) throws IOException {
    this.file = file;
    this.end = file.size();
    this.sequence = sequence;
    this.epoch = epoch;
  }

  /** A sound frame and where it begins. The header is null if the search gave up. */
  record Found(long position, @Nullable FrameHeader header) {}

  /** The first sound frame that begins at a position or after it. */
  Optional<Found> from(long start) throws IOException {
    ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES);
    long at = start;
    while (at < end) {
      window.clear();
      file.read(window, at);
      window.flip();
      boolean last = at + window.limit() >= end;
      int usable = last ? window.limit() : window.limit() - FrameCodec.CLAIM_BYTES;
      for (int i = 0; i < usable; i++) {
        if (window.get(i) != 0) {
          FrameHeader header = check(window.position(i), at + i);
          if (header != null) {
            return Optional.of(new Found(at + i, header));
          }
          if (checked > CHECKED_BYTES) {
            return Optional.of(new Found(at + i, null));
          }
        }
      }
      at += Math.max(1, usable);
    }
    return Optional.empty();
  }

  private @Nullable FrameHeader check(ByteBuffer window, long position) throws IOException {
    FrameClaim claim = FrameCodec.claim(window);
    if (claim == null
        || claim.size() > end - position
        || claim.epoch() < Math.max(1, epoch)
        || claim.epoch() - epoch > EPOCHS
        || claim.sequence() - sequence > SEQUENCES
        || claim.sequence() < 1) {
      return null;
    }
    ByteBuffer bytes = window;
    if (claim.size() > window.remaining()) {
      bytes = ByteBuffer.allocate(claim.size());
      file.read(bytes, position);
      bytes.flip();
    }
    checked += claim.size();
    try {
      FrameHeader header = FrameCodec.header(bytes.slice());
      return header.lastSequence() < sequence ? null : header;
    } catch (DamagedFrameException noFrame) {
      return null;
    }
  }

  /**
   * The first position from a start on where a byte is not zero; the end of the file if there is
   * none.
   */
  static long firstNonZero(DiskFile file, long start, long end) throws IOException {
    ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES);
    ByteBuffer zeros = ByteBuffer.allocate(WINDOW_BYTES);
    for (long at = start; at < end; at += window.limit()) {
      window.clear().limit((int) Math.min(WINDOW_BYTES, end - at));
      if (file.read(window, at) == 0) {
        return end;
      }
      window.flip();
      int mismatch = window.mismatch(zeros.clear().limit(window.limit()));
      if (mismatch >= 0) {
        return at + mismatch;
      }
    }
    return end;
  }
}
