package io.replog.sim;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import java.util.List;
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
    return PlantedBug.FOUND;
  }

  @ParameterizedTest
  @MethodSource("bugs")
  void isFound(PlantedBug bug) {
    Violation violation = null;
    long seed = bug.from();
    for (; violation == null && seed < bug.from() + SEEDS; seed++) {
      violation = Simulation.run(seed, bug.profile(), bug.plant()).violation();
    }
    System.out.println(
        "planted bug " + bug + ": seeds=" + (seed - bug.from()) + " found=" + violation);
    assertThat(violation).isNotNull();
  }
}
