package io.replog.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.replog.core.DamagedFrameException;
import io.replog.core.Frame;
import io.replog.core.FrameCodec;
import io.replog.core.NodeState;
import java.io.IOException;
import java.net.NoRouteToHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Every kind of damage to every block of every file of a data directory: it is found before any of
 * it is served, the verifier names the file, and where the node would not start, what is damaged is
 * put back from another copy exactly as it was.
 */
class DamageTest {
  private static final LogOptions OPTIONS = new LogOptions(800, 0, 0, 2);

  /** Which bytes are flipped: 1 for all of them, which takes minutes. */
  private static final int STEP = Integer.getInteger("replog.damage.step", 5);

  private static final int BLOCK = STEP == 1 ? 64 : 128;

  /** What of a damaged directory was still there. */
  private enum Outcome {
    WHOLE,
    TAIL_LOST,
    LOG_REFUSED,
    STATE_REFUSED
  }

  private final SimDisk sound = new SimDisk("data");
  private final FrameSource source = new FrameSource();
  private final Map<Outcome, Integer> outcomes = new TreeMap<>();
  private NodeState state;
  private DataDirectory peer;
  private int repairs;
  private int alone;
  private int tornTails;
  private int tried;

  /** Four segments, batches and keys among the entries, and a file of what was cut off once. */
  @BeforeEach
  void aDirectory() {
    try (DataDirectory directory = open(sound)) {
      directory.saveState(
          directory.state().withCluster(FrameSource.CLUSTER).withLogEpoch(3, UUID.randomUUID()));
      fill(directory, 14);
      directory.groupCommit(Runnable::run, result -> {}).request();
      RolledBack.write(directory, 9, 1_700_000_000_000L);
      directory.log().truncateAfter(8);
      source.cutAfter(8);
      fill(directory, 18);
      state = directory.state();
    }
    assertThat(segments()).hasSize(4);
    peer = open(sound.copy("peer"));
  }

  private void fill(DataDirectory directory, int frames) {
    for (int i = 0; i < frames; i++) {
      String text = "message number %d with some length to it".formatted(i);
      directory
          .log()
          .append(
              switch (i % 4) {
                case 1 -> source.keyed("key-" + source.last(), text);
                case 3 -> source.next(text, "", "and a third");
                default -> source.next(text);
              });
    }
  }

  private static DataDirectory open(SimDisk disk) {
    return DataDirectory.open(disk, "secondary-0", UUID::randomUUID, OPTIONS);
  }

  private List<String> segments() {
    return sound.paths().stream().filter(path -> path.endsWith(".log")).toList();
  }

  private ByteBuffer framesOfThePeer(long from, long upTo) {
    return peer.log().cursor(from).next(300, upTo) instanceof LogRead.Frames read
        ? read.bytes()
        : ByteBuffer.allocate(0);
  }

  @Test
  void everyDamagedBlockIsFoundAndPutBack() {
    everyDamage(this::check);
    System.out.printf(
        "damages tried: %d, %s, repaired exactly: %d (%d of them only with a peer), violations:"
            + " 0%n",
        tried, outcomes, repairs, alone);
    assertThat(tried).isGreaterThan(1500);
    assertThat(repairs).isEqualTo(outcomes.get(Outcome.LOG_REFUSED));
    assertThat(tornTails)
        .as("bytes behind the end of the log, the one case of no damage")
        .isEqualTo(1);
    assertThat(outcomes.keySet()).containsExactly(Outcome.values());
  }

