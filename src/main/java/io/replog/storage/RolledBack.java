package io.replog.storage;

import io.replog.core.DamagedFrameException;
import io.replog.core.Entry;
import io.replog.core.FrameCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Entries that are cut off a log are first written to a file of their own, one JSON object a line,
 * so that nothing is ever dropped silently: {@code rolled-back-FIRST-LAST-TIME.ndjson} in the data
 * directory.
 */
public final class RolledBack {
  private static final int BATCH_BYTES = 1 << 20;

  private RolledBack() {}

  /**
   * Writes every entry from a sequence to the end of the log; durable on return.
   *
   * @param timeMillis milliseconds since 1970 UTC, part of the name
   * @return the file's name for people
   */
  public static String write(DataDirectory directory, long fromSequence, long timeMillis) {
    SegmentedLog log = directory.log();
    long last = log.lastSequence();
    Disk disk = directory.disk();
    String name = "rolled-back-%d-%d-%d.ndjson".formatted(fromSequence, last, timeMillis);
    try {
      for (int again = 2; disk.exists(name); again++) {
        name = "rolled-back-%d-%d-%d-%d.ndjson".formatted(fromSequence, last, timeMillis, again);
      }
      write(disk, name, log, fromSequence);
    } catch (IOException e) {
      throw StorageException.of(disk.describe(name), e);
    } catch (DamagedFrameException e) {
      throw new IllegalStateException("the log handed out a damaged frame", e);
    }
    return disk.describe(name);
  }

  private static void write(Disk disk, String name, SegmentedLog log, long fromSequence)
      throws IOException, DamagedFrameException {
    disk.delete(LogFiles.ROLLED_BACK_TEMPORARY);
    boolean written = false;
    try (DiskFile file = disk.open(LogFiles.ROLLED_BACK_TEMPORARY, Disk.Access.CREATE)) {
      LogCursor cursor = log.cursor(fromSequence);
      long position = 0;
      while (cursor.next(BATCH_BYTES, log.lastSequence()) instanceof LogRead.Frames read) {
        ByteBuffer lines = lines(read.bytes(), fromSequence, log);
        int size = lines.remaining();
        file.write(lines, position);
        position += size;
      }
      file.force();
      written = true;
    } finally {
      if (!written) {
        disk.delete(LogFiles.ROLLED_BACK_TEMPORARY);
      }
    }
    disk.rename(LogFiles.ROLLED_BACK_TEMPORARY, name);
    disk.syncDirectory("");
  }

  /** The first line of all says which hash its own builds on, so that the file proves itself. */
  private static ByteBuffer lines(ByteBuffer frames, long fromSequence, SegmentedLog log)
      throws IOException, DamagedFrameException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    while (frames.hasRemaining()) {
      for (Entry entry : FrameCodec.decode(frames).entries()) {
        if (entry.sequence() == fromSequence) {
          new EntryLine(entry, log.hashAt(fromSequence - 1).orElseThrow()).write(out);
        } else if (entry.sequence() > fromSequence) {
          new EntryLine(entry, null).write(out);
        }
      }
    }
    return ByteBuffer.wrap(out.toByteArray());
  }
}
