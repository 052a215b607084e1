package io.replog.storage;

/**
 * A write, force or cut failed, so nobody knows what is on the disk. The log takes no more changes
 * until the process has been started again and has read its log anew. Reading goes on.
 */
public final class DiskFailedException extends StorageException {
  private static final long serialVersionUID = 1;

  DiskFailedException(String file, Throwable cause) {
    super(file, "the disk failed at " + file + ", restart needed: " + cause.getMessage(), cause);
  }
}
