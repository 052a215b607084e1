package io.replog.storage;

import io.replog.core.Frame;
import io.replog.core.FrameHeader;
import io.replog.core.Hash;
import io.replog.core.LogStart;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log: frames one after the other in segment files. An append returns when the frames are
 * written, so that a crash of the process keeps them; that they survive a crash of the machine is
 * awaited apart, see {@link GroupCommit}.
 *
 * <p>Threads: one thread, the writer, calls {@link #append}, {@link #truncateAfter} and {@link
 * #origin}. Any thread reads, at any time.
 */
public final class SegmentedLog {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentedLog.class);

  private final Disk disk;
  private final DurableMark mark;
  private final SegmentWriter writer;
  private final UnsyncedSegments unsynced;
  private final SealedFiles sealedFiles;
  private final SegmentFiles files;
  private final LogReader reader;
  private final ColdSegments cold;
  private volatile LogView view;
  private volatile @Nullable DiskFailedException failure;

  /** The log as recovery found it; takes over the view's open file. */
  SegmentedLog(Disk disk, LogOptions options, DurableMark mark, LogView recovered)
      throws IOException {
    this.disk = disk;
    this.mark = mark;
    this.view = recovered;
    this.writer = new SegmentWriter(disk, options);
    this.unsynced = new UnsyncedSegments(disk);
    this.sealedFiles = new SealedFiles(disk, options.openSegments());
    this.files = new SegmentFiles(disk, writer, unsynced, sealedFiles);
    this.reader = new LogReader(disk, () -> view, sealedFiles);
    this.cold = new ColdSegments(disk, reader, unsynced, sealedFiles);
    if (recovered.active() != null) {
      writer.resume(recovered.active().file().file().size());
    }
  }

  /** Sequence of the first entry that the log has or will have. */
  public long firstSequence() {
    return view.first();
  }

  /** Where the log begins; the hash is zeros while its cluster is not known. */
  public LogStart start() {
    LogView now = view;
    Hash hash = now.hashBefore();
    LogStart start = now.start();
    return new LogStart(
        start.sequence(),
        hash == null ? Mark.NO_HASH : hash,
        start.epochBefore(),
        start.timestampBefore());
  }

  /** Sequence of the last entry, {@code firstSequence() - 1} without any. */
  public long lastSequence() {
    return view.last();
  }

  /**
   * Hash of the last entry; of an empty log the origin of its cluster.
   *
   * @throws IllegalStateException if the log is empty and its cluster not known yet
   */
  public Hash lastHash() {
    Hash hash = view.lastHash();
    if (hash == null) {
      throw new IllegalStateException("a log without a cluster has no hash");
    }
    return hash;
  }

  /** Timestamp of the last entry in ms since 1970 UTC, 0 without any. */
  public long lastTimestamp() {
    return view.timestamp();
  }

  /** Epoch of the last entry, 0 without any. */
  public long lastEpoch() {
    return view.epoch();
  }

  /** Grows with every cut. */
  public long generation() {
    return view.generation();
  }

  /** What the mark on disk says. */
  public Mark mark() {
    return mark.value();
  }

  /** The failure after which the log takes no more changes, null while all is well. */
  public @Nullable DiskFailedException failure() {
    return failure;
  }

  /** Sets the hash before the first entry of a log that is still empty. */
  public void origin(Hash hash) {
    LogView now = view;
    if (now.last() != 0 || now.active() != null || !now.sealed().isEmpty()) {
      throw new IllegalStateException("the log has entries and so an origin already");
    }
    view = new LogView(now.generation(), LogStart.ORIGIN, List.of(), null, 0, 0, hash, 0, 0);
  }

  /** Appends one frame; see {@link #append(List)}. */
  public void append(Frame frame) {
    append(List.of(frame));
  }

  /**
   * Appends frames that continue the log, all or none.
   *
   * @throws DiskFullException if there is no room; the log is as before, and may be tried again
   * @throws DiskFailedException if the disk fails or has failed before
   * @throws IllegalArgumentException if a frame does not continue the log
   */
  public void append(List<Frame> frames) {
    checkWorks();
    LogView before = view;
    checkContinues(before, frames);
    List<ActiveSegment> created = new ArrayList<>();
    LogView after;
    try {
      after = write(before, frames, created);
    } catch (IOException e) {
      undo(before, created, e);
      throw StorageException.isFull(e)
          ? new DiskFullException(disk.describe(LogFiles.LOG), e)
          : fail(e);
    }
    publish(before, after, created);
  }

  private static void checkContinues(LogView before, List<Frame> frames) {
    if (before.lastHash() == null) {
      throw new IllegalStateException("nothing can be appended before the cluster is known");
    }
    long expected = before.last() + 1;
    long epoch = before.epoch();
    long timestamp = before.timestamp();
    for (Frame frame : frames) {
      if (frame.first().sequence() != expected
          || frame.first().epoch() < epoch
          || frame.first().timestamp() < timestamp) {
        throw new IllegalArgumentException(
            "%s with time %d does not continue a log that ends with entry %d of epoch %d and time %d"
                .formatted(
                    frame.first(), frame.first().timestamp(), expected - 1, epoch, timestamp));
      }
      expected = frame.last().sequence() + 1;
      epoch = frame.last().epoch();
      timestamp = frame.last().timestamp();
    }
  }

  private LogView write(LogView before, List<Frame> frames, List<ActiveSegment> created)
      throws IOException {
    LogView now = before;
    int from = 0;
    while (from < frames.size()) {
      if (!writer.fits(now, frames.get(from))) {
        now = roll(now, created);
      }
      int to = from + 1;
      long end = (long) now.end() + frames.get(from).size();
      while (to < frames.size() && writer.fits(end, frames.get(to))) {
        end += frames.get(to).size();
        to++;
      }
      now = writer.write(now, frames.subList(from, to));
      from = to;
    }
    return now;
  }

  private LogView roll(LogView now, List<ActiveSegment> created) throws IOException {
    ActiveSegment full = now.active();
    if (full != null) {
      writer.trim(full, now.end());
    }
    Hash hashBefore = now.lastHash();
    if (hashBefore == null) {
      throw new IllegalStateException("a log without a cluster");
    }
    ActiveSegment next = writer.create(now.last() + 1, hashBefore);
    created.add(next);
    return now.rolledTo(next);
  }

  /** Shows readers and the sync thread what was written. */
  private void publish(LogView before, LogView after, List<ActiveSegment> created) {
    boolean syncFirst = false;
    if (!created.isEmpty()) {
      unsynced.directoryChanged();
      if (before.active() != null) {
        syncFirst = unsynced.add(before.active());
      }
      for (ActiveSegment sealed : created.subList(0, created.size() - 1)) {
        syncFirst |= unsynced.add(sealed);
      }
    }
    view = after;
    int from = before.sealed().size();
    for (SealedSegment sealed : after.sealed().subList(from, after.sealed().size())) {
      SparseIndex index =
          before.active() != null && before.active().first() == sealed.first()
              ? before.active().index()
              : indexOf(sealed.first(), created);
      writeIndex(sealed, index);
    }
    if (syncFirst) {
      waitForDisk();
    }
  }

  /** Too much is unsynced: whoever appends on pays for it. */
  private void waitForDisk() {
    try {
      sync();
    } catch (IOException e) {
      throw fail(e);
    }
  }

  private static SparseIndex indexOf(long first, List<ActiveSegment> created) {
    return created.stream()
        .filter(segment -> segment.first() == first)
        .findFirst()
        .orElseThrow()
        .index();
  }

  /**
   * An index is made again where it is missing, so a disk that has no room for one is no reason to
   * refuse an append.
   */
  private void writeIndex(SealedSegment sealed, SparseIndex index) {
    try {
      SegmentWriter.writeIndex(disk, sealed, index);
    } catch (IOException e) {
      LOG.warn("could not write the index of segment {}: {}", sealed.first(), e.getMessage());
    }
  }

  /**
   * Takes back a half-written append, durably: what its caller is told was refused must not be in
   * the log after a crash.
   */
  private void undo(LogView before, List<ActiveSegment> created, IOException cause) {
    try {
      files.takeBack(before, created);
    } catch (IOException e) {
      e.addSuppressed(cause);
      throw fail(e);
    }
  }

  /**
   * Cuts off everything after a sequence. On return the cut is durable, and so is a mark that is
   * not above it.
   *
   * @throws IllegalArgumentException if the sequence is not in the log or not the last of its frame
   * @throws DiskFailedException if the disk fails or has failed before
   */
  public void truncateAfter(long sequence) {
    checkWorks();
    LogView before = view;
    if (sequence < before.first() - 1 || sequence > before.last()) {
      throw new IllegalArgumentException(
          "no cut after entry %d in a log of %d to %d"
              .formatted(sequence, before.first(), before.last()));
    }
    if (sequence == before.last()) {
      return;
    }
    try {
      LogView after = cutView(before, sequence);
      view = after;
      Hash hash = sequence == 0 || after.lastHash() == null ? Mark.NO_HASH : after.lastHash();
      mark.update(
          () -> mark.value().durableSequence() > sequence, now -> now.withDurable(sequence, hash));
      files.cut(before, after);
    } catch (IOException e) {
      throw fail(e);
    }
    LOG.info("log cut: lastSequence={} was={}", sequence, before.last());
  }

  /** The log as it will be after a cut. */
  private LogView cutView(LogView before, long sequence) throws IOException {
    long generation = before.generation() + 1;
    if (sequence == before.first() - 1) {
      return before.emptiedAt(before.start(), before.hashBefore());
    }
    try (OpenSegment segment = reader.open(before, sequence)) {
      if (segment == null) {
        throw new IllegalStateException("the writer's own segment is closed");
      }
      SegmentScanner found = segment.find(sequence);
      FrameHeader header = found.header();
      if (header.lastSequence() != sequence) {
        throw new IllegalArgumentException(
            "entry %d lies within a batch that ends with %d"
                .formatted(sequence, header.lastSequence()));
      }
      int end = (int) found.position() + header.size();
      List<SealedSegment> kept =
          before.sealed().stream().filter(s -> s.last() < segment.first()).toList();
      return new LogView(
          generation,
          before.start(),
          kept,
          files.reopened(before, segment),
          end,
          sequence,
          header.lastHash(),
          header.timestamp(),
          header.epoch());
    }
  }

  /**
   * Drops the whole segments all of whose entries are below a sequence and durable. Where the log
   * begins then is durable before the first file goes; what a crash leaves of them is deleted by
   * the next recovery.
   *
   * @param sequence nothing from here on is dropped; what is below must be committed
   * @return the first sequence from now on
   * @throws DamagedLogException if the last entry that would go cannot be read; nothing was dropped
   * @throws DiskFailedException if the disk fails or has failed before
   */
  public long trimBefore(long sequence) {
    checkWorks();
    LogView before = view;
    long keep = Math.min(sequence, mark.value().durableSequence() + 1);
    List<SealedSegment> dropped = before.sealedBefore(keep);
    if (dropped.isEmpty()) {
      return before.first();
    }
    SealedSegment last = dropped.getLast();
    FrameHeader header = reader.headerAt(last.last());
    LogStart start =
        new LogStart(last.last() + 1, last.lastHash(), header.epoch(), header.timestamp());
    try {
      mark.begin(now -> now.trimmedTo(start), () -> {});
      view =
          before.trimmedTo(start, before.sealed().subList(dropped.size(), before.sealed().size()));
      files.drop(dropped, start.sequence());
    } catch (IOException e) {
      throw fail(e);
    }
    LOG.info("log trimmed: firstSequence={} was={}", start.sequence(), before.first());
    return start.sequence();
  }

  /**
   * Throws the log away and begins it anew, without an entry. Where it begins is durable before the
   * first file goes.
   *
   * @param start above everything that is known as committed
   * @throws DiskFailedException if the disk fails or has failed before
   */
  public void restartAt(LogStart start) {
    checkWorks();
    LogView before = view;
    if (start.before() <= mark.value().committedSequence()) {
      throw new IllegalArgumentException(
          "no beginning at entry %d of a log in which entry %d is committed"
              .formatted(start.sequence(), mark.value().committedSequence()));
    }
    try {
      LogView after = before.emptiedAt(start, start.hashBefore());
      mark.begin(now -> Mark.emptyAt(start), () -> view = after);
      files.dropAll(before, start.sequence());
    } catch (IOException e) {
      throw fail(e);
    }
    LOG.info(
        "log begun anew: firstSequence={} was={} to {}",
        start.sequence(),
        before.first(),
        before.last());
  }

  /** Where the log would begin if no more than its newest bytes were kept, in whole segments. */
  public long startKeeping(long bytes) {
    return view.startKeeping(bytes);
  }

  /**
   * Where the log would begin if its first segment went, in case all of that is older than a
   * moment; else where it begins now.
   *
   * @param timestamp in ms since 1970 UTC
   */
  public long startWithout(long timestamp) {
    LogView now = view;
    if (now.sealed().isEmpty()) {
      return now.first();
    }
    long last = now.sealed().getFirst().last();
    return reader.headerAt(last).timestamp() < timestamp ? last + 1 : now.first();
  }

  /** The hash at a sequence; empty if it is not in the log, nor the one before the first. */
  public Optional<Hash> hashAt(long sequence) {
    return reader.hashAt(sequence);
  }

  /** The frame that holds a sequence; empty if the log does not. */
  public Optional<Frame> frameAt(long sequence) {
    return reader.frameAt(sequence);
  }

  /** A reader that begins with a sequence, which need not be in the log yet. */
  public LogCursor cursor(long from) {
    return new LogCursor(reader, from);
  }

  /** Those of its segments that are written no more. */
  public ColdSegments cold() {
    return cold;
  }

  /** How many files of sealed segments readers keep open. */
  int openSealedFiles() {
    return sealedFiles.size();
  }

  LogView view() {
    return view;
  }

  DurableMark durableMark() {
    return mark;
  }

  /**
   * Forces what the log has at the call. For any thread.
   *
   * @return the log as it was at the call
   */
  LogView sync() throws IOException {
    LogView now = view;
    unsynced.sync(now.active());
    return now;
  }

  /** Stops all changes for good. */
  DiskFailedException fail(IOException cause) {
    DiskFailedException failed = new DiskFailedException(disk.describe(LogFiles.LOG), cause);
    if (failure == null) {
      failure = failed;
      LOG.error("{}", failed.getMessage(), cause);
    }
    return failed;
  }

  private void checkWorks() {
    DiskFailedException failed = failure;
    if (failed != null) {
      throw new DiskFailedException(
          failed.file(), failed.getCause() == null ? failed : failed.getCause());
    }
  }

  /** Trims and closes the files. By the writer, when nobody syncs any more. */
  void close() throws IOException {
    reader.close();
    LogView now = view;
    ActiveSegment active = now.active();
    if (active != null) {
      if (failure == null) {
        writer.trim(active, now.end());
        active.file().file().force();
      }
      active.file().release();
    }
    unsynced.close();
    sealedFiles.close();
  }
}
