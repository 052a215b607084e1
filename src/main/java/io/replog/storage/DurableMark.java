package io.replog.storage;

import io.replog.core.Hash;
import io.replog.core.LogStart;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The file that says up to where the log was synced. A bad frame up to the mark is damage, one
 * above it a torn tail.
 *
 * <p>Two slots of 512 bytes, 4096 bytes apart, are written in turn, each with a counter and a CRC:
 * a crash in a write spoils one slot and leaves the other. One bad slot is therefore no damage; to
 * hide a loss, the mark and the log's tail would have to be damaged at once. With both slots bad
 * nothing is known, and recovery takes the store for one that may have lost its tail.
 *
 * <p>A slot: magic (8), version (4), zero (4), counter (8), first sequence (8), durable sequence
 * (8) and hash (32), committed sequence (8) and hash (32), hash (32), epoch (8) and timestamp (8)
 * of the entry before the first, zeros where that is 1; zeros, CRC-32C of the 508 bytes before it
 * (4).
 *
 * <p>Safe for use by several threads: the writes go one after the other.
 */
final class DurableMark {
  static final int SLOT_BYTES = 512;
  static final int SLOT_DISTANCE = 4096;
  static final int FILE_BYTES = SLOT_DISTANCE + SLOT_BYTES;
  static final int VERSION = 1;

  private static final byte[] MAGIC = "RPLGMRK\n".getBytes(StandardCharsets.US_ASCII);

  private final DiskFile file;
  private long counter;
  private volatile Mark mark;

  private DurableMark(DiskFile file, long counter, Mark mark) {
    this.file = file;
    this.counter = counter;
    this.mark = mark;
  }

  /** Creates the file; the caller syncs its directory. */
  static DurableMark create(Disk disk) throws IOException {
    disk.delete(LogFiles.MARK);
    return write(disk.open(LogFiles.MARK, Disk.Access.CREATE));
  }

  private static DurableMark write(DiskFile file) throws IOException {
    DurableMark created = new DurableMark(file, 0, Mark.EMPTY);
    file.write(ByteBuffer.allocate(FILE_BYTES), 0);
    created.write(Mark.EMPTY);
    created.write(Mark.EMPTY);
    return created;
  }

  /**
   * Opens the file for a mark that {@link #read} found; both slots bad counts as {@code fallback}.
   */
  static DurableMark open(Disk disk, Mark fallback) throws IOException {
    if (!disk.exists(LogFiles.MARK)) {
      return create(disk);
    }
    DiskFile file = disk.open(LogFiles.MARK, Disk.Access.WRITE);
    Slot newest = newest(file, disk.describe(LogFiles.MARK));
    return newest == null
        ? new DurableMark(file, 0, fallback)
        : new DurableMark(file, newest.counter, newest.mark);
  }

  /** The mark on disk, empty if the file is missing or both its slots are bad. */
  static Optional<Mark> read(Disk disk) throws IOException {
    if (!disk.exists(LogFiles.MARK)) {
      return Optional.empty();
    }
    try (DiskFile file = disk.open(LogFiles.MARK, Disk.Access.READ)) {
      return Optional.ofNullable(newest(file, disk.describe(LogFiles.MARK))).map(Slot::mark);
    }
  }

  private record Slot(long counter, Mark mark) {}

  private static @Nullable Slot newest(DiskFile file, String name) throws IOException {
    Slot first = slot(file, 0, name);
    Slot second = slot(file, 1, name);
    if (first == null || second == null) {
      return first == null ? second : first;
    }
    return first.counter > second.counter ? first : second;
  }

  /** Whether a slot, 0 or 1, can be read. */
  static boolean isSound(DiskFile file, int slot, String name) throws IOException {
    return slot(file, slot, name) != null;
  }

  private static @Nullable Slot slot(DiskFile file, int number, String name) throws IOException {
    ByteBuffer in = ByteBuffer.allocate(SLOT_BYTES);
    if (file.read(in, (long) number * SLOT_DISTANCE) < SLOT_BYTES) {
      return null;
    }
    in.flip();
    byte[] magic = new byte[MAGIC.length];
    in.get(magic);
    int crcAt = SLOT_BYTES - Integer.BYTES;
    if (!Arrays.equals(magic, MAGIC) || in.getInt(crcAt) != Checksum.of(in.array(), 0, crcAt)) {
      return null;
    }
    int version = in.getInt();
    if (version != VERSION) {
      throw new UnsupportedFormatException(name, version, VERSION);
    }
    in.getInt();
    long counter = in.getLong();
    long first = in.getLong();
    long durable = in.getLong();
    Hash durableHash = Hash.read(in);
    long committed = in.getLong();
    Hash committedHash = Hash.read(in);
    LogStart start = new LogStart(first, Hash.read(in), in.getLong(), in.getLong());
    return new Slot(counter, new Mark(start, durable, durableHash, committed, committedHash));
  }

  /** What was last written. */
  Mark value() {
    return mark;
  }

  /**
   * Writes what follows from the present mark, unless the condition fails when it is this write's
   * turn.
   */
  synchronized boolean update(BooleanSupplier condition, UnaryOperator<Mark> next)
      throws IOException {
    if (!condition.getAsBoolean()) {
      return false;
    }
    Mark wanted = next.apply(mark);
    if (!wanted.equals(mark)) {
      write(wanted);
    }
    return true;
  }

  /**
   * Writes another beginning of the log, into both slots: with either of them alone it must be
   * known what files belong to the log.
   *
   * @param written run when it is on disk and before anybody else may write: has the log begin
   *     there too, so that a sync never raises the mark of one beginning to the end of another
   */
  synchronized void begin(UnaryOperator<Mark> next, Runnable written) throws IOException {
    Mark wanted = next.apply(mark);
    write(wanted);
    write(wanted);
    written.run();
  }

  /** Writes and forces. After an error the file must not be written again. */
  synchronized void write(Mark next) throws IOException {
    counter++;
    ByteBuffer out = ByteBuffer.allocate(SLOT_BYTES);
    out.put(MAGIC).putInt(VERSION).putInt(0).putLong(counter);
    out.putLong(next.firstSequence()).putLong(next.durableSequence());
    next.durableHash().write(out);
    out.putLong(next.committedSequence());
    next.committedHash().write(out);
    next.start().hashBefore().write(out);
    out.putLong(next.start().epochBefore()).putLong(next.start().timestampBefore());
    int crcAt = SLOT_BYTES - Integer.BYTES;
    out.putInt(crcAt, Checksum.of(out.array(), 0, crcAt));
    file.write(out.clear(), (counter & 1) * SLOT_DISTANCE);
    file.force();
    mark = next;
  }

  void close() throws IOException {
    file.close();
  }
}
