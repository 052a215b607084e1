package io.replog;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** Imports go one way, and the rules of the log stay free of everything but themselves. */
@AnalyzeClasses(packages = "io.replog", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String ROOT = "io.replog";

  @ArchTest static final ArchRule coreKnowsOnlyItself = mayUse("core");

  @ArchTest
  static final ArchRule storageKnowsNoNode =
      mayUse("storage", "core", "replication", "cluster", "config", "observability");

  @ArchTest
  static final ArchRule replicationKnowsNoNode =
      mayUse(
          "replication",
          "core",
          "storage",
          "cluster",
          "config",
          "observability",
          "trust",
          "evidence");

  @ArchTest
  static final ArchRule clusterKnowsNoNode =
      mayUse("cluster", "core", "storage", "replication", "config", "observability", "trust");

  @ArchTest
  static final ArchRule nodeKnowsNoHttp =
      mayUse(
          "node",
          "core",
          "storage",
          "replication",
          "cluster",
          "config",
          "observability",
          "evidence");

  @ArchTest
  static final ArchRule httpKnowsNoCommand =
      mayUse(
          "http",
          "node",
          "core",
          "storage",
          "replication",
          "cluster",
          "config",
          "observability",
          "trust",
          "evidence");

  /**
   * A client talks to a cluster as any user would: through the public API only. What it was given
   * as evidence it can check.
   */
  @ArchTest static final ArchRule clientKnowsOnlyTheApi = mayUse("client", "evidence");

  /** Commands talk through the client; a data directory checked off line is the exception. */
  @ArchTest
  static final ArchRule commandsUseTheClient =
      mayUse("cli", "client", "config", "core", "storage", "trust", "evidence");

  @ArchTest static final ArchRule trustKnowsNoPart = mayUse("trust");

  /** Evidence is checked without a node, by whoever has it. */
  @ArchTest static final ArchRule evidenceKnowsOnlyTheRules = mayUse("evidence", "core");

  @ArchTest static final ArchRule configurationKnowsNoPart = mayUse("config", "core");

  @ArchTest
  static final ArchRule observabilityKnowsNoPart = mayUse("observability", "core", "config");

  /** No part of the package root, whose Application wires everything, is used from below. */
  @ArchTest
  static final ArchRule nothingCallsUpToTheRoot =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".(*)..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(ROOT)
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices()
          .matching(ROOT + ".(*)..")
          .should()
          .beFreeOfCycles()
          .allowEmptyShould(true)
          .because("a part that needs the part that needs it is not a part");

  /** No I/O, no threads, no randomness, no logging: the rules run in a plain test. */
  @ArchTest
  static final ArchRule coreUsesThePurePartsOfTheJdk =
      classes()
          .that()
          .resideInAPackage(ROOT + ".core..")
          .should()
          .onlyDependOnClassesThat(resideInAPackage(ROOT + ".core..").or(pure()))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule coreReadsNoClockAndThrowsNoDice =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".core..")
          .should()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(Math.class, "random")
          .orShould()
          .callMethod(UUID.class, "randomUUID")
          .orShould()
          .callMethod(RandomGenerator.class, "getDefault")
          .orShould()
          .callMethod(RandomGenerator.class, "of", String.class)
          .allowEmptyShould(true)
          .because("time and chance are arguments, so that a run can be repeated");

  @ArchTest
  static final ArchRule micronautStaysAtTheEdge =
      noClasses()
          .that(
              not(
                  resideInAnyPackage(
                      ROOT,
                      ROOT + ".http..",
                      ROOT + ".config..",
                      ROOT + ".cluster..",
                      ROOT + ".observability..",
                      ROOT + ".cli..",
                      ROOT + ".client..",
                      ROOT + ".replication.http..")))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.micronaut..")
          .allowEmptyShould(true);

  /** The package may use itself, the named parts of replog, and any library. */
  private static ArchRule mayUse(String part, String... others) {
    String[] allowed =
        Stream.concat(Stream.of(part), Stream.of(others))
            .map(name -> ROOT + "." + name + "..")
            .toArray(String[]::new);
    DescribedPredicate<JavaClass> elsewhere =
        resideInAPackage(ROOT + "..").and(not(resideInAnyPackage(allowed)));
    return noClasses()
        .that()
        .resideInAPackage(ROOT + "." + part + "..")
        .should()
        .dependOnClassesThat(elsewhere.as("reside elsewhere than in " + String.join(", ", allowed)))
        .allowEmptyShould(true);
  }

  private static DescribedPredicate<JavaClass> pure() {
    Set<String> packages =
        Set.of(
            "java.lang",
            "java.lang.annotation",
            "java.lang.invoke",
            "java.lang.runtime",
            "java.nio.charset",
            "java.util",
            "java.util.function",
            "java.util.stream",
            "org.jspecify.annotations");
    Set<String> types =
        Set.of(
            "java.nio.Buffer",
            "java.nio.BufferOverflowException",
            "java.nio.BufferUnderflowException",
            "java.nio.ByteBuffer",
            "java.nio.ByteOrder",
            "java.security.MessageDigest",
            "java.security.NoSuchAlgorithmException",
            "java.time.Duration",
            "java.util.random.RandomGenerator",
            "java.util.zip.CRC32C",
            "java.util.zip.Checksum");
    Set<String> impure =
        Set.of(
            "java.lang.Process",
            "java.lang.ProcessBuilder",
            "java.lang.Runtime",
            "java.lang.Thread",
            "java.lang.ThreadLocal",
            "java.util.Random",
            "java.util.Scanner",
            "java.util.Timer",
            "java.util.TimerTask");
    return describe(
        "are pure parts of the JDK",
        type -> {
          JavaClass base = type.getBaseComponentType();
          String name = base.getName();
          return base.isPrimitive()
              || types.contains(name)
              || (packages.contains(base.getPackageName())
                  && impure.stream().noneMatch(i -> name.equals(i) || name.startsWith(i + "$")));
        });
  }
}
