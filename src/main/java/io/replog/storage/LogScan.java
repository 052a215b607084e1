package io.replog.storage;

import io.replog.core.DamagedFrameException;
import io.replog.core.FrameHeader;
import io.replog.core.Hash;
import io.replog.core.LogStart;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Goes once through all segments as far as they are sound and follow one another: headers, framing,
 * CRC, sequences without gaps, epochs and times that do not go back. It changes nothing. What the
 * end that it comes to means is for {@link LogRecovery} to say.
 */
final class LogScan {
  /** A segment as far as it was sound. */
  record Segment(SegmentHeader header, long last, int end, Hash lastHash, boolean indexFits) {
    SealedSegment sealed() {
      return new SealedSegment(header.first(), last, end, header.hashBefore(), lastHash);
    }
  }

  /**
   * Where the log ceases to be sound before its files end.
   *
   * @param segment the place of the segment among the files, from 0
   * @param offset where in it, in bytes; 0 if it does not belong there at all
   */
  record Break(int segment, long offset, String what) {}

  private final Disk disk;
  private final List<Long> files;
  private final Mark mark;
  private final boolean markKnown;
  private final List<Segment> segments = new ArrayList<>();
  private SparseIndex index = new SparseIndex(1);
  private long last;
  private @Nullable Hash lastHash;
  private long epoch;
  private long timestamp;
  private @Nullable Break broken;

  /** Where the first frame above the mark lies: in the segment of this place, at this offset. */
  private int unsyncedSegment;

  private int unsyncedOffset;

  /**
   * @param mark the mark; its log's first sequence and the hash at the mark are checked
   * @param markKnown whether that is a mark that was read
   */
  LogScan(Disk disk, List<Long> files, Mark mark, boolean markKnown) {
    this.disk = disk;
    this.files = files;
    this.mark = mark;
    this.markKnown = markKnown;
    this.last = mark.start().before();
    this.lastHash = last == 0 ? null : mark.start().hashBefore();
    this.epoch = mark.start().epochBefore();
    this.timestamp = mark.start().timestampBefore();
  }

  void run() throws IOException {
    for (int i = 0; i < files.size() && broken == null; i++) {
      long first = files.get(i);
      if (first != last + 1) {
        broken = new Break(i, 0, "the segment begins with entry %d".formatted(first));
        return;
      }
      try (DiskFile file = disk.open(LogFiles.segment(first), Disk.Access.READ)) {
        segment(i, file);
      }
    }
  }

  private void segment(int place, DiskFile file) throws IOException {
    long first = files.get(place);
    SegmentHeader header;
    try {
      header = SegmentHeader.read(file, path(place));
    } catch (DamagedFrameException e) {
      broken = new Break(place, 0, String.valueOf(e.getMessage()));
      return;
    }
    if (header.first() != first || (lastHash != null && !header.hashBefore().equals(lastHash))) {
      broken = new Break(place, 0, "the header of the segment does not fit the one before");
      return;
    }
    lastHash = header.hashBefore();
    index = new SparseIndex(first);
    if (last <= mark.durableSequence()) {
      unsyncedSegment = place;
      unsyncedOffset = last == mark.durableSequence() ? 0 : SegmentHeader.BYTES;
    }
    frames(place, file, header);
  }

  private void frames(int place, DiskFile file, SegmentHeader header) throws IOException {
    long size = file.size();
    SegmentScanner scanner =
        new SegmentScanner(file, SegmentHeader.BYTES, size, SegmentScanner.LARGE);
    SegmentScanner.Step step;
    while ((step = scanner.next()) == SegmentScanner.Step.FRAME) {
      FrameHeader frame = scanner.header();
      String problem = follow(frame);
      if (problem != null) {
        broken = new Break(place, scanner.position(), problem);
        break;
      }
      index.add(frame.firstSequence(), (int) scanner.position());
      if (last == mark.durableSequence()) {
        checkMark(place, scanner.position(), frame);
        unsyncedSegment = place;
        unsyncedOffset = (int) scanner.position() + frame.size();
      }
    }
    long end = scanner.position();
    if (step == SegmentScanner.Step.BAD) {
      broken = new Break(place, end, scanner.problem());
    } else if (step == SegmentScanner.Step.END) {
      long garbage = SoundFrameSearch.firstNonZero(file, end, size);
      if (garbage < size) {
        broken = new Break(place, end, "bytes that are no frame");
      }
    }
    Hash hash = lastHash == null ? header.hashBefore() : lastHash;
    Segment segment = new Segment(header, last, (int) end, hash, false);
    segments.add(new Segment(header, last, (int) end, hash, fits(place, segment)));
  }

  private boolean fits(int place, Segment segment) throws IOException {
    return place < files.size() - 1
        && broken == null
        && index.equals(SealedFiles.stored(disk, segment.sealed()));
  }

  private @Nullable String follow(FrameHeader frame) {
    if (frame.firstSequence() != last + 1) {
      return "entry %d lies here".formatted(frame.firstSequence());
    }
    if (frame.epoch() < epoch || frame.timestamp() < timestamp) {
      return "epoch %d and time %d follow epoch %d and time %d"
          .formatted(frame.epoch(), frame.timestamp(), epoch, timestamp);
    }
    if (frame.firstSequence() <= mark.durableSequence()
        && frame.lastSequence() > mark.durableSequence()
        && markKnown) {
      return "the mark lies within a batch";
    }
    last = frame.lastSequence();
    lastHash = frame.lastHash();
    epoch = frame.epoch();
    timestamp = frame.timestamp();
    return null;
  }

  private void checkMark(int place, long offset, FrameHeader frame) {
    if (markKnown && !frame.lastHash().equals(mark.durableHash())) {
      throw new DamagedLogException(
          path(place),
          offset,
          frame.lastSequence(),
          "its hash is not the one in the mark; log and mark are not of one time");
    }
  }

  String path(int place) {
    return disk.describe(LogFiles.segment(files.get(place)));
  }

  /**
   * Where a log begins whose mark is lost: where its first file does. One that is no log from its
   * beginning, and whose header is damaged as well, is judged as if it were.
   */
  static LogStart start(Disk disk, List<Long> files) throws IOException {
    if (files.isEmpty() || files.getFirst() <= 1) {
      return LogStart.ORIGIN;
    }
    String path = LogFiles.segment(files.getFirst());
    try (DiskFile file = disk.open(path, Disk.Access.READ)) {
      SegmentHeader header = SegmentHeader.read(file, disk.describe(path));
      return header.first() == files.getFirst()
          ? new LogStart(header.first(), header.hashBefore(), 0, 0)
          : LogStart.ORIGIN;
    } catch (DamagedFrameException e) {
      return LogStart.ORIGIN;
    }
  }

  /** Segments with a sound header, in order. */
  List<Segment> segments() {
    return segments;
  }

  /** The index of the last of them. */
  SparseIndex index() {
    return index;
  }

  /** Where it ceases to be sound, null if it does not. */
  @Nullable Break broken() {
    return broken;
  }

  long last() {
    return last;
  }

  @Nullable Hash lastHash() {
    return lastHash;
  }

  long epoch() {
    return epoch;
  }

  long timestamp() {
    return timestamp;
  }

  int unsyncedSegment() {
    return unsyncedSegment;
  }

  int unsyncedOffset() {
    return unsyncedOffset;
  }
}
