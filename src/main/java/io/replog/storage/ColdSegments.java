package io.replog.storage;

import io.replog.core.DamagedFrameException;
import io.replog.core.FrameChecker;
import io.replog.core.FrameCodec;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The segments of an open log that are written no more: sealed, and synced. They can be read again
 * from their first byte to their last, and one that is damaged can be replaced by what it was while
 * the log is in use: everything about it is still known, its first and last sequence, its length,
 * and the hashes before it and at its end, so that what is put in its place is proven to be the
 * same to the last bit.
 */
public final class ColdSegments {
  private static final int PACE_BYTES = 64 << 10;

  private final Disk disk;
  private final LogReader reader;
  private final UnsyncedSegments unsynced;
  private final SealedFiles files;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong found = new AtomicLong();
  private final AtomicLong repaired = new AtomicLong();
  private final Object installing = new Object();
  private long attempts;
  private volatile long lastRoundMillis;

  ColdSegments(Disk disk, LogReader reader, UnsyncedSegments unsynced, SealedFiles sealedFiles) {
    this.disk = disk;
    this.reader = reader;
    this.unsynced = unsynced;
    this.files = sealedFiles;
  }

  /**
   * What came of reading them again, since the log was opened.
   *
   * @param bytes read
   * @param lastRoundMillis when the last round through all of them ended, in ms since 1970 UTC; 0
   *     for none yet
   * @param damaged segments in which damage was found
   * @param repaired segments that were replaced by what they had been
   */
  public record Figures(long bytes, long lastRoundMillis, long damaged, long repaired) {}

  /**
   * A segment written anew beside the damaged one, durable, to be put in its place.
   *
   * @param frames how many frames came from another copy
   * @param attempt which rebuilding it came of: the next one uses its file
   */
  public record Rebuilt(long first, long frames, SealedSegment segment, long attempt) {}

  /**
   * Tells of all damage that readers of the log come upon, here or elsewhere; at most one listener.
   *
   * @param listener called on the reader's thread; must not block
   */
  public void onDamage(Consumer<DamagedLogException> listener) {
    reader.onDamage(listener);
  }

  /** From any thread. */
  public Figures figures() {
    return new Figures(bytes.get(), lastRoundMillis, found.get(), repaired.get());
  }

  /** Notes that all of them were read. */
  public void roundEnded(long nowMillis) {
    lastRoundMillis = nowMillis;
  }

  /** First sequences of all of them now, ascending. From any thread. */
  public List<Long> firsts() {
    List<Long> unsyncedNow = unsynced.firsts();
    return reader.view().sealed().stream()
        .map(SealedSegment::first)
        .filter(first -> !unsyncedNow.contains(first))
        .toList();
  }

  /** Whether one of them holds a sequence. From any thread. */
  public boolean holds(long sequence) {
    return segment(sequence) != null;
  }

  /**
   * Whether the log has a sequence, but in a segment that is none of them: it is being written, or
   * not synced yet. From any thread.
   */
  public boolean holdsNotYet(long sequence) {
    LogView view = reader.view();
    if (sequence < view.first() || sequence > view.last()) {
      return false;
    }
    SealedSegment segment = view.sealedWith(sequence);
    return segment == null || unsynced.firsts().contains(segment.first());
  }

  private @Nullable SealedSegment segment(long sequence) {
    SealedSegment segment = reader.view().sealedWith(sequence);
    return segment == null || unsynced.firsts().contains(segment.first()) ? null : segment;
  }

  /**
   * Reads the segment that holds a sequence: header, framing, CRC, hash chain, end. Needs memory
   * for one read and the longest frame. From any thread but the writer's; the file is opened for
   * this alone.
   *
   * @param pace told how many bytes were read since it was last told; false ends it
   * @return whether it was read to its end, or is not there any more; false if it was ended
   * @throws DamagedLogException if it is not what was written, cannot be read, or has no file
   * @throws IOException if its file cannot be opened: that tells nothing of what is in it, since
   *     the process may have too many open
   */
  public boolean check(long sequence, IntPredicate pace) throws IOException {
    SealedSegment segment = segment(sequence);
    if (segment == null) {
      return true;
    }
    try {
      return read(segment, pace);
    } catch (DamagedLogException e) {
      if (!reader.view().sealed().contains(segment)) {
        return true;
      }
      found.incrementAndGet();
      throw e;
    }
  }

  /** Has readers open the file of a segment anew: what they have open may be what it was. */
  public void reopen(long sequence) throws IOException {
    SealedSegment segment = segment(sequence);
    if (segment != null) {
      files.forget(segment);
    }
  }

  private boolean read(SealedSegment segment, IntPredicate pace) throws IOException {
    FrameChecker start = new FrameChecker(segment.first() - 1, segment.hashBefore());
    DiskFile file;
    try {
      file = disk.open(LogFiles.segment(segment.first()), Disk.Access.READ);
    } catch (NoSuchFileException e) {
      throw damaged(segment, 0, start, "the file is not there");
    }
    try (file) {
      return read(file, segment, pace);
    }
  }

