package io.replog.storage;

import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Something about the disk that the program cannot put right. Unchecked, since nearly every caller
 * can only let it rise to the one place that stops the node; the few that act on a kind catch that
 * kind.
 */
public class StorageException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String file;

  public StorageException(String file, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.file = file;
  }

  /** The file or directory that it is about. */
  public String file() {
    return file;
  }

  /** The kind that fits an error of the file system. */
  static StorageException of(String file, IOException cause) {
    return isFull(cause)
        ? new DiskFullException(file, cause)
        : new StorageException(file, file + ": " + cause.getMessage(), cause);
  }

  /**
   * The JDK has no type for a full disk; the text is the C library's, in the C locale or not
   * translated by the JDK at all.
   */
  static boolean isFull(IOException cause) {
    String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    return text.contains("no space left on device") || text.contains("quota exceeded");
  }
}
