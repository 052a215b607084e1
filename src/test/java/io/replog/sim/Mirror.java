package io.replog.sim;

import io.replog.core.DamagedFrameException;
import io.replog.core.Entry;
import io.replog.core.Frame;
import io.replog.core.FrameChecker;
import io.replog.core.Hash;
import io.replog.core.HashChain;
import io.replog.core.LogStart;
import io.replog.storage.LogCursor;
import io.replog.storage.LogRead;
import io.replog.storage.SegmentedLog;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one running node's log holds, read through the log as any reader would, and checked on the
 * way: sequence order, hash chain, epochs and timestamps (property 5).
 */
final class Mirror {
  private static final int READ_BYTES = 4096;

  private final String node;
  private final List<Entry> entries = new ArrayList<>();
  private final Map<String, Long> positions = new HashMap<>();
  private List<Entry> removed = List.of();
  private long generation = -1;
  private boolean reread;

  Mirror(String node) {
    this.node = node;
  }

  long last() {
    return entries.size();
  }

  long generation() {
    return generation;
  }

  /** Whether the last look was at the whole log: at a start and after a cut. */
  boolean wasReread() {
    return reread;
  }

  /** What was there before the last look and is not any more. */
  List<Entry> removed() {
    return removed;
  }

  /** The entry at a sequence that the log has. */
  Entry at(long sequence) {
    return entries.get((int) sequence - 1);
  }

  /** Where a message is, 0 if it is not there. */
  long positionOf(String message) {
    return positions.getOrDefault(message, 0L);
  }

  boolean has(long sequence, Hash hash) {
    return sequence <= last() && at(sequence).hash().equals(hash);
  }

  /**
   * Takes over what changed.
   *
   * @return the highest sequence that is as it was before
   */
  long update(SegmentedLog log, @Nullable UUID cluster, CommittedLog committed) {
    removed = List.of();
    reread = log.generation() != generation;
    if (reread) {
      generation = log.generation();
      return reread(log, cluster, committed);
    }
    long before = last();
    if (log.lastSequence() < before) {
      throw new Violation("5", node + " has a shorter log without a cut");
    }
    read(log, cluster);
    return before;
  }

  private long reread(SegmentedLog log, @Nullable UUID cluster, CommittedLog committed) {
    List<Entry> before = List.copyOf(entries);
    entries.clear();
    positions.clear();
    trimmed(log.start(), committed);
    read(log, cluster);
    int same = 0;
    while (same < before.size()
        && same < entries.size()
        && before.get(same).hash().equals(entries.get(same).hash())) {
      same++;
    }
    removed = before.subList(same, before.size());
    return same;
  }

  /** A log that begins later stands for what is before: that is committed, hash for hash. */
  private void trimmed(LogStart start, CommittedLog committed) {
    if (start.before() > 0 && !committed.has(start.before(), start.hashBefore())) {
      throw new Violation(
          "2", node + " begins with " + start.sequence() + ", and what is before is not committed");
    }
    for (long sequence = 1; sequence <= start.before(); sequence++) {
      add(committed.at(sequence));
    }
  }

  private void add(Entry entry) {
    entries.add(entry);
    positions.put(entry.message(), entry.sequence());
  }

  private void read(SegmentedLog log, @Nullable UUID cluster) {
    if (log.lastSequence() == last()) {
      return;
    }
    if (cluster == null) {
      throw new Violation("5", node + " has entries and no cluster");
    }
    Hash before = last() == 0 ? HashChain.origin(cluster) : at(last()).hash();
    FrameChecker checker = new FrameChecker(last(), before);
    LogCursor cursor = log.cursor(last() + 1);
    while (last() < log.lastSequence()) {
      if (!(cursor.next(READ_BYTES, log.lastSequence()) instanceof LogRead.Frames read)) {
        throw new Violation("5", node + " does not show entry " + (last() + 1));
      }
      ByteBuffer in = read.bytes();
      try {
        while (in.hasRemaining()) {
          Frame frame = checker.next(in);
          for (Entry entry : frame.entries()) {
            add(entry);
          }
        }
      } catch (DamagedFrameException e) {
        throw new Violation("5", node + " shows what does not continue its log", e);
      }
    }
  }
}
