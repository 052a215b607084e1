package io.replog.storage;

import io.replog.core.DamagedFrameException;
import io.replog.core.Frame;
import io.replog.core.FrameChecker;
import io.replog.core.FrameCodec;
import io.replog.core.Hash;
import io.replog.core.HashChain;
import io.replog.core.LogStart;
import io.replog.core.NodeState;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts back what damage in the middle has taken from a log, just that, from other copies (the idea:
 * Alagappan et al., <i>Protocol-Aware Recovery for Consensus-Based Storage</i>, FAST 2018).
 *
 * <p>A store must not come back with less, or with something else, than it acknowledged; so what is
 * put back is proven to be what was there. Each entry's hash covers all entries before it. The
 * chain is followed from its origin through what is left and what was fetched up to the durable
 * mark, whose hash must come out. Only then is any file replaced, one by one and whole. With the
 * state file, which has its own checksum, the store is again all that it was: it keeps its id, its
 * promises and its vote.
 *
 * <p>It can be interrupted at any point and made again.
 */
public final class LogRepair {
  private static final Logger LOG = LoggerFactory.getLogger(LogRepair.class);

  private final Disk disk;
  private final Mark mark;
  private final boolean markKnown;
  private final SegmentRebuild rebuild;
  private final TreeSet<Long> files;
  private final Map<Long, Long> rebuilt = new LinkedHashMap<>();
  private FrameChecker place;

  private LogRepair(
      Disk disk, LogOptions options, FrameSupply supply, @Nullable Mark mark, Hash origin)
      throws IOException {
    this.disk = disk;
    this.markKnown = mark != null;
    List<Long> all = LogFiles.segments(disk);
    this.mark = mark == null ? Mark.emptyAt(LogScan.start(disk, all)) : mark;
    this.rebuild = new SegmentRebuild(disk, supply, options.segmentBytes(), this.mark);
    LogStart start = this.mark.start();
    this.files = new TreeSet<>(all.stream().filter(f -> f >= start.sequence()).toList());
    this.place =
        new FrameChecker(start.before(), start.before() == 0 ? origin : start.hashBefore());
  }

  /**
   * What was put right.
   *
   * @param files the files that were replaced, made or deleted, for people
   * @param frames how many frames came from other copies
   */
  public record Repaired(List<String> files, long frames) {}

  /**
   * Repairs the log of a directory that no node has open. Afterwards {@link DataDirectory#open} has
   * the last word.
   *
   * @throws DirectoryInUseException if a node has it open
   * @throws DamagedFileException if the state is damaged: what a node promised nobody else knows
   * @throws StorageException if the copies do not have what is missing; nothing was changed
   * @throws IOException if no copy could be asked, or the disk failed
   */
  public static Repaired repair(Disk disk, LogOptions options, FrameSupply supply)
      throws IOException {
    Closeable lock = disk.lock(LogFiles.LOCK, false);
    try {
      NodeState state = new StateFile(disk).read().orElse(null);
      if (state == null || state.clusterId() == null) {
        throw new StorageException(
            disk.describe(""), disk.describe("") + " belongs to no cluster", null);
      }
      Mark mark = DurableMark.read(disk).orElse(null);
      return new LogRepair(disk, options, supply, mark, HashChain.origin(state.clusterId())).run();
    } finally {
      lock.close();
    }
  }

  /** The state of a directory that no node has open, null if it has none that can be read. */
  public static @Nullable NodeState state(Disk disk) {
    try {
      return new StateFile(disk).read().orElse(null);
    } catch (IOException | DamagedFileException | UnsupportedFormatException e) {
      LOG.warn("cannot read the state of {}: {}", disk.describe(""), e.getMessage());
      return null;
    }
  }

  private Repaired run() throws IOException {
    boolean done = false;
    try {
      follow();
      done = true;
    } finally {
      if (!done) {
        for (long first : rebuilt.keySet()) {
          disk.delete(LogFiles.rebuilt(first));
        }
      }
    }
    return new Repaired(install(), rebuild.fetched());
  }

  /** Follows the chain to its end and rebuilds on the way what does not follow. */
  private void follow() throws IOException {
    List<Long> passed = new ArrayList<>();
    while (true) {
      long next = place.sequence() + 1;
      long goal = goal(next);
      if (!files.contains(next) && next > goal) {
        break;
      }
      passed.add(next);
      FrameChecker after = sound(next, goal);
      if (after == null) {
        after = rebuild.rebuild(next, place.hash(), goal);
        rebuilt.put(next, after.sequence());
      }
      place = after;
      if (place.sequence() < next) {
        break;
      }
    }
    files.removeAll(passed);
    files.removeIf(first -> first > place.sequence());
  }

  /** What the segment that begins with a sequence must reach. */
  private long goal(long first) {
    Long following = files.higher(first);
    long durable = markKnown ? mark.durableSequence() : Long.MAX_VALUE;
    if (following != null) {
      return Math.min(following - 1, durable);
    }
    return markKnown ? durable : 0;
  }

  /**
   * The place after a segment that is as it was written, null if it is not. One that ends cleanly
   * before the next begins is: what is missing gets a file of its own. A torn tail above the mark
   * is none of it and no damage.
   */
  private @Nullable FrameChecker sound(long first, long goal) throws IOException {
    if (!disk.exists(LogFiles.segment(first))) {
      return null;
    }
    FrameChecker checker = new FrameChecker(first - 1, place.hash());
    try (DiskFile file = disk.open(LogFiles.segment(first), Disk.Access.READ)) {
      SegmentHeader header = SegmentHeader.read(file, disk.describe(LogFiles.segment(first)));
      if (header.first() != first || !header.hashBefore().equals(place.hash())) {
        return null;
      }
      long size = file.size();
      SegmentScanner scanner =
          new SegmentScanner(file, SegmentHeader.BYTES, size, SegmentScanner.LARGE);
      while (scanner.next() == SegmentScanner.Step.FRAME) {
        Frame frame = FrameCodec.decode(scanner.bytes());
        checker.check(frame);
        if (checker.sequence() == mark.durableSequence()
            && !checker.hash().equals(mark.durableHash())) {
          throw new StorageException(
              disk.describe(LogFiles.MARK),
              "log and mark are not of one time: another hash of entry " + checker.sequence(),
              null);
        }
      }
      boolean clean =
          SoundFrameSearch.firstNonZero(file, scanner.position(), size) == size
              || (markKnown && checker.sequence() >= mark.durableSequence());
      boolean some = checker.sequence() >= first || first > goal;
      return clean && some ? checker : null;
    } catch (DamagedFrameException e) {
      return markKnown && checker.sequence() >= mark.durableSequence() ? checker : null;
    }
  }

  private List<String> install() throws IOException {
    List<String> changed = new ArrayList<>();
    for (long first : rebuilt.keySet()) {
      disk.rename(LogFiles.rebuilt(first), LogFiles.segment(first));
      changed.add(disk.describe(LogFiles.segment(first)));
    }
    for (long first : files) {
      disk.delete(LogFiles.segment(first));
      changed.add(disk.describe(LogFiles.segment(first)));
    }
    disk.syncDirectory(LogFiles.LOG);
    return List.copyOf(changed);
  }
}
