package io.replog.storage;

import io.replog.core.DamagedFrameException;
import io.replog.core.Frame;
import io.replog.core.FrameCodec;
import io.replog.core.FrameHeader;
import io.replog.core.Hash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the log while it grows and is cut. A reading takes a view, reads, and holds only if the
 * generation is still the same afterwards; else it is made again. So nothing is taken for damage
 * that is only being cut, and nothing is served that has been.
 */
final class LogReader {
  private final Disk disk;
  private final Supplier<LogView> views;
  private final SealedFiles sealedFiles;
  private volatile Consumer<DamagedLogException> damageListener = damage -> {};
  private volatile boolean closed;

  LogReader(Disk disk, Supplier<LogView> views, SealedFiles sealedFiles) {
    this.disk = disk;
    this.views = views;
    this.sealedFiles = sealedFiles;
  }

  /** Something read from one view of the log; null asks for another try with a newer view. */
  interface Reading<T> {
    @Nullable T from(LogView view) throws IOException;
  }

  /** Makes a reading that no cut came between. */
  <T> T read(Reading<T> reading) {
    while (!closed) {
      LogView view = views.get();
      try {
        T result = reading.from(view);
        if (result != null && isCurrent(view)) {
          return result;
        }
      } catch (StorageException e) {
        if (isWhole(view)) {
          if (e instanceof DamagedLogException damage) {
            damageListener.accept(damage);
          }
          throw e;
        }
      } catch (IOException e) {
        if (isWhole(view)) {
          throw StorageException.of(disk.describe(LogFiles.LOG), e);
        }
      }
    }
    throw new IllegalStateException("the log is closed");
  }

  /** Tells of all damage that a reading comes upon, on the reader's thread, before it throws. */
  void onDamage(Consumer<DamagedLogException> listener) {
    damageListener = listener;
  }

  /** No reading is begun any more, and none is tried again. */
  void close() {
    closed = true;
  }

  LogView view() {
    return views.get();
  }

  /** Whether the files of a view are all there: what was read of a trimmed one still holds. */
  private boolean isWhole(LogView view) {
    return isCurrent(view) && views.get().first() == view.first();
  }

  private boolean isCurrent(LogView view) {
    return views.get().generation() == view.generation();
  }

  Optional<Hash> hashAt(long sequence) {
    return read(
        view -> {
          if (sequence == view.last()) {
            return Optional.ofNullable(view.lastHash());
          }
          if (sequence == view.first() - 1) {
            return Optional.ofNullable(view.hashBefore());
          }
          if (sequence < view.first() || sequence > view.last()) {
            return Optional.empty();
          }
          try (OpenSegment segment = open(view, sequence)) {
            return segment == null ? null : Optional.of(hash(segment, sequence));
          }
        });
  }

  private static Hash hash(OpenSegment segment, long sequence) throws IOException {
    SegmentScanner found = segment.find(sequence);
    FrameHeader header = found.header();
    if (header.lastSequence() == sequence) {
      return header.lastHash();
    }
    Frame frame = decode(segment, found, sequence);
    return frame.entries().get((int) (sequence - header.firstSequence())).hash();
  }

  /** What the header of the frame says that holds a sequence, one that the log has. */
  FrameHeader headerAt(long sequence) {
    return read(
        view -> {
          if (sequence < view.first() || sequence > view.last()) {
            throw new IllegalArgumentException("the log does not have entry " + sequence);
          }
          try (OpenSegment segment = open(view, sequence)) {
            return segment == null ? null : segment.find(sequence).header();
          }
        });
  }

  Optional<Frame> frameAt(long sequence) {
    return read(
        view -> {
          if (sequence < view.first() || sequence > view.last()) {
            return Optional.empty();
          }
          try (OpenSegment segment = open(view, sequence)) {
            return segment == null
                ? null
                : Optional.of(decode(segment, segment.find(sequence), sequence));
          }
        });
  }

  private static Frame decode(OpenSegment segment, SegmentScanner found, long sequence) {
    try {
      ByteBuffer copy = ByteBuffer.allocate(found.header().size()).put(found.bytes()).flip();
      return FrameCodec.decode(copy);
    } catch (DamagedFrameException e) {
      throw segment.damaged(found.position(), sequence, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Opens the segment that holds a sequence, one that the view has; null if the view is too old for
   * that.
   */
  @Nullable OpenSegment open(LogView view, long sequence) throws IOException {
    ActiveSegment active = view.active();
    if (active == null || sequence < active.first()) {
      SealedSegment sealed = view.sealedWith(sequence);
      if (sealed == null) {
        throw new IllegalStateException("no segment holds entry " + sequence);
      }
      return sealedFiles.acquire(sealed);
    }
    if (!active.file().retain()) {
      return null;
    }
    String path = disk.describe(LogFiles.segment(active.first()));
    return new OpenSegment(active.file(), active.first(), view.end(), path) {
      @Override
      SparseIndex index() {
        return active.index();
      }
    };
  }
}
