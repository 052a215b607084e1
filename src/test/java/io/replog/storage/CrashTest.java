package io.replog.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * The machine goes down at every operation on the disk, and nothing that was acknowledged is lost.
 */
class CrashTest {
  private static final int STEPS = 60;
  private static final int SEEDS = Integer.getInteger("replog.crash.seeds", 5);

  @Test
  void aCrashAtAnyOperationLosesNothingThatWasDurable() {
    long crashes = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      long operations = operationsOf(seed);
      for (long k = 1; k <= operations; k++) {
        for (Fate fate : Fate.values()) {
          crash(seed, k, fate, Long.MAX_VALUE);
          crashes++;
        }
      }
    }
    System.out.println("crash points tried: " + crashes + ", violations: 0");
    assertThat(crashes).isGreaterThan(5000);
  }

  @Test
  void anyForceThatFailsStopsTheChangesAndARestartLosesNothingThatWasDurable() {
    long failures = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      SimDisk whole = new SimDisk("data");
      new CrashWorkload(whole, seed).run(STEPS);
      for (long k = 1; k <= whole.forces(); k++) {
        for (boolean machine : new boolean[] {false, true}) {
          failForce(seed, k, machine);
          failures++;
        }
      }
    }
    System.out.println("failed forces tried: " + failures + ", violations: 0");
    assertThat(failures).isGreaterThan(800);
  }

  /** Afterwards the process is started again, or the whole machine. */
  private static void failForce(long seed, long k, boolean machine) {
    SimDisk disk = new SimDisk("data");
    CrashWorkload workload = new CrashWorkload(disk, seed);
    try {
      disk.failForce(k);
      assertThatThrownBy(() -> workload.run(STEPS)).isInstanceOf(StorageException.class);
      if (machine) {
        disk.crash(new SplittableRandom(seed * 1_000_003 + k));
      } else {
        disk.killProcess();
      }
      workload.recover();
      workload.goOnAndStop();
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(
          "seed %d, force %d fails, then the %s is started again"
              .formatted(seed, k, machine ? "machine" : "process"),
          e);
    }
  }

  @Test
  void aCrashDuringTheRecoveryFromACrashLosesNothingEither() {
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 2000; i++) {
      long seed = 100L + i % 10;
      crash(seed, 1 + random.nextInt(150), Fate.MIXED, 1 + random.nextInt(20));
    }
  }

  @Test
  void aNodeThatDiesAgainAndAgainNeverLosesWhatWasDurable() {
    int lives = 0;
    for (long seed = 1000; seed < 1060; seed++) {
      SimDisk disk = new SimDisk("data");
      SplittableRandom random = new SplittableRandom(seed);
      CrashWorkload workload = new CrashWorkload(disk, seed);
      for (int life = 0; life < 30; life++) {
        try {
          disk.crashAtOperation(30 + random.nextInt(100));
          runUntilCrash(
              () -> {
                workload.recover();
                workload.live(40);
              });
          if (random.nextInt(3) == 0) {
            disk.killProcess();
          } else {
            disk.crash(random);
          }
          lives++;
        } catch (RuntimeException | AssertionError e) {
          throw new AssertionError("seed %d, life %d".formatted(seed, life), e);
        }
      }
    }
    assertThat(lives).isEqualTo(1800);
  }

  private static long operationsOf(long seed) {
    SimDisk disk = new SimDisk("data");
    new CrashWorkload(disk, seed).run(STEPS);
    return disk.operations();
  }

  private static void crash(long seed, long k, Fate fate, long again) {
    SimDisk disk = new SimDisk("data");
    CrashWorkload workload = new CrashWorkload(disk, seed);
    SplittableRandom random = new SplittableRandom(seed * 1_000_003 + k);
    try {
      disk.crashAtOperation(k);
      runUntilCrash(() -> workload.run(STEPS));
      disk.crash(fate, random);
      if (again < Long.MAX_VALUE) {
        disk.crashAtOperation(again);
        runUntilCrash(
            () ->
                DataDirectory.open(
                        disk, "secondary-0", java.util.UUID::randomUUID, LogOptions.DEFAULT)
                    .close());
        disk.crash(fate, random);
      }
      workload.recover();
      workload.goOnAndStop();
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(
          "seed %d, crash at operation %d, fate %s, second crash at %d"
              .formatted(seed, k, fate, again),
          e);
    }
  }

  private static void runUntilCrash(Runnable run) {
    try {
      run.run();
    } catch (SimulatedCrash planned) {
      assertThat(planned).hasMessageContaining("crash");
    }
  }
}
