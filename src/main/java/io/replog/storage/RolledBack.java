package io.replog.storage;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
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
  private static final JsonFactory JSON = new JsonFactory();
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
    try (DiskFile file = disk.open(name, Disk.Access.CREATE)) {
      LogCursor cursor = log.cursor(fromSequence);
      long position = 0;
      while (cursor.next(BATCH_BYTES, log.lastSequence()) instanceof LogRead.Frames read) {
        ByteBuffer lines = lines(read.bytes(), fromSequence);
        int size = lines.remaining();
        file.write(lines, position);
        position += size;
      }
      file.force();
      disk.syncDirectory("");
    }
  }

  private static ByteBuffer lines(ByteBuffer frames, long fromSequence)
      throws IOException, DamagedFrameException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    while (frames.hasRemaining()) {
      for (Entry entry : FrameCodec.decode(frames).entries()) {
        if (entry.sequence() >= fromSequence) {
          line(out, entry);
        }
      }
    }
    return ByteBuffer.wrap(out.toByteArray());
  }

  private static void line(ByteArrayOutputStream out, Entry entry) throws IOException {
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      json.writeStartObject();
      json.writeNumberField("sequence", entry.sequence());
      json.writeNumberField("epoch", entry.epoch());
      json.writeNumberField("timestamp", entry.timestamp());
      json.writeStringField("message", entry.message());
      if (entry.key() != null) {
        json.writeStringField("key", entry.key());
      }
      json.writeStringField("hash", entry.hash().toString());
      json.writeEndObject();
    }
    out.write('\n');
  }
}
