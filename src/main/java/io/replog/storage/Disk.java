package io.replog.storage;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * One data directory as the log needs it: the port below everything in this package. {@link
 * FileDisk} is the file system; the simulator has a twin in memory that loses what was not forced.
 * All paths are relative to the directory and use {@code /}.
 *
 * <p>A crash may lose or keep, whole or in part, every write that no {@link DiskFile#force}
 * covered, and every create, rename and delete that no {@link #syncDirectory} covered, in any
 * combination.
 */
public interface Disk {
  /** What a file is opened for. */
  enum Access {
    /** To read an existing file. */
    READ,
    /** To read and write an existing file. */
    WRITE,
    /** To read and write a file that must not exist yet. */
    CREATE
  }

  /** Opens or creates a file. */
  DiskFile open(String path, Access access) throws IOException;

  /** Whether there is a file or directory of this name. */
  boolean exists(String path) throws IOException;

  /** Names of what a directory holds, sorted; none when it does not exist. */
  List<String> list(String directory) throws IOException;

  /** Creates a directory unless it exists; {@code ""} is the data directory itself. */
  void createDirectory(String directory) throws IOException;

  /** Renames a file over whatever has the new name. */
  void rename(String from, String to) throws IOException;

  /** Deletes a file, if it exists. */
  void delete(String path) throws IOException;

  /** Makes the creates, renames and deletes in a directory survive a crash. */
  void syncDirectory(String directory) throws IOException;

  /**
   * Locks a file until the lock is closed or the process ends. Exclusive: creates the file where
   * needed and writes the process id into it. Shared: for somebody who only reads; the file must
   * exist.
   *
   * @throws DirectoryInUseException if another holds it, in this process or in another
   */
  Closeable lock(String path, boolean shared) throws IOException;

  /** Bytes that may still be written, as the file system reports it. */
  long usableBytes() throws IOException;

  /** A path for a person to read. */
  String describe(String path);
}
