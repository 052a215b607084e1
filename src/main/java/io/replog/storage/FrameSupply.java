package io.replog.storage;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Other copies of the log, as {@link LogRepair} needs them. */
@FunctionalInterface
public interface FrameSupply {
  /**
   * Raw frames, whole, beginning with the one that begins with a sequence. What is handed out is
   * not believed: the caller checks it against the hash chain.
   *
   * @param from first sequence wanted
   * @param upTo last sequence wanted; frames after it may be there and are not looked at
   * @return some of them, at least one; empty if no copy has them
   * @throws IOException if no copy can be asked now
   */
  ByteBuffer frames(long from, long upTo) throws IOException;
}
