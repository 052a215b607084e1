package io.replog.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;

/**
 * The lock on a data directory, for as long as the process lives. A POSIX lock belongs to the
 * process and is gone as soon as the process closes <em>any</em> descriptor of the file, so what
 * this process holds is remembered here and the file is not even opened a second time.
 */
final class DirectoryLock implements Closeable {
  private static final Set<Path> HELD_HERE = new HashSet<>();

  private final Path file;
  private final FileChannel channel;

  private DirectoryLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes the lock or fails at once.
   *
   * @throws DirectoryInUseException if it is taken
   * @throws IOException also where the file system has no locks: a node must not run there
   */
  static DirectoryLock take(Path path, boolean shared) throws IOException {
    Path directory = path.toAbsolutePath().getParent();
    Path file = (directory == null ? path : directory.toRealPath().resolve(path.getFileName()));
    synchronized (HELD_HERE) {
      if (!HELD_HERE.add(file)) {
        throw inUse(file, Long.toString(ProcessHandle.current().pid()));
      }
    }
    boolean taken = false;
    try {
      DirectoryLock lock = lock(file, shared);
      taken = true;
      return lock;
    } finally {
      if (!taken) {
        forget(file);
      }
    }
  }

  private static DirectoryLock lock(Path file, boolean shared) throws IOException {
    OpenOption[] options =
        shared
            ? new OpenOption[] {StandardOpenOption.READ}
            : new OpenOption[] {
              StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE
            };
    FileChannel channel = FileChannel.open(file, options);
    boolean taken = false;
    try {
      FileLock lock = channel.tryLock(0, Long.MAX_VALUE, shared);
      if (lock == null) {
        throw inUse(file, Files.readString(file, StandardCharsets.US_ASCII).strip());
      }
      if (!shared) {
        channel.truncate(0);
        String pid = ProcessHandle.current().pid() + "\n";
        channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
      }
      taken = true;
      return new DirectoryLock(file, channel);
    } finally {
      if (!taken) {
        channel.close();
      }
    }
  }

  private static DirectoryInUseException inUse(Path file, String process) {
    return new DirectoryInUseException(String.valueOf(file.getParent()), process);
  }

  private static void forget(Path file) {
    synchronized (HELD_HERE) {
      HELD_HERE.remove(file);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      forget(file);
    }
  }
}