  private boolean read(DiskFile file, SealedSegment segment, IntPredicate pace) {
    String path = LogFiles.segment(segment.first());
    FrameChecker checker = new FrameChecker(segment.first() - 1, segment.hashBefore());
    long position = 0;
    try {
      SegmentHeader header = SegmentHeader.read(file, disk.describe(path));
      if (header.first() != segment.first() || !header.hashBefore().equals(segment.hashBefore())) {
        throw damaged(segment, 0, checker, "the header is another segment's");
      }
      SegmentScanner scanner =
          new SegmentScanner(file, SegmentHeader.BYTES, segment.end(), SegmentScanner.LARGE);
      long told = 0;
      SegmentScanner.Step step;
      while ((step = scanner.next()) == SegmentScanner.Step.FRAME) {
        position = scanner.position();
        checker.check(FrameCodec.decode(scanner.bytes()));
        if (position - told >= PACE_BYTES) {
          bytes.addAndGet(position - told);
          if (!pace.test((int) (position - told))) {
            return false;
          }
          told = position;
        }
      }
      position = scanner.position();
      bytes.addAndGet(position - told);
      if (step == SegmentScanner.Step.BAD) {
        throw damaged(segment, position, checker, scanner.problem());
      }
      boolean whole =
          position == segment.end()
              && checker.sequence() == segment.last()
              && checker.hash().equals(segment.lastHash());
      long size = file.size();
      if (!whole || SoundFrameSearch.firstNonZero(file, position, size) < size) {
        throw damaged(segment, position, checker, "the segment ends otherwise than it was written");
      }
      return pace.test((int) (position - told));
    } catch (DamagedFrameException e) {
      throw damaged(segment, position, checker, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw damaged(segment, position, checker, "it cannot be read: " + e.getMessage());
    }
  }

  private DamagedLogException damaged(
      SealedSegment segment, long offset, FrameChecker checker, String what) {
    String path = disk.describe(LogFiles.segment(segment.first()));
    // one of this segment, also where only what is behind its last entry is wrong
    long sequence = Math.min(checker.sequence() + 1, segment.last());
    return new DamagedLogException(path, offset, sequence, what);
  }

  /**
   * Writes the segment that holds a sequence anew: its own frames where they are sound, the others
   * from another copy. From any thread but the writer's, one at a time. What an earlier call made
   * and nobody has put in its place cannot be any more.
   *
   * @throws StorageException if the other copy does not have what is missing, or something else
   * @throws IOException if it cannot be asked, or the disk refuses
   */
  public Rebuilt rebuild(long sequence, FrameSupply supply) throws IOException {
    SealedSegment segment = segment(sequence);
    if (segment == null) {
      throw new StorageException(
          disk.describe(LogFiles.LOG), "no cold segment holds entry " + sequence, null);
    }
    long attempt;
    synchronized (installing) {
      attempt = ++attempts;
    }
    SegmentRebuild rebuild = new SegmentRebuild(disk, supply, segment.end(), Mark.EMPTY);
    FrameChecker end = rebuild.rebuild(segment.first(), segment.hashBefore(), segment.last());
    String temporary = LogFiles.rebuilt(segment.first());
    long size;
    try (DiskFile file = disk.open(temporary, Disk.Access.READ)) {
      size = file.size();
    }
    if (end.sequence() != segment.last()
        || !end.hash().equals(segment.lastHash())
        || size != segment.end()) {
      disk.delete(temporary);
      throw new StorageException(
          disk.describe(LogFiles.segment(segment.first())),
          "what the copies have does not make the segment that ended with entry " + segment.last(),
          null);
    }
    return new Rebuilt(segment.first(), rebuild.fetched(), segment, attempt);
  }

  /**
   * Puts a rebuilt segment in the place of the damaged one; durable on return. By the writer alone,
   * so that the log cannot be cut or trimmed meanwhile.
   *
   * @return whether it was; not where the segment was cut or trimmed away since
   * @throws IOException if the disk refuses, or if it was rebuilt again since: the file may be
   *     half-written
   */
  public boolean install(Rebuilt rebuilt) throws IOException {
    String temporary = LogFiles.rebuilt(rebuilt.first);
    synchronized (installing) {
      if (rebuilt.attempt != attempts) {
        throw new IOException(
            disk.describe(temporary) + " is not what is to be put in place: it was begun anew");
      }
      if (!rebuilt.segment.equals(segment(rebuilt.first))) {
        disk.delete(temporary);
        return false;
      }
      disk.rename(temporary, LogFiles.segment(rebuilt.first));
      disk.syncDirectory(LogFiles.LOG);
    }
    files.forget(rebuilt.segment);
    repaired.incrementAndGet();
    return true;
  }
}
