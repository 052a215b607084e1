package io.replog.sim;

import static io.replog.sim.Hazard.AMBUSHES;
import static io.replog.sim.Hazard.FAILING_DISKS;
import static io.replog.sim.Hazard.FAULTS;
import static io.replog.sim.Hazard.LIARS;
import static io.replog.sim.Hazard.LOST_DISKS;
import static io.replog.sim.Hazard.MEMBERS;
import static io.replog.sim.Hazard.STOPS;
import static io.replog.sim.Hazard.SWITCHES;
import static io.replog.sim.Hazard.TRIMS;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What kind of runs there are.
 *
 * @param masters master-capable nodes, at most
 * @param secondaries at most
 * @param length how long things go wrong
 */
record Profile(String name, int masters, int secondaries, Set<Hazard> hazards, Duration length) {
  private static final Duration LENGTH = Duration.ofSeconds(15);

  static final List<Profile> ALL =
      List.of(
          new Profile("calm", 1, 2, Set.of(), LENGTH),
          new Profile("single", 1, 3, Set.of(FAULTS), LENGTH),
          new Profile("masters", 3, 4, Set.of(FAULTS), LENGTH),
          new Profile("disks", 3, 4, Set.of(FAULTS, FAILING_DISKS), LENGTH),
          new Profile("lost", 3, 4, Set.of(FAULTS, LOST_DISKS), Duration.ofSeconds(25)),
          new Profile("members", 3, 4, Set.of(FAULTS, MEMBERS, STOPS), Duration.ofSeconds(25)),
          new Profile("switches", 3, 4, Set.of(FAULTS, SWITCHES, STOPS), LENGTH),
          new Profile(
              "everything",
              3,
              4,
              Set.of(FAULTS, FAILING_DISKS, LOST_DISKS, MEMBERS, SWITCHES, STOPS),
              Duration.ofSeconds(25)),
          new Profile(
              "trims", 3, 4, Set.of(FAULTS, LOST_DISKS, STOPS, TRIMS), Duration.ofSeconds(25)),
          new Profile("ambushes", 2, 2, Set.of(FAULTS, AMBUSHES), Duration.ofSeconds(20)),
          new Profile("liars", 3, 5, Set.of(FAULTS, LIARS), LENGTH));

  static Profile named(String name) {
    return ALL.stream()
        .filter(profile -> profile.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no profile "
                        + name
                        + "; there are "
                        + ALL.stream().map(Profile::name).toList()));
  }

  boolean has(Hazard hazard) {
    return hazards.contains(hazard);
  }
}
