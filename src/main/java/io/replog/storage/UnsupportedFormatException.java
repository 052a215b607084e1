package io.replog.storage;

/** A file of a later release. */
public final class UnsupportedFormatException extends StorageException {
  private static final long serialVersionUID = 1;

  UnsupportedFormatException(String file, long found, long known) {
    super(
        file,
        "%s has format version %d, and this release of replog reads up to version %d; use a newer release"
            .formatted(file, found, known),
        null);
  }
}
