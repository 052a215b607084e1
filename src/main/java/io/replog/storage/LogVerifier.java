package io.replog.storage;

import io.replog.core.DamagedFrameException;
import io.replog.core.Frame;
import io.replog.core.FrameChecker;
import io.replog.core.FrameCodec;
import io.replog.core.Hash;
import io.replog.core.HashChain;
import io.replog.core.NodeState;
import io.replog.storage.VerifyReport.Damage;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks a data directory that no node is using: framing, CRC, hash chain, gaps, headers, index
 * files, mark, state and what was rolled back. It changes nothing, and goes on behind damage to
 * find the rest. What lies above the durable mark is a torn tail and no damage.
 */
public final class LogVerifier {
  /** So many damages, and so many notes, are listed at most. */
  private static final int MOST_LISTED = 1000;

  private final Disk disk;
  private final List<Damage> damages = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private Mark mark = Mark.EMPTY;
  private boolean markKnown;
  private FrameChecker checker = new FrameChecker(0, Mark.NO_HASH);

  /** Whether the checker follows the log without a break since its beginning. */
  private boolean whole = true;

  /** Whether the hash that the next frame builds on is known. */
  private boolean chained = true;

  private long wholeUpTo;
  private @Nullable Hash wholeHash;
  private long frames;
  private long entries;
  private long bytes;

  private LogVerifier(Disk disk) {
    this.disk = disk;
  }

  /**
   * Checks a directory.
   *
   * @throws DirectoryInUseException if a node is using it
   * @throws UnsupportedFormatException if a later release wrote it
   * @throws StorageException if it cannot be read
   */
  public static VerifyReport verify(Disk disk) {
    try {
      Closeable lock = disk.exists(LogFiles.LOCK) ? disk.lock(LogFiles.LOCK, true) : () -> {};
      try {
        return new LogVerifier(disk).run();
      } finally {
        lock.close();
      }
    } catch (IOException e) {
      throw StorageException.of(disk.describe(""), e);
    }
  }

  private VerifyReport run() throws IOException {
    NodeState state = state();
    mark(state != null);
    Hash origin =
        state == null || state.clusterId() == null ? null : HashChain.origin(state.clusterId());
    List<Long> files = files();
    Hash before = mark.firstSequence() == 1 ? origin : mark.start().hashBefore();
    wholeUpTo = mark.start().before();
    wholeHash = before;
    if (!files.isEmpty() && origin == null) {
      damage(LogFiles.STATE, 0, "the log has files, but the state names no cluster");
    }
    checker = new FrameChecker(wholeUpTo, before == null ? Mark.NO_HASH : before);
    chained = before != null;
    for (int i = 0; i < files.size(); i++) {
      segment(files.get(i), i == files.size() - 1);
    }
    if (markKnown && whole && checker.sequence() < mark.durableSequence()) {
      damage(
          LogFiles.MARK,
          0,
          "entry %d was synced, and the log ends with entry %d"
              .formatted(mark.durableSequence(), checker.sequence()));
    }
    rolledBack();
    return new VerifyReport(
        wholeUpTo,
        wholeHash,
        mark.durableSequence(),
        files.size(),
        frames,
        entries,
        bytes,
        List.copyOf(damages),
        List.copyOf(notes));
  }

  /** The files of the log; what lies before its beginning is what a crash has left of a trim. */
  private List<Long> files() throws IOException {
    List<Long> all = LogFiles.segments(disk);
    long first = mark.firstSequence();
    for (long trimmed : all) {
      if (trimmed < first) {
        note(
            "%s is trimmed; the next start deletes it"
                .formatted(disk.describe(LogFiles.segment(trimmed))));
      }
    }
    return all.stream().filter(f -> f >= first).toList();
  }

  private @Nullable NodeState state() throws IOException {
    try {
      Optional<NodeState> state = new StateFile(disk).read();
      if (state.isEmpty()) {
        damage(LogFiles.STATE, 0, "there is no state");
      }
      return state.orElse(null);
    } catch (DamagedFileException e) {
      damage(LogFiles.STATE, 0, String.valueOf(e.getMessage()));
      return null;
    }
  }

  private void mark(boolean expected) throws IOException {
    if (!disk.exists(LogFiles.MARK)) {
      if (expected) {
        damage(LogFiles.MARK, 0, "there is no mark");
      }
      return;
    }
    String name = disk.describe(LogFiles.MARK);
    try (DiskFile file = disk.open(LogFiles.MARK, Disk.Access.READ)) {
      for (int slot = 0; slot < 2; slot++) {
        if (!DurableMark.isSound(file, slot, name)) {
          damage(LogFiles.MARK, (long) slot * DurableMark.SLOT_DISTANCE, "the slot is damaged");
        }
      }
      long stray =
          SoundFrameSearch.firstNonZero(file, DurableMark.SLOT_BYTES, DurableMark.SLOT_DISTANCE);
      if (stray < DurableMark.SLOT_DISTANCE) {
        damage(LogFiles.MARK, stray, "bytes where there are none; they do no harm");
      }
      if (file.size() > DurableMark.FILE_BYTES) {
        damage(LogFiles.MARK, DurableMark.FILE_BYTES, "the file is too long; that does no harm");
      }
    }
    Optional<Mark> read = DurableMark.read(disk);
    markKnown = read.isPresent();
    mark =
        read.isPresent() ? read.get() : Mark.emptyAt(LogScan.start(disk, LogFiles.segments(disk)));
  }

