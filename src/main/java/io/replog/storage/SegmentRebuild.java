package io.replog.storage;

import io.replog.core.DamagedFrameException;
import io.replog.core.Frame;
import io.replog.core.FrameChecker;
import io.replog.core.FrameCodec;
import io.replog.core.Hash;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Writes a segment anew, beside the damaged one: its own frames where they are sound, and what is
 * missing between them from other copies. Every frame is checked against the hash chain, so that
 * nothing can get in that is not the continuation of the entry before; and where a gap ends, the
 * next frame of its own must continue it in turn. What was put back is therefore what was there.
 */
final class SegmentRebuild {
  private final Disk disk;
  private final FrameSupply supply;
  private final int segmentBytes;
  private final Mark mark;
  private long fetched;

  /**
   * @param mark the entry at its durable sequence has its durable hash, or nothing is rebuilt;
   *     {@link Mark#EMPTY} where there is none to compare with
   */
  SegmentRebuild(Disk disk, FrameSupply supply, int segmentBytes, Mark mark) {
    this.disk = disk;
    this.supply = supply;
    this.segmentBytes = segmentBytes;
    this.mark = mark;
  }

  /** How many frames came from other copies. */
  long fetched() {
    return fetched;
  }

  /**
   * Rebuilds one segment; it is durable on return, under its temporary name.
   *
   * @param first sequence of its first entry
   * @param hashBefore hash of the entry before it
   * @param goal the sequence that it must reach at least, or as near to it as a new file may grow;
   *     beyond it goes what lies there sound and without a gap, unless another file begins with it
   * @return the place after the last frame written
   * @throws StorageException if the copies do not have what is missing, or something else
   */
  FrameChecker rebuild(long first, Hash hashBefore, long goal) throws IOException {
    FrameChecker checker = new FrameChecker(first - 1, hashBefore);
    String temporary = LogFiles.rebuilt(first);
    disk.delete(temporary);
    boolean written = false;
    try (DiskFile out = disk.open(temporary, Disk.Access.CREATE)) {
      out.write(new SegmentHeader(first, hashBefore).encode(), 0);
      if (disk.exists(LogFiles.segment(first))) {
        try (DiskFile damaged = disk.open(LogFiles.segment(first), Disk.Access.READ)) {
          frames(out, checker, goal, ownFrames(damaged));
        }
      } else {
        frames(out, checker, goal, null);
      }
      out.force();
      written = true;
    } finally {
      if (!written) {
        disk.delete(temporary);
      }
    }
    return checker;
  }

  private OwnFrames ownFrames(DiskFile damaged) throws IOException {
    try {
      SegmentHeader.read(damaged, "");
      return new OwnFrames(damaged, SegmentHeader.BYTES);
    } catch (DamagedFrameException noHeader) {
      return new OwnFrames(damaged, 0);
    }
  }

  private void frames(DiskFile out, FrameChecker checker, long goal, @Nullable OwnFrames own)
      throws IOException {
    long position = SegmentHeader.BYTES;
    while (true) {
      long next = checker.sequence() + 1;
      if (next > goal && disk.exists(LogFiles.segment(next))) {
        return;
      }
      Frame mine = own == null ? null : own.from(next);
      if (mine != null && mine.first().sequence() == next) {
        position = write(out, position, checker, mine);
      } else if (next > goal) {
        return;
      } else {
        long upTo = mine == null ? goal : Math.min(goal, mine.first().sequence() - 1);
        ByteBuffer bytes = supply.frames(next, upTo).duplicate();
        if (!bytes.hasRemaining()) {
          throw failed(next, "no other copy has it");
        }
        while (bytes.hasRemaining() && checker.sequence() < upTo) {
          Frame frame = decode(bytes, checker.sequence() + 1);
          boolean room = position + frame.size() <= segmentBytes;
          if (own == null && !room && position > SegmentHeader.BYTES) {
            return;
          }
          position = write(out, position, checker, frame);
          fetched++;
        }
        if (checker.sequence() > upTo) {
          throw failed(upTo, "another copy has a batch there that goes on behind it");
        }
      }
    }
  }

  private Frame decode(ByteBuffer bytes, long sequence) {
    try {
      return FrameCodec.decode(bytes);
    } catch (DamagedFrameException e) {
      throw failed(sequence, "another copy handed out a damaged frame: " + e.getMessage());
    }
  }

  private long write(DiskFile out, long position, FrameChecker checker, Frame frame)
      throws IOException {
    try {
      checker.check(frame);
    } catch (DamagedFrameException e) {
      throw failed(frame.first().sequence(), "the copies differ: " + e.getMessage());
    }
    if (checker.sequence() == mark.durableSequence()
        && !checker.hash().equals(mark.durableHash())) {
      throw failed(checker.sequence(), "its hash is not the one in the mark");
    }
    out.write(frame.bytes().duplicate(), position);
    return position + frame.size();
  }

  private StorageException failed(long sequence, String why) {
    String file = disk.describe(LogFiles.LOG);
    return new StorageException(
        file, "entry %d cannot be put back: %s".formatted(sequence, why), null);
  }
}
