package io.replog.sim;

import io.replog.core.DamagedFrameException;
import io.replog.core.Entry;
import io.replog.core.FrameCodec;
import io.replog.storage.LogCursor;
import io.replog.storage.LogRead;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Reads a node's log as its HTTP side does. */
final class Reading {
  private static final int BYTES = 1000;

  private Reading() {}

  /** Entries from one sequence to another, as they are handed out. */
  static List<Entry> of(SimNode node, long from, long upTo) {
    List<Entry> shown = new ArrayList<>();
    LogCursor cursor = node.node().log().cursor(from);
    while (cursor.nextSequence() <= upTo) {
      if (!(cursor.next(BYTES, node.node().log().lastSequence()) instanceof LogRead.Frames read)) {
        break;
      }
      ByteBuffer in = read.bytes();
      try {
        while (in.hasRemaining()) {
          for (Entry entry : FrameCodec.decode(in).entries()) {
            if (entry.sequence() >= from && entry.sequence() <= upTo) {
              shown.add(entry);
            }
          }
        }
      } catch (DamagedFrameException e) {
        throw new Violation("7", node.id() + " shows a damaged entry", e);
      }
    }
    return shown;
  }
}
