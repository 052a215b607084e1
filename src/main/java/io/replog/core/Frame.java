package io.replog.core;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * What one append wrote: one entry, or the entries of a batch, in the one binary form that disk and
 * wire share. A frame is stored, sent, acknowledged, committed and cut whole, so that a failover
 * keeps all of a batch or nothing.
 *
 * @param bytes the whole frame, read-only from position 0
 * @param entries its entries in order; never empty
 */
public record Frame(ByteBuffer bytes, List<Entry> entries) {

  public Entry first() {
    return entries.getFirst();
  }

  public Entry last() {
    return entries.getLast();
  }

  /** Length of the binary form in bytes. */
  public int size() {
    return bytes.limit();
  }
}
