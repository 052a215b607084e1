package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A force that fails once, in nodes that are the program as it is over a disk that does so when
 * told to. Nothing is acknowledged on its word, no file is forced again, the node says so, the
 * others go on as they are.
 */
class FailingForceIT {
  private static final Duration TO_NOTICE = Duration.ofSeconds(20);

  @TempDir static Path classes;
  @RegisterExtension final Processes processes = Processes.ofOneTest();

  /** Just these two classes: the others are tests, with beans of their own. */
  @BeforeAll
  static void copyClasses() throws IOException {
    Path from = Path.of("target", "test-classes", "io", "replog");
    Path to = Files.createDirectories(classes.resolve("io").resolve("replog"));
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        if (file.getFileName().toString().startsWith("FailingDisk")) {
          Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }

  @Test
  void aSecondaryAcknowledgesNothingMoreAndHoldsUpNobodyElse() throws IOException {
    TestCluster cluster = cluster(1);
    List<Long> pids = pids(cluster);
    TestNode failing = cluster.secondary(0);
    failNext(failing, "log/");

    cluster.api().append(Append.of("while it fails").w("majority")).expect(201);
    Answer all = cluster.api().append(Append.of("needs it").w("all").timeoutMs(1500)).expect(202);

    assertThat(all.json().truth("satisfied")).isFalse();
    awaitDiskFailed(failing);
    for (int i = 0; i < 20; i++) {
      cluster.api().append(Append.of("goes on " + i).w("majority")).expect(201);
    }
    assertThat(forces(failing)).singleElement().asString().startsWith("failed log/");
    assertThat(pids(cluster)).isEqualTo(pids);
    failing.process().stop();
    failing.start();
    cluster.awaitWhole();
    cluster.api().append(Append.of("all again").w("all")).expect(201);
    assertThat(cluster.api().messages()).hasSize(24).startsWith("before", "while it fails");
    cluster.assertEqualLogs();
  }

  @Test
  void aMasterHandsOverToItsStandby() throws IOException {
    TestCluster cluster = cluster(2);
    List<Long> pids = pids(cluster);
    TestNode failing = cluster.active();
    failNext(failing, "log/");

    Answer told = failing.api().append(Append.of("not on its disk").w(1).timeoutMs(1000));

    assertThat(told.status()).as("%s", told).isIn(201, 202, 503, 504);
    if (told.status() < 300) {
      assertThat(told.json().list("copies"))
          .as("a secondary's disk may have met w, its own has not: %s", told)
          .anySatisfy(
              copy -> {
                assertThat(copy.text("node")).isEqualTo(failing.id());
                assertThat(copy.truth("durable")).isFalse();
              });
    }
    awaitDiskFailed(failing);
    TestNode next = cluster.otherMaster(failing);
    awaitLeads(cluster, next);
    next.api().append(Append.of("led by another").w("majority")).expect(201);
    assertThat(forces(failing)).singleElement().asString().startsWith("failed log/");
    assertThat(pids(cluster)).isEqualTo(pids);
    failing.process().stop();
    failing.start();
    cluster.awaitWhole();
    assertThat(next.api().messages()).startsWith("before").endsWith("led by another");
    cluster.assertEqualLogs();
  }

  @Test
  void aMasterWhoseStateCannotBeWrittenHandsOverTooAndGoesOnToServeReads() throws IOException {
    TestCluster cluster = cluster(2);
    TestNode failing = cluster.active();
    List<Long> pids = pids(cluster);
    failNext(failing, "state");

    // a change of the configuration is written down before anybody hears of it
    failing.api().delete("/secondaries/" + cluster.secondary(1).id());

    awaitDiskFailed(failing);
    awaitLeads(cluster, cluster.otherMaster(failing));
    assertThat(forces(failing)).singleElement().asString().startsWith("failed state");
    assertThat(failing.api().messages()).startsWith("before");
    assertThat(pids(cluster)).isEqualTo(pids);
    cluster.otherMaster(failing).api().append(Append.of("goes on").w("majority")).expect(201);
  }

  private TestCluster cluster(int masters) {
    List<String> jvm = new ArrayList<>(ReplogProcess.SMALL);
    jvm.addAll(
        List.of(
            "-cp",
            ReplogProcess.jar() + File.pathSeparator + classes,
            "io.replog.FailingDiskNode"));
    TestCluster cluster = TestCluster.with(processes).masters(masters).jvm(jvm).make().start();
    cluster.active().api().append(Append.of("before").w("all")).expect(201);
    return cluster;
  }

  private static void failNext(TestNode node, String path) throws IOException {
    Files.writeString(beside(node, "-fails"), path);
  }

  private static List<String> forces(TestNode node) throws IOException {
    return Files.readAllLines(beside(node, "-forces"));
  }

  private static Path beside(TestNode node, String ending) {
    return node.data().resolveSibling(node.data().getFileName() + ending);
  }

  private static List<Long> pids(TestCluster cluster) {
    return cluster.nodes().stream()
        .filter(node -> node.process().isAlive())
        .map(node -> node.process().pid())
        .toList();
  }

  private static void awaitDiskFailed(TestNode node) {
    Wait.untilAsserted(
        node.id() + " says why",
        TO_NOTICE,
        () -> assertThat(node.api().cluster().text("modeReason")).isEqualTo("DISK_FAILED"));
  }

  private static void awaitLeads(TestCluster cluster, TestNode master) {
    Wait.untilAsserted(
        master.id() + " leads",
        TO_NOTICE,
        () -> {
          assertThat(cluster.active().id()).isEqualTo(master.id());
          assertThat(master.api().cluster().text("mode")).isEqualTo("READ_WRITE");
        });
  }
}
