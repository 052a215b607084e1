package io.replog.storage;

import java.io.IOException;

/**
 * No room. What was asked for did not happen at all; it can be tried again when there is room,
 * without a restart.
 */
public final class DiskFullException extends StorageException {
  private static final long serialVersionUID = 1;

  public DiskFullException(String file, IOException cause) {
    super(file, "the disk is full: " + file + ": " + cause.getMessage(), cause);
  }
}
