package io.replog.storage;

import io.replog.core.Hash;
import io.replog.core.LogStart;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds at a start what of the log is whole, and puts the files in order. The log is scanned from
 * its beginning; where it ceases to be sound before its files end, the durable mark decides:
 *
 * <ul>
 *   <li>above the mark: a torn tail, never acknowledged. It is cut.
 *   <li>up to the mark, and something sound after it: damage in the middle. {@link
 *       DamagedLogException}, nothing is changed.
 *   <li>up to the mark, and nothing sound after it: an acknowledged tail is lost. It is cut, {@link
 *       #lost} says so, and the store must take a new id.
 * </ul>
 *
 * A log that ends cleanly below the mark has lost its tail as well. Without a mark that can be read
 * (the file is made before the state file is, so it is damage) nobody knows where the acknowledged
 * part ended: whatever is found is judged as if it lay below the mark, and the tail counts as lost
 * even where the log ends cleanly.
 *
 * <p>Files below the place where the mark says that the log begins are what a crash has left of a
 * trim: they are deleted.
 *
 * <p>What lies above the mark is written and forced once more: after a force that failed, Linux
 * shows pages as clean that never reached the disk, and a force alone would not write them.
 *
 * <p>{@link #scan} changes nothing; {@link #apply} can be interrupted at any point and made again.
 */
final class LogRecovery {
  private static final Logger LOG = LoggerFactory.getLogger(LogRecovery.class);
  private static final int COPY_BYTES = 1 << 20;

  private final Disk disk;
  private final Optional<Mark> mark;
  private final Mark fallback;
  private final List<Long> trimmed;
  private final List<Long> files;
  private final LogScan scan;
  private final @Nullable LostTail lost;

  private LogRecovery(
      Disk disk,
      Optional<Mark> mark,
      Mark fallback,
      List<Long> trimmed,
      List<Long> files,
      LogScan scan,
      @Nullable LostTail lost) {
    this.disk = disk;
    this.mark = mark;
    this.fallback = fallback;
    this.trimmed = trimmed;
    this.files = files;
    this.scan = scan;
    this.lost = lost;
  }

  /**
   * Scans the log of a directory that has been formatted.
   *
   * @throws DamagedLogException at damage in the middle
   */
  static LogRecovery scan(Disk disk) throws IOException {
    Optional<Mark> mark = DurableMark.read(disk);
    List<Long> all = LogFiles.segments(disk);
    Mark fallback = mark.isPresent() ? Mark.EMPTY : Mark.emptyAt(LogScan.start(disk, all));
    long first = mark.orElse(fallback).firstSequence();
    List<Long> files = all.stream().filter(f -> f >= first).toList();
    LogScan scan = new LogScan(disk, files, mark.orElse(fallback), mark.isPresent());
    scan.run();
    return new LogRecovery(
        disk,
        mark,
        fallback,
        all.stream().filter(f -> f < first).toList(),
        files,
        scan,
        judge(disk, mark, files, scan));
  }

  /** Says whether the tail that had been acknowledged is lost; throws at damage in the middle. */
  private static @Nullable LostTail judge(
      Disk disk, Optional<Mark> mark, List<Long> files, LogScan scan) throws IOException {
    long next = scan.last() + 1;
    long durable = mark.map(Mark::durableSequence).orElse(Long.MAX_VALUE);
    LogScan.Break broken = scan.broken();
    if (broken != null) {
      boolean duplicate = files.get(broken.segment()) < next && broken.offset() == 0;
      if (duplicate && files.get(broken.segment()) <= durable) {
        throw damaged(scan, broken, next, "");
      }
      if (next <= durable) {
        checkNothingSoundFollows(disk, files, scan, broken);
      }
    }
    if (next > durable) {
      return null;
    }
    String cause =
        broken == null
            ? "the log ends with entry " + scan.last()
            : "%s at byte %d: %s"
                .formatted(scan.path(broken.segment()), broken.offset(), broken.what());
    return mark.isPresent()
        ? new LostTail(next, OptionalLong.of(durable), cause)
        : new LostTail(next, OptionalLong.empty(), "the mark is lost; " + cause);
  }

  private static void checkNothingSoundFollows(
      Disk disk, List<Long> files, LogScan scan, LogScan.Break broken) throws IOException {
    for (int i = broken.segment(); i < files.size(); i++) {
      try (DiskFile file = disk.open(LogFiles.segment(files.get(i)), Disk.Access.READ)) {
        long from = i == broken.segment() && broken.offset() > 0 ? broken.offset() : 0;
        Optional<SoundFrameSearch.Found> found =
            new SoundFrameSearch(file, scan.last() + 1, scan.epoch()).from(from);
        if (found.isPresent()) {
          String where =
              " (%s has a sound frame at byte %d)".formatted(scan.path(i), found.get().position());
          throw damaged(scan, broken, scan.last() + 1, where);
        }
      }
    }
  }

  private static DamagedLogException damaged(
      LogScan scan, LogScan.Break broken, long sequence, String more) {
    return new DamagedLogException(
        scan.path(broken.segment()), broken.offset(), sequence, broken.what() + more);
  }

  /** What had been acknowledged and is gone, null if nothing is. */
  @Nullable LostTail lost() {
    return lost;
  }

  /**
   * The hash before entry 1 as the first segment has it, null without a segment. Where a trimmed
   * log begins the mark says, and the scan has compared it.
   */
  @Nullable Hash origin() {
    return scan.segments().isEmpty() || scan.segments().getFirst().header().first() > 1
        ? null
        : scan.segments().getFirst().header().hashBefore();
  }

  /** Sequence of the last sound entry, 0 without any. */
  long last() {
    return scan.last();
  }

  /** Epoch of the last sound entry, 0 without any. */
  long epoch() {
    return scan.epoch();
  }

  /** Hash of the last sound entry, null without any. */
  @Nullable Hash lastHash() {
    return scan.lastHash();
  }

  /**
   * Cuts, wipes and syncs, and opens the log.
   *
   * @param origin hash before the first entry, null while the cluster is not known
   */
  SegmentedLog apply(LogOptions options, @Nullable Hash origin) throws IOException {
    for (long first : trimmed) {
      disk.delete(LogFiles.segment(first));
    }
    cut();
    dropStaleIndexes();
    List<LogScan.Segment> segments = scan.segments();
    for (int i = 0; i < segments.size() - 1; i++) {
      trim(segments.get(i));
    }
    rewriteAboveMark();
    disk.syncDirectory(LogFiles.LOG);
    DurableMark durable = DurableMark.open(disk, fallback);
    Hash lastHash = scan.lastHash() == null ? origin : scan.lastHash();
    Mark next =
        mark.orElse(fallback)
            .withDurable(
                scan.last(), scan.last() == 0 || lastHash == null ? Mark.NO_HASH : lastHash);
    durable.write(next);
    if (mark.isEmpty()) {
      disk.syncDirectory("");
    }
    return new SegmentedLog(disk, options, durable, view(lastHash, next.start()));
  }

  private void cut() throws IOException {
    LogScan.Break broken = scan.broken();
    if (broken == null) {
      return;
    }
    int kept = scan.segments().size();
    for (int i = files.size() - 1; i >= kept; i--) {
      disk.delete(LogFiles.segment(files.get(i)));
      disk.delete(LogFiles.index(files.get(i)));
    }
    disk.syncDirectory(LogFiles.LOG);
    if (broken.segment() < kept) {
      try (DiskFile file =
          disk.open(LogFiles.segment(files.get(broken.segment())), Disk.Access.WRITE)) {
        file.truncate(broken.offset());
        file.force();
      }
    }
    LOG.warn(
        "torn tail cut: file={} offset={} sequence={} what={}",
        scan.path(broken.segment()),
        broken.offset(),
        scan.last() + 1,
        broken.what());
  }

  private void dropStaleIndexes() throws IOException {
    for (long first : LogFiles.indexes(disk)) {
      boolean fits =
          scan.segments().stream()
              .limit(Math.max(0, scan.segments().size() - 1))
              .anyMatch(segment -> segment.header().first() == first && segment.indexFits());
      if (!fits) {
        disk.delete(LogFiles.index(first));
      }
    }
  }

  private void trim(LogScan.Segment segment) throws IOException {
    try (DiskFile file = disk.open(LogFiles.segment(segment.header().first()), Disk.Access.WRITE)) {
      if (file.size() > segment.end()) {
        file.truncate(segment.end());
      }
    }
  }

  /**
   * The last segment is forced in any case: a process that died within a cut has left a file that
   * is cut for whoever reads it, and that a crash of the machine would give its old end back.
   */
  private void rewriteAboveMark() throws IOException {
    List<LogScan.Segment> segments = scan.segments();
    for (int i = scan.unsyncedSegment(); i < segments.size(); i++) {
      LogScan.Segment segment = segments.get(i);
      int from = i == scan.unsyncedSegment() ? scan.unsyncedOffset() : 0;
      if (from < segment.end() || i == segments.size() - 1) {
        rewrite(segment, from);
      }
    }
  }

  private void rewrite(LogScan.Segment segment, int from) throws IOException {
    try (DiskFile file = disk.open(LogFiles.segment(segment.header().first()), Disk.Access.WRITE)) {
      ByteBuffer bytes =
          ByteBuffer.allocate(Math.min(COPY_BYTES, Math.max(1, segment.end() - from)));
      for (int at = from; at < segment.end(); at += bytes.limit()) {
        bytes.clear().limit(Math.min(bytes.capacity(), segment.end() - at));
        file.read(bytes, at);
        file.write(bytes.flip(), at);
      }
      file.force();
    }
  }

  private LogView view(@Nullable Hash lastHash, LogStart start) throws IOException {
    List<LogScan.Segment> segments = scan.segments();
    ActiveSegment active = null;
    int end = 0;
    List<SealedSegment> sealed = List.of();
    if (!segments.isEmpty()) {
      LogScan.Segment open = segments.getLast();
      sealed =
          segments.subList(0, segments.size() - 1).stream().map(LogScan.Segment::sealed).toList();
      end = open.end();
      DiskFile file = disk.open(LogFiles.segment(open.header().first()), Disk.Access.WRITE);
      active =
          new ActiveSegment(
              open.header().first(),
              open.header().hashBefore(),
              new SharedFile(file),
              scan.index());
    }
    return new LogView(
        0, start, sealed, active, end, scan.last(), lastHash, scan.timestamp(), scan.epoch());
  }
}
