package io.replog.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The real disk: a directory of a file system that keeps POSIX' promises about fsync and rename.
 */
public final class FileDisk implements Disk {
  private final Path root;

  public FileDisk(Path root) {
    this.root = root.toAbsolutePath().normalize();
  }

  @Override
  public DiskFile open(String path, Access access) throws IOException {
    Path file = root.resolve(path);
    return switch (access) {
      case READ -> new ChannelFile(file, null);
      case WRITE -> new ChannelFile(file, FileChannel.open(file, StandardOpenOption.WRITE));
      case CREATE ->
          new ChannelFile(
              file,
              FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW));
    };
  }

  @Override
  public boolean exists(String path) {
    return Files.exists(root.resolve(path));
  }

  @Override
  public List<String> list(String directory) throws IOException {
    if (!exists(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(root.resolve(directory))) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  @Override
  public void createDirectory(String directory) throws IOException {
    Path path = root.resolve(directory);
    if (Files.isDirectory(path)) {
      return;
    }
    Files.createDirectories(path);
    Path parent = path.getParent();
    if (directory.isEmpty() && parent != null) {
      sync(parent);
    }
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Files.move(root.resolve(from), root.resolve(to), StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void delete(String path) throws IOException {
    Files.deleteIfExists(root.resolve(path));
  }

  @Override
  public void syncDirectory(String directory) throws IOException {
    sync(root.resolve(directory));
  }

  private static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public Closeable lock(String path, boolean shared) throws IOException {
    return DirectoryLock.take(root.resolve(path), shared);
  }

  @Override
  public long usableBytes() throws IOException {
    return Files.getFileStore(root).getUsableSpace();
  }

  @Override
  public String describe(String path) {
    return root.resolve(path).toString();
  }

  /**
   * Writes and reads go through channels of their own: a reader that is interrupted loses its
   * channel (the JDK closes it), and opens another, while the writer notices nothing.
   */
  private static final class ChannelFile implements DiskFile {
    private final Path path;
    private final @Nullable FileChannel writer;
    private volatile FileChannel reader;
    private boolean closed;

    ChannelFile(Path path, @Nullable FileChannel writer) throws IOException {
      this.path = path;
      this.writer = writer;
      this.reader = FileChannel.open(path, StandardOpenOption.READ);
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      int start = into.position();
      boolean interrupted = false;
      try {
        while (true) {
          FileChannel channel = reader;
          try {
            while (into.hasRemaining()
                && channel.read(into, position + into.position() - start) > 0) {}
            return into.position() - start;
          } catch (ClosedByInterruptException e) {
            interrupted |= Thread.interrupted();
            reopen(channel, e);
          } catch (ClosedChannelException e) {
            reopen(channel, e);
          }
        }
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }

    private synchronized void reopen(FileChannel lost, ClosedChannelException cause)
        throws IOException {
      if (closed) {
        throw cause;
      }
      if (reader.equals(lost)) {
        reader = FileChannel.open(path, StandardOpenOption.READ);
      }
    }

    @Override
    public void write(ByteBuffer from, long position) throws IOException {
      long at = position;
      while (from.hasRemaining()) {
        at += writer().write(from, at);
      }
    }

    @Override
    public long size() throws IOException {
      return writer == null ? Files.size(path) : writer.size();
    }

    @Override
    public void truncate(long size) throws IOException {
      writer().truncate(size);
    }

    @Override
    public void force() throws IOException {
      writer().force(false);
    }

    private FileChannel writer() throws IOException {
      if (writer == null) {
        throw new IOException(path + " is open for reading only");
      }
      return writer;
    }

    @Override
    public synchronized void close() throws IOException {
      closed = true;
      try {
        reader.close();
      } finally {
        if (writer != null) {
          writer.close();
        }
      }
    }
  }
}
