package io.replog.sim;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The simulator finds what it is there to find. */
class PlantedBugTest {
  private static final int SEEDS = 400;

  @BeforeAll
  static void quiet() {
    SimulatorMain.quiet(Level.OFF);
  }

  @AfterAll
  static void loud() {
    SimulatorMain.quiet(Level.INFO);
  }

  static List<PlantedBug> bugs() {
    return PlantedBug.ALL;
  }

  @ParameterizedTest
  @MethodSource("bugs")
  void isFoundByASafetyProperty(PlantedBug bug) {
    Violation violation = null;
    long seed = 0;
    while (seed < SEEDS && !ofSafety(violation)) {
      seed++;
      violation = Simulation.run(seed, bug.profile(), bug.plant()).violation();
    }
    System.out.println(
        "planted bug " + bug + ": seeds=" + seed + " found by property " + violation);
    assertThat(ofSafety(violation)).isTrue();
  }

  /** Many a bug ends a cluster's work too; that alone would say little of what is wrong. */
  private static boolean ofSafety(@Nullable Violation violation) {
    return violation != null && !Set.of("10", "invariant").contains(violation.property());
  }
}
