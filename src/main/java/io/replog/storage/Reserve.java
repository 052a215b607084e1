package io.replog.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Room that is kept, so that a node whose disk is full can still write its state: a file without
 * meaning that is given up when there is no other room left, and made again when there is.
 *
 * <p>For the node thread.
 */
final class Reserve {
  private static final Logger LOG = LoggerFactory.getLogger(Reserve.class);
  private static final int MOST_BYTES = 1 << 20;

  private final Disk disk;
  private final int bytes;

  /** A reserve in proportion to the log's files; with those of a real node a MiB. */
  Reserve(Disk disk, LogOptions options) {
    this.disk = disk;
    this.bytes = Math.min(MOST_BYTES, options.segmentBytes());
  }

  /** How large it is. */
  int bytes() {
    return bytes;
  }

  /** Makes it, unless it is there. Returns whether it is; without room it is not. */
  boolean make() throws IOException {
    if (disk.exists(LogFiles.RESERVE)) {
      return true;
    }
    boolean made = false;
    try (DiskFile file = disk.open(LogFiles.RESERVE, Disk.Access.CREATE)) {
      byte[] content = new byte[bytes];
      new SplittableRandom(bytes).nextBytes(content); // so that no file system stores it as nothing
      file.write(ByteBuffer.wrap(content), 0);
      file.force();
      made = true;
    } catch (IOException e) {
      if (!StorageException.isFull(e)) {
        throw e;
      }
      LOG.warn("no room for the reserve of {} bytes: {}", bytes, e.getMessage());
    } finally {
      if (!made) {
        disk.delete(LogFiles.RESERVE);
      }
    }
    return made;
  }

  /** Gives it up. Returns whether there was one. */
  boolean release() throws IOException {
    boolean there = disk.exists(LogFiles.RESERVE);
    if (there) {
      LOG.warn("the disk is full: giving up the reserve of {} bytes", bytes);
      disk.delete(LogFiles.RESERVE);
    }
    return there;
  }
}
