package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A file system with no room left, and with room again; where a test may mount a small one. */
class DiskFullIT {
  private static final Duration TO_NOTICE = Duration.ofSeconds(20);
  private static final String LARGE = "x".repeat(900_000);

  @RegisterExtension final Processes processes = Processes.ofOneTest();

  private final List<Path> mounted = new ArrayList<>();

  @AfterEach
  void unmount() throws Exception {
    processes.endAll();
    for (Path directory : mounted) {
      run("umount", "-l", directory.toString());
    }
  }

  @Test
  void aMasterWithoutRoomRefusesReadsOnAndTakesAppendsAgainByItself() throws Exception {
    TestCluster cluster = TestCluster.with(processes).make();
    mount(cluster.master().data());
    cluster.start();
    cluster.awaitWhole();
    cluster.api().append(Append.of("before").w("all")).expect(201);
    Path filler = fill(cluster.master().data());

    int taken = 0;
    Answer answer = cluster.api().append(Append.of(LARGE).w(1));
    while (answer.status() == 201) {
      taken++;
      assertThat(taken).isLessThan(10);
      answer = cluster.api().append(Append.of(LARGE).w(1));
    }

    answer.expectProblem(507, "disk-full");
    Wait.untilAsserted(
        "the master says why",
        TO_NOTICE,
        () -> {
          Json now = cluster.api().cluster();
          assertThat(now.text("mode")).isEqualTo("READ_ONLY");
          assertThat(now.text("modeReason")).isEqualTo("DISK_FULL");
        });
    assertThat(cluster.api().messages()).hasSize(1 + taken).startsWith("before");
    Files.delete(filler);
    Wait.until(
        "appends are taken again",
        TO_NOTICE,
        cluster.master().process(),
        () -> cluster.api().append(Append.of("after").w("all")).status() == 201);
    assertThat(cluster.api().messages()).hasSize(2 + taken).endsWith("after");
    cluster.assertEqualLogs();
  }

  @Test
  void aSecondaryWithoutRoomHoldsUpOnlyWhoNeedsItAndCatchesUpByItself() throws Exception {
    TestCluster cluster = TestCluster.with(processes).make();
    TestNode small = cluster.secondary(0);
    mount(small.data());
    cluster.start();
    cluster.awaitWhole();
    Path filler = fill(small.data());
    for (int i = 0; i < 3; i++) {
      cluster.api().append(Append.of(LARGE).w("majority")).expect(201);
    }

    CompletableFuture<Answer> all = cluster.api().appendLater(Append.of("needs it").w("all"));
    cluster.api().append(Append.of("does not").w("majority")).expect(201);
    Wait.untilAsserted(
        "the secondary says why",
        TO_NOTICE,
        () -> assertThat(small.api().cluster().text("modeReason")).isEqualTo("DISK_FULL"));
    assertThat(all).isNotDone();
    assertThat(small.api().messages().size()).isLessThan(5);

    Files.delete(filler);

    all.get(TO_NOTICE.toSeconds(), TimeUnit.SECONDS).expect(201);
    cluster.awaitWhole();
    cluster.assertEqualLogs();
  }

  private void mount(Path directory) throws Exception {
    Files.createDirectories(directory);
    int exit = run("mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", directory.toString());
    assumeTrue(exit == 0, "no file system may be mounted here");
    mounted.add(directory);
  }

  private static int run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor();
  }

  /** Takes all the room there is. */
  private static Path fill(Path directory) throws IOException {
    Path filler = directory.resolve("filler");
    try (OutputStream out = Files.newOutputStream(filler)) {
      byte[] page = new byte[4096];
      while (true) {
        out.write(page);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left");
    }
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.map(Path::getFileName).map(Path::toString)).contains("reserve");
    }
    return filler;
  }
}
