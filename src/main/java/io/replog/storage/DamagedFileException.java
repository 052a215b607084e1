package io.replog.storage;

/**
 * The state file is malformed or missing beside a log. Without it a node could break a promise, so
 * it does not start.
 */
public final class DamagedFileException extends StorageException {
  private static final long serialVersionUID = 1;

  DamagedFileException(String file, String message) {
    super(file, message, null);
  }
}
