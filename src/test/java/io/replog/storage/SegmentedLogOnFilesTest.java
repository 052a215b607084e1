package io.replog.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.replog.core.DamagedFrameException;
import io.replog.core.FrameChecker;
import io.replog.core.HashChain;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentedLogOnFilesTest extends SegmentedLogContract {
  @TempDir Path temporary;

  @Override
  Disk disk() {
    return new FileDisk(temporary.resolve("data"));
  }

  /**
   * One writes, cuts and syncs; two follow with cursors, one looks up: none ever sees anything but
   * a log.
   */
  @Test
  void readersSeeAWholeLogWhileItGrowsAndIsCut() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    AtomicLong rounds = new AtomicLong();
    FrameSource source = new FrameSource();
    SplittableRandom random = new SplittableRandom(11);
    var disk = new FileDisk(temporary.resolve("other"));
    var options = new LogOptions(8000, 1024, 2048, 2);
    try (var syncThread = Executors.newSingleThreadExecutor();
        var readers = Executors.newFixedThreadPool(3)) {
      DataDirectory directory = DataDirectory.open(disk, "s", UUID::randomUUID, options);
      directory.saveState(directory.state().withCluster(FrameSource.CLUSTER));
      SegmentedLog log = directory.log();
      GroupCommit commit =
          directory.groupCommit(
              syncThread,
              result -> {
                assertThat(result).isInstanceOf(SyncResult.Durable.class);
                rounds.incrementAndGet();
              });
      var follower1 = CompletableFuture.supplyAsync(() -> follow(log, done), readers);
      var follower2 = CompletableFuture.supplyAsync(() -> follow(log, done), readers);
      var lookUps = CompletableFuture.supplyAsync(() -> lookUp(log, done), readers);
      for (int i = 0; i < 3000; i++) {
        log.append(source.random(random, 300));
        if (i % 10 == 0) {
          commit.request();
        }
        if (i % 50 == 49) {
          long sequence = source.anyEnd(Math.max(0, source.last() - 100), random);
          log.truncateAfter(sequence);
          source.cutAfter(sequence);
        }
      }
      done.set(true);
      assertThat(follower1.get() + follower2.get()).isPositive();
      assertThat(lookUps.get()).isPositive();
      syncThread.shutdown();
      assertThat(syncThread.awaitTermination(10, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
      assertThat(rounds.get()).isPositive();
      directory.close();
    }
    assertThat(LogVerifier.verify(disk).damages()).isEmpty();
    assertThat(LogVerifier.verify(disk).lastHash()).isEqualTo(source.lastHash());
  }

  /** Follows the log from its beginning, again after each cut, and checks the chain on the way. */
  private static long follow(SegmentedLog log, AtomicBoolean done) {
    long frames = 0;
    while (!done.get()) {
      LogCursor cursor = log.cursor(1);
      FrameChecker checker = new FrameChecker(0, HashChain.origin(FrameSource.CLUSTER));
      LogRead read = cursor.next(5000, Long.MAX_VALUE);
      while (!(read instanceof LogRead.Truncated) && !done.get()) {
        if (read instanceof LogRead.Frames some) {
          while (some.bytes().hasRemaining()) {
            try {
              checker.next(some.bytes());
            } catch (DamagedFrameException e) {
              throw new AssertionError(e);
            }
            frames++;
          }
        }
        read = cursor.next(5000, Long.MAX_VALUE);
      }
    }
    return frames;
  }

  private static long lookUp(SegmentedLog log, AtomicBoolean done) {
    SplittableRandom random = new SplittableRandom(12);
    long found = 0;
    while (!done.get()) {
      long sequence = random.nextLong(log.lastSequence() + 2);
      found += log.hashAt(sequence).isPresent() ? 1 : 0;
      found += log.frameAt(sequence).isPresent() ? 1 : 0;
    }
    return found;
  }
}
