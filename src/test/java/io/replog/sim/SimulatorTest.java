package io.replog.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import ch.qos.logback.classic.Level;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole clusters under faults keep the protocol's promises; {@link SimulatorMain} runs more. */
class SimulatorTest {
  /** One profile takes no longer than this on a slow machine: it runs fewer seeds, and says so. */
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(12);

  private static final int TRACE_LINES = 200;

  @BeforeAll
  static void quiet() {
    SimulatorMain.quiet(Level.OFF);
  }

  @AfterAll
  static void loud() {
    SimulatorMain.quiet(Level.INFO);
  }

  @ParameterizedTest
  @CsvSource({
    "calm,20",
    "single,150",
    "masters,200",
    "disks,100",
    "lost,100",
    "members,100",
    "switches,100",
    "everything,150",
    "trims,150",
    "ambushes,200",
    "liars,40"
  })
  void keepsEveryPropertyUnderEverySeed(String name, int seeds) {
    Profile profile = Profile.named(name);
    long began = System.nanoTime();
    long events = 0;
    int seed = 1;
    for (; seed <= seeds && System.nanoTime() - began < LIMIT_NANOS; seed++) {
      events += clean(seed, profile).events();
    }
    System.out.println("simulator: profile=" + name + " seeds=" + (seed - 1) + " events=" + events);
  }

  /** Each of these once showed a bug of the nodes. */
  @ParameterizedTest
  @CsvSource({
    "masters,1",
    "masters,117",
    "masters,910",
    "masters,1089",
    "masters,1318",
    "single,513",
    "single,691",
    "single,699",
    "single,859",
    "switches,245",
    "everything,31",
  })
  void keepsEveryPropertyWhereItOnceDidNot(String profile, long seed) {
    clean(seed, Profile.named(profile));
  }

  @Test
  void hasOneHistoryForOneSeed() {
    for (long seed = 1; seed <= 2; seed++) {
      for (Profile profile : Profile.ALL) {
        Simulation.Outcome once = clean(seed, profile);
        Simulation.Outcome again = clean(seed, profile);
        assertThat(again.historyHash()).isEqualTo(once.historyHash());
        assertThat(again.events()).isEqualTo(once.events());
      }
    }
  }

  private static Simulation.Outcome clean(long seed, Profile profile) {
    Simulation.Outcome outcome = Simulation.run(seed, profile, Sabotage.NONE);
    Violation violation = outcome.violation();
    if (violation != null) {
      Simulation.traced(seed, profile, Sabotage.NONE, TRACE_LINES)
          .trace()
          .forEach(System.out::println);
      fail("seed=%d profile=%s".formatted(seed, profile.name()), violation);
    }
    return outcome;
  }
}