  /** What is damaged under an open log is never handed out. */
  @Test
  void aReaderOfAnOpenLogNeverGetsADamagedBlock() {
    int[] refused = {0};
    everyDamage(
        (what, damaged) -> {
          SimDisk disk = sound.copy("data");
          try (DataDirectory directory = open(disk)) {
            damaged.paths().stream()
                .filter(path -> path.startsWith("log/") && disk.exists(path))
                .forEach(path -> disk.overwrite(path, damaged.content(path)));
            refused[0] += readAll(directory.log()) ? 0 : 1;
          } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(what, e);
          }
        });
    System.out.println("damages under an open log: " + tried + ", refused: " + refused[0]);
    assertThat(refused[0]).isGreaterThan(500);
  }

  /** Every way of damaging one file, or two with each other. */
  private void everyDamage(BiConsumer<String, SimDisk> check) {
    for (String path : sound.paths()) {
      if (path.equals(LogFiles.LOCK) || path.equals(LogFiles.RESERVE)) {
        continue; // its content means nothing
      }
      byte[] content = sound.content(path);
      for (int at = 0; at < content.length; at += content.length > 2000 ? 5 * STEP : STEP) {
        byte[] flipped = content.clone();
        flipped[at] ^= (byte) (1 << (at % 8));
        damage("flip byte %d of %s".formatted(at, path), path, flipped, check);
      }
      int blocks = (content.length + BLOCK - 1) / BLOCK;
      for (int block = 0; block < blocks; block++) {
        String where = " block %d of %s".formatted(block, path);
        int from = block * BLOCK;
        int to = Math.min(content.length, from + BLOCK);
        byte[] zeroed = content.clone();
        Arrays.fill(zeroed, from, to, (byte) 0);
        damage("zero" + where, path, zeroed, check);
        damage("truncate before" + where, path, Arrays.copyOf(content, from), check);
        damage(
            "truncate within" + where, path, Arrays.copyOf(content, from + (to - from) / 2), check);
        damage("insert again" + where, path, insert(content, from, to), check);
        for (int other = 0; other < blocks; other++) {
          int otherFrom = other * BLOCK;
          if (other != block && Math.max(from, otherFrom) + BLOCK <= content.length) {
            byte[] doubled = content.clone();
            System.arraycopy(content, from, doubled, otherFrom, BLOCK);
            damage("write to block %d too:".formatted(other) + where, path, doubled, check);
            if (other > block) {
              System.arraycopy(content, otherFrom, doubled, from, BLOCK);
              damage("swap with block %d:".formatted(other) + where, path, doubled, check);
            }
          }
        }
      }
    }
    for (String one : segments()) {
      SimDisk without = sound.copy("data");
      without.remove(one);
      tried++;
      check.accept("delete " + one, without);
      for (String other : segments()) {
        if (!one.equals(other)) {
          damage("%s in place of %s".formatted(one, other), other, sound.content(one), check);
          SimDisk swapped = sound.copy("data");
          swapped.put(one, sound.content(other));
          swapped.put(other, sound.content(one));
          tried++;
          check.accept("swap %s and %s".formatted(one, other), swapped);
        }
      }
      SimDisk twice = sound.copy("data");
      twice.put(LogFiles.segment(2), sound.content(one));
      tried++;
      check.accept("a second copy of " + one, twice);
    }
  }

  private void damage(String what, String path, byte[] content, BiConsumer<String, SimDisk> check) {
    if (!Arrays.equals(content, sound.content(path))) {
      SimDisk damaged = sound.copy("data");
      damaged.put(path, content);
      tried++;
      check.accept(what, damaged);
    }
  }

  private static byte[] insert(byte[] content, int from, int to) {
    byte[] longer = Arrays.copyOf(content, content.length + to - from);
    System.arraycopy(content, from, longer, to, content.length - from);
    return longer;
  }

  private void check(String what, SimDisk damaged) {
    try {
      VerifyReport report = LogVerifier.verify(damaged);
      Outcome outcome = outcome(damaged.copy("data"));
      boolean tornTail = report.damages().isEmpty() && report.notes().size() == 1;
      assertThat(tornTail ? outcome == Outcome.WHOLE : !report.damages().isEmpty())
          .as("verify finds it: %s", report)
          .isTrue();
      tornTails += tornTail ? 1 : 0;
      outcomes.merge(outcome, 1, Integer::sum);
      if (outcome == Outcome.LOG_REFUSED) {
        alone += changesNothingAlone(damaged.copy("data")) ? 1 : 0;
        repair(damaged);
      }
    } catch (AssertionError | IOException | RuntimeException e) {
      throw new AssertionError(what, e);
    }
  }

  private Outcome outcome(SimDisk disk) {
    try (DataDirectory directory = open(disk)) {
      assertThat(readAll(directory.log())).isTrue();
      if (directory.lost() == null) {
        assertThat(directory.state()).isEqualTo(state);
        assertThat(directory.log().lastHash()).isEqualTo(source.lastHash());
        return Outcome.WHOLE;
      }
      assertThat(directory.state().store()).isNotEqualTo(state.store());
      return Outcome.TAIL_LOST;
    } catch (DamagedLogException e) {
      assertThat(e.file()).startsWith("data/log/");
      assertThat(e.offset()).isNotNegative();
      return Outcome.LOG_REFUSED;
    } catch (DamagedFileException | UnsupportedFormatException e) {
      assertThat(e.file()).startsWith("data/");
      return Outcome.STATE_REFUSED;
    }
  }

  /**
   * Without a peer: all that was there is put in order again by itself (two files with each other's
   * names), or nothing is changed.
   */
  private boolean changesNothingAlone(SimDisk damaged) throws IOException {
    Map<String, String> before = contents(damaged);
    try {
      LogRepair.repair(
          damaged,
          OPTIONS,
          (from, upTo) -> {
            throw new NoRouteToHostException("nobody is there");
          });
    } catch (NoRouteToHostException nobody) {
      assertThat(contents(damaged)).isEqualTo(before);
      return true;
    }
    assertThat(outcome(damaged)).isEqualTo(Outcome.WHOLE);
    return false;
  }

  private void repair(SimDisk damaged) throws IOException {
    LogRepair.repair(damaged, OPTIONS, this::framesOfThePeer);
    assertThat(outcome(damaged)).isEqualTo(Outcome.WHOLE);
    assertThat(LogVerifier.verify(damaged).damages()).isEmpty();
    boolean sameFiles =
        damaged.paths().stream().filter(p -> p.endsWith(".log")).toList().equals(segments());
    for (String path : sameFiles ? segments() : List.<String>of()) {
      assertThat(Arrays.equals(damaged.content(path), sound.content(path))).as(path).isTrue();
    }
    repairs++;
  }

  private static Map<String, String> contents(SimDisk disk) {
    Map<String, String> all = new TreeMap<>();
    disk.paths().forEach(path -> all.put(path, new String(disk.content(path), UTF_8)));
    return all;
  }

  /** Whether all could be read; what was read is as it was written in any case. */
  private boolean readAll(SegmentedLog log) {
    List<Frame> read = new ArrayList<>();
    boolean whole = true;
    try {
      LogCursor cursor = log.cursor(1);
      while (cursor.next(200, Long.MAX_VALUE) instanceof LogRead.Frames frames) {
        while (frames.bytes().hasRemaining()) {
          read.add(FrameCodec.decode(frames.bytes()));
        }
      }
    } catch (DamagedLogException e) {
      whole = false;
    } catch (DamagedFrameException e) {
      throw new AssertionError("a damaged frame was handed out", e);
    }
    assertThat(read).isEqualTo(source.frames().subList(0, read.size()));
    for (Frame frame : source.frames()) {
      long sequence = frame.last().sequence();
      try {
        log.frameAt(sequence).ifPresent(found -> assertThat(found).isEqualTo(frame));
        log.hashAt(sequence).ifPresent(hash -> assertThat(hash).isEqualTo(frame.last().hash()));
      } catch (DamagedLogException e) {
        whole = false;
      }
    }
    return whole;
  }
}
