package io.replog.storage;

/**
 * Bytes that were once right and are not any more, and that are no torn tail either. Nothing was
 * changed.
 */
public final class DamagedLogException extends StorageException {
  private static final long serialVersionUID = 1;

  private final long offset;
  private final long sequence;

  DamagedLogException(String file, long offset, long sequence, String what) {
    super(
        file,
        "%s is damaged at byte %d, where entry %d belongs: %s"
            .formatted(file, offset, sequence, what),
        null);
    this.offset = offset;
    this.sequence = sequence;
  }

  /** Where in the file, in bytes. */
  public long offset() {
    return offset;
  }

  /** The first sequence that cannot be read. */
  public long sequence() {
    return sequence;
  }
}
