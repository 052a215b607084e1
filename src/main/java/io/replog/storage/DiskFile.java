package io.replog.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An open file. Reads and forces may come from several threads at once, also while one thread
 * writes.
 */
public interface DiskFile extends Closeable {

  /**
   * Reads from a position until the buffer is full or the file ends.
   *
   * @return bytes read, 0 at or beyond the end
   */
  int read(ByteBuffer into, long position) throws IOException;

  /**
   * Writes all of the buffer; a gap before the position reads as zeros. After an error any part of
   * it may be written.
   */
  void write(ByteBuffer from, long position) throws IOException;

  /** Length in bytes. */
  long size() throws IOException;

  /** Cuts the file to a length below its own. */
  void truncate(long size) throws IOException;

  /**
   * Returns when everything written before is on the medium. After an error nobody knows what is,
   * and it must not be tried again.
   */
  void force() throws IOException;
}
