package io.replog.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open files of sealed segments with their indexes: a few, those read last. An index is loaded
 * when first needed, and made anew from the segment where its file is missing, damaged or of
 * another time. Safe for use by any thread.
 */
final class SealedFiles {
  private static final Logger LOG = LoggerFactory.getLogger(SealedFiles.class);
  private static final int LARGEST_INDEX = 64 << 20;

  private final Disk disk;
  private final int limit;
  private final LinkedHashMap<SealedSegment, Sealed> open = new LinkedHashMap<>(16, 0.75f, true);
  private long firstKept;
  private long replacements;

  SealedFiles(Disk disk, int limit) {
    this.disk = disk;
    this.limit = limit;
  }

  /** Opens a segment for one reading; the caller closes what it gets. */
  OpenSegment acquire(SealedSegment segment) throws IOException {
    long before;
    synchronized (open) {
      before = replacements;
      Sealed known = open.get(segment);
      if (known != null && known.file.retain()) {
        return known.opened();
      }
    }
    String path = LogFiles.segment(segment.first());
    Sealed opened = new Sealed(segment, new SharedFile(disk.open(path, Disk.Access.READ)));
    opened.file.retain();
    for (Sealed surplus : keep(opened, before)) {
      surplus.file.release();
    }
    return opened.opened();
  }

  /** Keeps a file that was opened after so many replacements, unless there was another since. */
  private List<Sealed> keep(Sealed opened, long before) {
    List<Sealed> surplus = new ArrayList<>();
    synchronized (open) {
      if (opened.segment.first() < firstKept || replacements != before) {
        return List.of(opened);
      }
      Sealed other = open.put(opened.segment, opened);
      if (other != null) {
        surplus.add(other);
      }
      Iterator<Map.Entry<SealedSegment, Sealed>> eldest = open.entrySet().iterator();
      while (open.size() > limit) {
        surplus.add(eldest.next().getValue());
        eldest.remove();
      }
    }
    return surplus;
  }

  /** Keeps no segment open any more that begins below a sequence: it is being deleted. */
  void forgetBelow(long first) throws IOException {
    List<Sealed> trimmed = new ArrayList<>();
    synchronized (open) {
      firstKept = first;
      for (Iterator<Sealed> all = open.values().iterator(); all.hasNext(); ) {
        Sealed sealed = all.next();
        if (sealed.segment.first() < first) {
          trimmed.add(sealed);
          all.remove();
        }
      }
    }
    for (Sealed sealed : trimmed) {
      sealed.file.release();
    }
  }

  /** Closes all; readers that are at work close theirs. */
  void close() throws IOException {
    List<Sealed> all;
    synchronized (open) {
      all = List.copyOf(open.values());
      open.clear();
    }
    for (Sealed sealed : all) {
      sealed.file.release();
    }
  }

  /** Closes the file of a segment that was replaced; it is opened anew when next read. */
  void forget(SealedSegment segment) throws IOException {
    Sealed replaced;
    synchronized (open) {
      replacements++;
      replaced = open.remove(segment);
    }
    if (replaced != null) {
      replaced.file.release();
    }
  }

  /** How many files are open. */
  int size() {
    synchronized (open) {
      return open.size();
    }
  }

  /** The index of a sealed segment. */
  SparseIndex index(SealedSegment segment, DiskFile file) throws IOException {
    SparseIndex stored = stored(disk, segment);
    if (stored != null) {
      return stored;
    }
    SparseIndex built = build(segment, file);
    try {
      SegmentWriter.writeIndex(disk, segment, built);
    } catch (IOException e) {
      LOG.warn("could not write an index, it is made again when next needed: {}", e.getMessage());
    }
    return built;
  }

  /** The index in the segment's index file, null if there is none that fits. */
  static @Nullable SparseIndex stored(Disk disk, SealedSegment segment) throws IOException {
    String path = LogFiles.index(segment.first());
    if (!disk.exists(path)) {
      return null;
    }
    try (DiskFile file = disk.open(path, Disk.Access.READ)) {
      long size = file.size();
      if (size > LARGEST_INDEX) {
        return null;
      }
      ByteBuffer bytes = ByteBuffer.allocate((int) size);
      file.read(bytes, 0);
      return SparseIndex.decode(bytes.array(), segment);
    }
  }

  private SparseIndex build(SealedSegment segment, DiskFile file) throws IOException {
    SparseIndex index = new SparseIndex(segment.first());
    SegmentScanner scanner =
        new SegmentScanner(file, SegmentHeader.BYTES, segment.end(), SegmentScanner.LARGE);
    long expected = segment.first();
    while (scanner.next() == SegmentScanner.Step.FRAME) {
      index.add(scanner.header().firstSequence(), (int) scanner.position());
      expected = scanner.header().lastSequence() + 1;
    }
    if (expected != segment.last() + 1) {
      throw new DamagedLogException(
          disk.describe(LogFiles.segment(segment.first())),
          scanner.position(),
          expected,
          scanner.problem());
    }
    return index;
  }

  private final class Sealed {
    private final SealedSegment segment;
    private final SharedFile file;
    private @Nullable SparseIndex index;

    Sealed(SealedSegment segment, SharedFile file) {
      this.segment = segment;
      this.file = file;
    }

    OpenSegment opened() {
      return new OpenSegment(
          file, segment.first(), segment.end(), disk.describe(LogFiles.segment(segment.first()))) {
        @Override
        SparseIndex index() throws IOException {
          return Sealed.this.index();
        }
      };
    }

    private synchronized SparseIndex index() throws IOException {
      if (index == null) {
        index = SealedFiles.this.index(segment, file.file());
      }
      return index;
    }
  }
}
