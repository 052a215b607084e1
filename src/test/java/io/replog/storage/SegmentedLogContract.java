package io.replog.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.replog.core.Entry;
import io.replog.core.Frame;
import io.replog.core.FrameCodec;
import io.replog.core.HashChain;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the log does, on any disk. */
abstract class SegmentedLogContract {
  private static final LogOptions OPTIONS = new LogOptions(20_000, 4096, 8192, 2);

  private final FrameSource source = new FrameSource();
  private Disk disk;
  private DataDirectory directory;
  private SegmentedLog log;

  abstract Disk disk() throws IOException;

  @BeforeEach
  void open() throws IOException {
    disk = disk();
    reopen();
    directory.saveState(directory.state().withCluster(FrameSource.CLUSTER));
  }

  private void reopen() {
    directory = DataDirectory.open(disk, "s", UUID::randomUUID, OPTIONS);
    log = directory.log();
  }

  @AfterEach
  void close() {
    directory.close();
  }

  private void append(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < count; i++) {
      log.append(source.random(random, 200));
    }
  }

  private long segments() throws IOException {
    return disk.list("log").stream().filter(name -> name.endsWith(".log")).count();
  }

  private static List<Frame> framesOf(LogRead read) {
    List<Frame> frames = new ArrayList<>();
    if (read instanceof LogRead.Frames some) {
      while (some.bytes().hasRemaining()) {
        try {
          frames.add(FrameCodec.decode(some.bytes()));
        } catch (io.replog.core.DamagedFrameException e) {
          throw new AssertionError(e);
        }
      }
    }
    return frames;
  }

  private static List<Frame> readAll(LogCursor cursor, int maxBytes) {
    List<Frame> all = new ArrayList<>();
    while (true) {
      List<Frame> some = framesOf(cursor.next(maxBytes, Long.MAX_VALUE));
      if (some.isEmpty()) {
        return all;
      }
      all.addAll(some);
    }
  }

  @Test
  void anEmptyLogEndsWithTheOriginOfItsCluster() {
    assertThat(log.lastSequence()).isZero();
    assertThat(log.firstSequence()).isEqualTo(1);
    assertThat(log.lastHash()).isEqualTo(HashChain.origin(FrameSource.CLUSTER));
    assertThat(log.hashAt(0)).contains(log.lastHash());
    assertThat(log.hashAt(1)).isEmpty();
    assertThat(log.frameAt(1)).isEmpty();
    assertThat(log.cursor(1).next(100, 100)).isInstanceOf(LogRead.AtEnd.class);
  }

  @Test
  void whatIsAppendedIsThereAndStillThereAfterARestart() throws IOException {
    append(1000, 1);
    for (int i = 0; i < 2; i++) {
      assertThat(segments()).isGreaterThan(5);
      assertThat(log.lastSequence()).isEqualTo(source.last());
      assertThat(log.lastHash()).isEqualTo(source.lastHash());
      assertThat(log.lastTimestamp()).isEqualTo(source.frames().getLast().last().timestamp());
      assertThat(log.lastEpoch()).isEqualTo(1);
      assertThat(readAll(log.cursor(1), 3000)).isEqualTo(source.frames());
      directory.close();
      reopen();
    }
  }

  @Test
  void everySequenceIsFoundWithoutAScanOfTheLog() {
    append(1000, 2);
    for (Frame frame : source.frames()) {
      for (Entry entry : frame.entries()) {
        assertThat(log.hashAt(entry.sequence())).contains(entry.hash());
      }
      assertThat(log.frameAt(frame.last().sequence())).contains(frame);
    }
    assertThat(log.hashAt(source.last() + 1)).isEmpty();
    assertThat(log.hashAt(-1)).isEmpty();
    assertThat(log.openSealedFiles()).isLessThanOrEqualTo(2);
  }

  @Test
  void aListIsAppendedOverSeveralSegments() throws IOException {
    List<Frame> frames = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 600; i++) {
      frames.add(source.random(random, 200));
    }
    log.append(frames);
    assertThat(segments()).isGreaterThan(3);
    assertThat(readAll(log.cursor(1), 1 << 20)).isEqualTo(frames);
  }

  @Test
  void aFrameLongerThanASegmentHasOneOfItsOwn() throws IOException {
    log.append(source.next("before"));
    log.append(source.next("x".repeat(50_000)));
    log.append(source.next("x".repeat(400_000), "y".repeat(300_000)));
    log.append(source.next("after"));
    assertThat(segments()).isEqualTo(4);
    assertThat(readAll(log.cursor(1), 10)).isEqualTo(source.frames());
    assertThat(log.hashAt(3)).contains(source.frames().get(2).first().hash());
  }

  @Test
  void aCursorBeginsWithTheFrameThatHoldsItsSequence() {
    log.append(source.next("1"));
    log.append(source.next("2", "3", "4"));
    log.append(source.next("5"));
    LogCursor cursor = log.cursor(3);
    LogRead.Frames read = (LogRead.Frames) cursor.next(1, Long.MAX_VALUE);
    assertThat(read.firstSequence()).isEqualTo(2);
    assertThat(read.lastSequence()).isEqualTo(4);
    assertThat(read.lastHash()).isEqualTo(source.frames().get(1).last().hash());
    assertThat(cursor.nextSequence()).isEqualTo(5);
  }

  @Test
  void aCursorReadsNothingAboveItsLimitAndWaitsAtTheEnd() {
    log.append(source.next("1"));
    log.append(source.next("2", "3"));
    LogCursor cursor = log.cursor(1);
    assertThat(framesOf(cursor.next(1000, 2))).hasSize(1);
    assertThat(cursor.next(1000, 2)).isInstanceOf(LogRead.AtEnd.class);
    assertThat(framesOf(cursor.next(1000, 3))).hasSize(1);
    assertThat(cursor.next(1000, 9)).isInstanceOf(LogRead.AtEnd.class);
    log.append(source.next("4"));
    assertThat(framesOf(cursor.next(1000, 9))).hasSize(1);
    assertThat(framesOf(log.cursor(7).next(1000, 9))).isEmpty();
  }

  @Test
  void aCutTakesTheEndAwayAndTheLogGoesOnDifferently() throws IOException {
    append(500, 4);
    SplittableRandom random = new SplittableRandom(5);
    while (source.last() > 0) {
      long sequence = source.anyEnd(0, random);
      log.truncateAfter(sequence);
      source.cutAfter(sequence);
      assertThat(log.lastSequence()).isEqualTo(sequence);
      assertThat(log.lastHash()).isEqualTo(source.lastHash());
      assertThat(log.mark().durableSequence()).isLessThanOrEqualTo(sequence);
      assertThat(readAll(log.cursor(1), 5000)).isEqualTo(source.frames());
      if (sequence > 0) {
        append(20, sequence);
        assertThat(readAll(log.cursor(1), 5000)).isEqualTo(source.frames());
      }
    }
    assertThat(segments()).isZero();
    append(10, 6);
    directory.close();
    reopen();
    assertThat(readAll(log.cursor(1), 5000)).isEqualTo(source.frames());
  }

  @Test
  void aCutIsRefusedWithinABatchAndBeyondTheLog() {
    log.append(source.next("1"));
    log.append(source.next("2", "3"));
    assertThatThrownBy(() -> log.truncateAfter(2)).hasMessageContaining("within a batch");
    assertThatThrownBy(() -> log.truncateAfter(4)).isInstanceOf(IllegalArgumentException.class);
    log.truncateAfter(3);
    assertThat(log.lastSequence()).isEqualTo(3);
  }

  @Test
  void aCursorLearnsThatWhatItReadWasCutOff() {
    append(50, 7);
    long half = source.frames().get(25).last().sequence();
    LogCursor behind = log.cursor(1);
    behind.next(100, half);
    LogCursor ahead = log.cursor(1);
    readAll(ahead, 1 << 20);
    log.truncateAfter(half);
    source.cutAfter(half);
    append(50, 8);
    assertThat(ahead.next(100, Long.MAX_VALUE)).isInstanceOf(LogRead.Truncated.class);
    List<Frame> rest = readAll(behind, 1000);
    assertThat(rest.getLast()).isEqualTo(source.frames().getLast());
  }

  @Test
  void whatDoesNotContinueTheLogIsRefusedAndLeavesNoTrace() {
    Frame one = source.next("1");
    Frame two = source.next("2");
    assertThatThrownBy(() -> log.append(two)).hasMessageContaining("does not continue");
    log.append(List.of(one, two));
    assertThatThrownBy(() -> log.append(two)).isInstanceOf(IllegalArgumentException.class);
    assertThat(log.lastSequence()).isEqualTo(2);
  }
}
