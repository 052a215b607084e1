package io.replog.storage;

/** Another process, or another node in this one, has the directory open. */
public final class DirectoryInUseException extends StorageException {
  private static final long serialVersionUID = 1;

  public DirectoryInUseException(String directory, String process) {
    super(directory, directory + " is in use by process " + process, null);
  }
}
