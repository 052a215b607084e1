package io.replog.sim;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;

/**
 * Runs many seeds, or one with its trace: {@code seeds=10000} (shared out over all profiles),
 * {@code seeds=1000 from=1 profile=masters}, {@code seed=7 profile=masters trace=400}; {@code
 * bug=cut-by-length} plants a bug.
 */
final class SimulatorMain {
  private SimulatorMain() {}

  public static void main(String[] arguments) {
    Map<String, String> options = new LinkedHashMap<>();
    for (String argument : arguments) {
      String[] parts = argument.split("=", 2);
      options.put(parts[0], parts.length == 2 ? parts[1] : "");
    }
    String bug = options.get("bug");
    String usual = bug == null ? "all" : PlantedBug.named(bug).profileName();
    String name = options.getOrDefault("profile", usual);
    quiet(options.containsKey("log") ? Level.DEBUG : Level.OFF);
    boolean one = options.containsKey("seed");
    long from = Long.parseLong(options.getOrDefault(one ? "seed" : "from", "1"));
    long seeds = one ? 1 : Long.parseLong(options.getOrDefault("seeds", "1000"));
    int most = Integer.parseInt(options.getOrDefault("failures", "1"));
    int lines = Integer.parseInt(options.getOrDefault("trace", one ? "300" : "0"));
    Supplier<Sabotage> sabotage = bug == null ? () -> Sabotage.NONE : PlantedBug.named(bug)::plant;
    List<Profile> profiles = name.equals("all") ? Profile.ALL : List.of(Profile.named(name));
    boolean failed = false;
    for (int i = 0; i < profiles.size(); i++) {
      // the first takes what cannot be shared out evenly
      long share = seeds / profiles.size() + (i == 0 ? seeds % profiles.size() : 0);
      failed |= run(profiles.get(i), sabotage, from, share, most, lines);
    }
    System.exit(failed ? 1 : 0);
  }

  /** The nodes' own logging. */
  static void quiet(Level level) {
    if (LoggerFactory.getLogger("io.replog") instanceof Logger logger) {
      logger.setLevel(level);
    }
  }

  private static boolean run(
      Profile profile, Supplier<Sabotage> sabotage, long from, long seeds, int most, int lines) {
    long began = System.nanoTime();
    long events = 0;
    long committed = 0;
    long answered = 0;
    long activations = 0;
    long equivocations = 0;
    long proofs = 0;
    int failures = 0;
    long done = 0;
    for (long seed = from; seed < from + seeds && failures < most; seed++) {
      Simulation.Outcome outcome =
          lines > 0
              ? Simulation.traced(seed, profile, sabotage.get(), lines)
              : Simulation.run(seed, profile, sabotage.get());
      done++;
      events += outcome.events();
      committed += outcome.committed();
      answered += outcome.answered();
      activations += outcome.activations();
      equivocations += outcome.lies().equivocations();
      proofs += outcome.lies().proofs();
      outcome.trace().forEach(System.out::println);
      Violation violation = outcome.violation();
      if (violation != null) {
        failures++;
        System.out.println(
            "seed=" + seed + " profile=" + profile.name() + " " + violation.getMessage());
        if (violation.getCause() != null && (lines > 0 || most == 1)) {
          violation.getCause().printStackTrace(System.out);
        }
      }
    }
    System.out.printf(
        "profile=%s seeds=%d events=%d committed=%d answered=%d activations=%d%s failures=%d"
            + " seconds=%.1f%n",
        profile.name(),
        done,
        events,
        committed,
        answered,
        activations,
        profile.has(Hazard.LIARS)
            ? " equivocations=%d proofs=%d".formatted(equivocations, proofs)
            : "",
        failures,
        (System.nanoTime() - began) / 1e9);
    return failures > 0;
  }
}
