package io.replog.storage;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open file that is closed when the last of those who use it has let go. Safe for use by any
 * thread.
 */
final class SharedFile {
  private final DiskFile file;
  private final AtomicInteger users = new AtomicInteger(1);

  /** The caller is the first user. */
  SharedFile(DiskFile file) {
    this.file = file;
  }

  DiskFile file() {
    return file;
  }

  /** One more user; false if the file is closed already. */
  boolean retain() {
    return users.getAndUpdate(n -> n == 0 ? 0 : n + 1) > 0;
  }

  /** One user less. */
  void release() throws IOException {
    if (users.decrementAndGet() == 0) {
      file.close();
    }
  }
}
