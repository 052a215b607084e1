package io.replog.storage;

/** The directory belongs to another node id. */
public final class WrongNodeException extends StorageException {
  private static final long serialVersionUID = 1;

  WrongNodeException(String directory, String found, String wanted) {
    super(
        directory,
        "%s is the data of node %s; it cannot be opened as node %s"
            .formatted(directory, found, wanted),
        null);
  }
}
