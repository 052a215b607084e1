package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * How many nodes of which kind a cluster survives (protocol, <i>Quorums</i>), by number of copies.
 * Nodes go by SIGSTOP, which is the same to the others as their death, or by kill -9; one more than
 * may be lost makes the log read-only, with the reason, until enough are back. A standby is there
 * in each case, since without one the loss of the master ends appends.
 */
class SurvivalIT {
  private static final Duration TO_NOTICE = Duration.ofSeconds(20);

  @RegisterExtension final Processes processes = Processes.ofOneTest();

  private TestCluster cluster;
  private int appended;

  @Test
  void ofThreeCopiesAnyOneMayBeLost() {
    start(2);
    survives(cluster.active());
    survives(cluster.secondary(0));
    noMasterLeadsWithout(cluster.active(), cluster.secondary(1));
    endEqual();
  }

  @Test
  void ofFourCopiesAnySecondaryMayBeLostOrTheMasterAndASecondary() {
    start(3);
    survives(cluster.active(), cluster.secondary(0));
    survives(cluster.secondary(2));
    readOnlyWithout(cluster.secondary(0), cluster.secondary(1));
    noMasterLeadsWithout(cluster.active(), cluster.secondary(1), cluster.secondary(2));
    endEqual();
  }

  @Test
  void ofFiveCopiesAnyTwoMayBeLost() {
    start(4);
    survives(cluster.secondary(0), cluster.secondary(1));
    survives(cluster.active(), cluster.secondary(2));
    readOnlyWithout(cluster.secondary(0), cluster.secondary(2), cluster.secondary(3));
    noMasterLeadsWithout(cluster.active(), cluster.secondary(0), cluster.secondary(1));
    lostForGoodWithAnEntryOfOneSecondary(cluster.active());
    endEqual();
  }

  /** What only the lost master and one secondary had is cut there, and reported there. */
  private void lostForGoodWithAnEntryOfOneSecondary(TestNode lost) {
    TestNode witness = cluster.secondary(0);
    String others =
        cluster.secondaries().stream()
            .filter(node -> !node.equals(witness))
            .map(node -> '"' + node.id() + '"')
            .collect(Collectors.joining(","));
    lost.api().put("/faults", "{\"partitionedFrom\":[%s]}".formatted(others)).expect(200);
    Answer alone = lost.api().append(Append.of("of one copy").w(1)).expect(201);
    Wait.until(
        witness.id() + " has it",
        TO_NOTICE,
        () -> witness.api().lastSequence() == alone.sequence());
    witness.process().pause();
    lost.process().kill();
    Processes.delete(lost.data());
    append(cluster.otherMaster(lost));

    witness.process().resume();
    lost.start();
    cluster.awaitWhole();
    assertThat(RolledBackIT.rolledBack(witness)).containsExactly("of one copy");
    assertThat(witness.process().output()).contains("rolled back node=" + witness.id());
  }

  private void start(int secondaries) {
    cluster =
        TestCluster.with(processes).masters(2).secondaries(secondaries).faults().make().start();
    append(cluster.master());
  }

  /** Appends go on without these nodes, at a master that is left. */
  private void survives(TestNode... lost) {
    TestNode left = takeAway(lost);
    append(left);
    assertThat(left.api().cluster().text("mode")).isEqualTo("READ_WRITE");
    bringBack(lost);
  }

  /** The master is there and leads, and too few secondaries are. */
  private void readOnlyWithout(TestNode... lost) {
    TestNode active = takeAway(lost);
    Wait.untilAsserted(
        active.id() + " says that it is read-only, and why",
        TO_NOTICE,
        () -> {
          Json seen = active.api().cluster();
          assertThat(seen.text("mode")).as("%s", seen).isEqualTo("READ_ONLY");
          assertThat(seen.text("modeReason")).as("%s", seen).isEqualTo("NO_QUORUM");
        });
    refused(active, "no-quorum");
    comesBackWith(active, lost);
  }

  /** The master is lost too, and too few secondaries are left for another one. */
  private void noMasterLeadsWithout(TestNode... lost) {
    TestNode standby = takeAway(lost);
    Wait.untilAsserted(
        standby.id() + " knows of no master",
        TO_NOTICE,
        () -> {
          Json seen = standby.api().cluster();
          assertThat(seen.text("modeReason")).as("%s", seen).isEqualTo("NOT_ACTIVE");
          assertThat(seen.has("active")).as("%s", seen).isFalse();
        });
    refused(standby, "not-active");
    comesBackWith(standby, lost);
  }

  private static void refused(TestNode master, String problem) {
    Answer answer = master.api().append(Append.of("refused").w("majority"));
    answer.expectProblem(503, problem);
    assertThat(answer.header("Retry-After")).isPresent();
    assertThat(master.api().messages()).as("reads go on").doesNotContain("refused");
  }

  /** With the last of them alone, and then with all. */
  private void comesBackWith(TestNode master, TestNode... lost) {
    TestNode first = lost[lost.length - 1];
    first.process().resume();
    append(master);
    for (TestNode node : lost) {
      if (!node.equals(first)) {
        node.process().resume();
      }
    }
    cluster.awaitWhole();
  }

  /** Returns a master that is left. */
  private TestNode takeAway(TestNode... lost) {
    List<TestNode> gone = List.of(lost);
    TestNode active = cluster.active();
    gone.forEach(node -> node.process().pause());
    return gone.contains(active) ? cluster.otherMaster(active) : active;
  }

  private void bringBack(TestNode... lost) {
    List.of(lost).forEach(node -> node.process().resume());
    cluster.awaitWhole();
  }

  /** Asks again with the same key until it is answered: once in the log, however often asked. */
  private void append(TestNode master) {
    String message = "message " + appended++;
    Append append = Append.of(message).w("majority").timeoutMs(2000).key(message);
    Wait.until(
        message + " is answered by " + master.id(),
        TO_NOTICE,
        () -> {
          try {
            return master.api().append(append, Duration.ofSeconds(4)).status() == 201;
          } catch (UncheckedIOException e) {
            return false;
          }
        });
  }

  private void endEqual() {
    cluster.awaitWhole();
    cluster.assertEqualLogs();
    List<String> expected =
        new ArrayList<>(IntStream.range(0, appended).mapToObj(i -> "message " + i).toList());
    assertThat(cluster.active().api().messages()).isEqualTo(expected);
  }
}