  private void rolledBack() throws IOException {
    for (String name : disk.list("")) {
      if (RolledBackCheck.isOne(name)) {
        RolledBackCheck.Problem problem = RolledBackCheck.check(disk, name);
        if (problem != null) {
          damage(name, problem.offset(), problem.what());
        }
      }
    }
  }

  private void segment(long first, boolean last) throws IOException {
    String path = LogFiles.segment(first);
    if (first != checker.sequence() + 1) {
      problem(path, 0, "entry %d lies where %d belongs".formatted(first, checker.sequence() + 1));
      restartAfter(first - 1, Mark.NO_HASH, false);
    }
    try (DiskFile file = disk.open(path, Disk.Access.READ)) {
      bytes += file.size();
      SegmentHeader header = header(path, file, first);
      SparseIndex index = new SparseIndex(first);
      long end = frames(path, file, index);
      if (end > SegmentHeader.BYTES && header != null && !last) {
        index(
            new SealedSegment(
                first, checker.sequence(), (int) end, header.hashBefore(), checker.hash()),
            index);
      }
    }
  }

  private @Nullable SegmentHeader header(String path, DiskFile file, long first)
      throws IOException {
    SegmentHeader header;
    try {
      header = SegmentHeader.read(file, disk.describe(path));
    } catch (DamagedFrameException e) {
      problem(path, 0, String.valueOf(e.getMessage()));
      return null;
    }
    if (header.first() != first) {
      problem(path, 0, "the header says that the segment begins with entry " + header.first());
    } else if (chained && !header.hashBefore().equals(checker.hash())) {
      problem(path, 0, "the hash before the segment is not the one of the entry before it");
    } else if (!chained) {
      restartAfter(first - 1, header.hashBefore(), true);
    }
    return header;
  }

  /** Goes through the frames; returns where they end, 0 unless all was sound. */
  private long frames(String path, DiskFile file, SparseIndex index) throws IOException {
    long size = file.size();
    long from = SegmentHeader.BYTES;
    boolean sound = true;
    if (size <= from) {
      return 0;
    }
    while (true) {
      SegmentScanner scanner = new SegmentScanner(file, from, size, SegmentScanner.LARGE);
      SegmentScanner.Step step;
      while ((step = scanner.next()) == SegmentScanner.Step.FRAME) {
        index.add(scanner.header().firstSequence(), (int) scanner.position());
        sound &= frame(path, scanner);
      }
      long position = scanner.position();
      if (step == SegmentScanner.Step.END
          && SoundFrameSearch.firstNonZero(file, position, size) == size) {
        return sound ? position : 0;
      }
      sound = false;
      Optional<SoundFrameSearch.Found> next = new SoundFrameSearch(file, 1, 0).from(position + 1);
      String what = step == SegmentScanner.Step.END ? "bytes that are no frame" : scanner.problem();
      long upTo = next.map(SoundFrameSearch.Found::position).orElse(size);
      problem(path, position, what + "; nothing sound up to byte " + upTo);
      chained = false;
      if (next.isEmpty()) {
        return 0;
      }
      from = upTo;
    }
  }

  private boolean frame(String path, SegmentScanner scanner) {
    frames++;
    Frame frame;
    try {
      frame = FrameCodec.decode(scanner.bytes());
    } catch (DamagedFrameException e) {
      problem(path, scanner.position(), String.valueOf(e.getMessage()));
      return false;
    }
    entries += frame.entries().size();
    boolean follows = true;
    long expected = checker.sequence() + 1;
    if (!chained && frame.first().sequence() >= expected) {
      restartAfter(frame.last().sequence(), frame.last().hash(), true);
      return true;
    }
    try {
      checker.check(frame);
    } catch (DamagedFrameException e) {
      problem(path, scanner.position(), String.valueOf(e.getMessage()));
      restartAfter(frame.last().sequence(), frame.last().hash(), true);
      follows = false;
    }
    if (whole) {
      wholeUpTo = checker.sequence();
      wholeHash = checker.hash();
    }
    checkMark(frame.last().sequence(), frame.last().hash());
    return follows;
  }

  private void checkMark(long sequence, Hash hash) {
    if (markKnown && sequence == mark.durableSequence() && !hash.equals(mark.durableHash())) {
      damage(LogFiles.MARK, 0, "another hash of durable entry " + sequence);
    }
    if (markKnown && sequence == mark.committedSequence() && !hash.equals(mark.committedHash())) {
      damage(LogFiles.MARK, 0, "another hash of committed entry " + sequence);
    }
  }

  private void restartAfter(long sequence, Hash hash, boolean known) {
    checker = new FrameChecker(sequence, hash);
    chained = known;
  }

  private void index(SealedSegment segment, SparseIndex expected) throws IOException {
    if (disk.exists(LogFiles.index(segment.first()))
        && !expected.equals(SealedFiles.stored(disk, segment))) {
      damage(
          LogFiles.index(segment.first()),
          0,
          "the index does not fit its segment; the node makes it again");
    }
  }

  /**
   * Something wrong in the log behind the checker's place: damage, or a torn tail if that lies
   * above the mark.
   */
  private void problem(String path, long offset, String what) {
    long sequence = checker.sequence() + 1;
    if (markKnown && sequence > mark.durableSequence()) {
      note(
          "%s: byte %d: torn tail after entry %d"
              .formatted(disk.describe(path), offset, sequence - 1));
    } else {
      damage(path, offset, what);
    }
    whole = false;
  }

  private void damage(String path, long offset, String what) {
    if (damages.size() < MOST_LISTED) {
      damages.add(new Damage(disk.describe(path), offset, what));
    }
  }

  private void note(String what) {
    if (notes.size() < MOST_LISTED) {
      notes.add(what);
    }
  }
}
