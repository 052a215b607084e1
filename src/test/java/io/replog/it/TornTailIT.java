package io.replog.it;

import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Files that lost their end, files that were damaged, and the verifier's word on them. */
class TornTailIT {
  private static final Duration TO_REFUSE = Duration.ofSeconds(20);

  @RegisterExtension final Processes processes = Processes.ofOneTest();

  private TestCluster cluster;

  @BeforeEach
  void appendSome() {
    cluster = TestCluster.with(processes).make().start();
    for (int batch = 0; batch < 20; batch++) {
      int number = batch;
      List<String> messages =
          IntStream.range(0, 10).mapToObj(i -> "message " + number + "." + i).toList();
      cluster.api().append(Append.batch(messages).w("all")).expect(201);
    }
  }

  @Test
  void aSecondaryWhoseLogLostItsTailIsFedAgainAndVotesAgain() throws IOException {
    TestNode secondary = cluster.secondary(0);
    assertThat(secondary.process().stop()).as("exit code after SIGTERM").isIn(0, 143);
    Path segment = SegmentFiles.last(secondary);
    long size = Files.size(segment);
    truncate(segment, size - 17);
    cluster.api().append(Append.of("while it is away").w("majority")).expect(201);

    secondary.start();

    cluster.awaitWhole();
    cluster.assertEqualLogs();
    assertThat(Files.size(segment)).isGreaterThan(size);
    assertThat(secondary.api().messages()).hasSize(201).endsWith("while it is away");
  }

  @Test
  void aSecondaryWithGarbageBehindItsLogCutsItAndGoesOn() throws IOException {
    TestNode secondary = cluster.secondary(0);
    secondary.process().kill();
    Path segment = SegmentFiles.last(secondary);
    long size = Files.size(segment);
    try (FileChannel file = FileChannel.open(segment, WRITE)) {
      file.write(
          ByteBuffer.wrap(
              "half of a frame that was being written"
                  .getBytes(java.nio.charset.StandardCharsets.UTF_8)),
          size);
    }

    secondary.start();

    cluster.awaitWhole();
    cluster.api().append(Append.of("goes on").w("all")).expect(201);
    cluster.assertEqualLogs();
  }

  @Test
  void damageInTheMiddleIsPutBackFromTheOthersAndTheNodeIsWhatItWas() throws IOException {
    TestNode secondary = cluster.secondary(1);
    secondary.process().stop();
    assertThat(processes.run("verify", secondary.data().toString()).exitCode())
        .as("verify before the damage")
        .isZero();
    String state = Files.readString(secondary.data().resolve("state"));
    Path segment = SegmentFiles.last(secondary);
    byte[] before = Files.readAllBytes(segment);
    long middle = before.length / 2;
    SegmentFiles.flip(segment, middle);
    Processes.Finished verified = processes.run("verify", secondary.data().toString());
    assertThat(verified.exitCode()).isEqualTo(1);
    assertNamesTheDamage(verified.out() + verified.err(), segment, middle);

    secondary.start();

    cluster.awaitWhole();
    cluster.assertEqualLogs();
    assertNamesTheDamage(secondary.process().output(), segment, middle);
    assertThat(secondary.process().output()).contains("damage repaired");
    secondary.process().stop();
    assertThat(Files.readAllBytes(segment)).isEqualTo(before);
    assertThat(Files.readString(secondary.data().resolve("state")))
        .as("the store is the one that voted before")
        .contains(line(state, "store"));
    Processes.Finished sound = processes.run("verify", secondary.data().toString());
    assertThat(sound.exitCode()).as("%s", sound).isZero();
    assertThat(sound.out()).contains("200");
    assertThat(sound.out())
        .contains(cluster.api().get("/hash/200").expect(200).json().text("hash"));
  }

  @Test
  void aMasterWhoseLogIsDamagedRefillsItFromItsSecondaries() throws IOException {
    TestNode master = cluster.master();
    master.process().stop();
    Path segment = SegmentFiles.last(master);
    long middle = Files.size(segment) / 2;
    SegmentFiles.flip(segment, middle);

    master.start();

    cluster.awaitWhole();
    assertThat(master.process().output()).contains("damage repaired");
    cluster.api().append(Append.of("goes on").w("all")).expect(201);
    cluster.assertEqualLogs();
  }

  @Test
  void aloneADamagedNodeStopsWithFileAndOffsetAndChangesNothing() throws IOException {
    for (TestNode node : cluster.nodes()) {
      node.process().stop();
    }
    for (TestNode node : List.of(cluster.master(), cluster.secondary(0))) {
      Path segment = SegmentFiles.last(node);
      long middle = Files.size(segment) / 2;
      SegmentFiles.flip(segment, middle);
      byte[] before = Files.readAllBytes(segment);

      node.start();

      assertThat(node.process().awaitExit(TO_REFUSE)).isEqualTo(1);
      assertNamesTheDamage(node.process().output(), segment, middle);
      assertThat(Files.readAllBytes(segment)).isEqualTo(before);
    }
  }

  private static String line(String state, String key) {
    return state.lines().filter(line -> line.startsWith(key + "=")).findFirst().orElseThrow();
  }

  /** The offset is that of the frame, which begins at most a frame before the bad byte. */
  private static void assertNamesTheDamage(String output, Path segment, long at) {
    assertThat(output).contains(segment.getFileName().toString());
    List<Long> numbers =
        Stream.of(output.split("\\D+", -1))
            .filter(number -> !number.isEmpty() && number.length() < 10)
            .map(Long::valueOf)
            .toList();
    assertThat(numbers)
        .as("an offset near %d in: %s", at, output)
        .anySatisfy(number -> assertThat(number).isBetween(at - 2000, at));
  }

  private static void truncate(Path file, long size) throws IOException {
    try (FileChannel channel = FileChannel.open(file, WRITE)) {
      channel.truncate(size);
    }
  }
}
