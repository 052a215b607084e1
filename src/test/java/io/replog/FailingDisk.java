package io.replog;

import io.replog.storage.Disk;
import io.replog.storage.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A real disk that fails one force when it is told to: by a file beside the data directory, {@code
 * DIR-fails}, with the beginning of the path whose force is to fail. What it did is in {@code
 * DIR-forces}: {@code failed PATH}, and {@code again PATH} for every later force of that file,
 * which breaks a rule.
 */
final class FailingDisk implements Disk {
  private final Disk disk;
  private final Path order;
  private final Path record;
  private final Set<String> failed = ConcurrentHashMap.newKeySet();

  FailingDisk(Disk disk, Path data) {
    this.disk = disk;
    this.order = data.resolveSibling(data.getFileName() + "-fails");
    this.record = data.resolveSibling(data.getFileName() + "-forces");
  }

  private void forced(String path) throws IOException {
    if (failed.contains(path)) {
      note("again " + path);
    }
    if (Files.exists(order) && path.startsWith(Files.readString(order).strip())) {
      Files.delete(order);
      failed.add(path);
      note("failed " + path);
      throw new IOException("Input/output error");
    }
  }

  private void note(String what) throws IOException {
    Files.write(
        record,
        (what + "\n").getBytes(StandardCharsets.UTF_8),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  @Override
  public DiskFile open(String path, Access access) throws IOException {
    DiskFile file = disk.open(path, access);
    return new DiskFile() {
      @Override
      public int read(ByteBuffer into, long position) throws IOException {
        return file.read(into, position);
      }

      @Override
      public void write(ByteBuffer from, long position) throws IOException {
        file.write(from, position);
      }

      @Override
      public long size() throws IOException {
        return file.size();
      }

      @Override
      public void truncate(long size) throws IOException {
        file.truncate(size);
      }

      @Override
      public void force() throws IOException {
        forced(path);
        file.force();
      }

      @Override
      public void close() throws IOException {
        file.close();
      }
    };
  }

  @Override
  public boolean exists(String path) throws IOException {
    return disk.exists(path);
  }

  @Override
  public List<String> list(String directory) throws IOException {
    return disk.list(directory);
  }

  @Override
  public void createDirectory(String directory) throws IOException {
    disk.createDirectory(directory);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    disk.rename(from, to);
  }

  @Override
  public void delete(String path) throws IOException {
    disk.delete(path);
  }

  @Override
  public void syncDirectory(String directory) throws IOException {
    disk.syncDirectory(directory);
  }

  @Override
  public Closeable lock(String path, boolean shared) throws IOException {
    return disk.lock(path, shared);
  }

  @Override
  public long usableBytes() throws IOException {
    return disk.usableBytes();
  }

  @Override
  public String describe(String path) {
    return disk.describe(path);
  }
}
