package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A majority of the disks is gone for good, and an operator goes on from what is left. */
class RecoverIT {
  private static final Duration TO_NOTICE = Duration.ofSeconds(20);

  @RegisterExtension final Processes processes = Processes.ofOneTest();

  @Test
  void theMastersCopyGoesOnAloneAndNewDisksJoinIt() throws IOException {
    TestCluster cluster = TestCluster.with(processes).make().start();
    NodeApi master = cluster.api();
    String clusterId = master.cluster().text("clusterId");
    long epoch = master.cluster().number("epoch");
    for (String message : List.of("one", "two", "three")) {
      master.append(Append.of(message).w("all")).expect(201);
    }
    for (TestNode secondary : cluster.secondaries()) {
      secondary.process().kill();
      Processes.delete(secondary.data());
    }
    Wait.until(
        "the log is read-only", TO_NOTICE, () -> master.cluster().text("mode").equals("READ_ONLY"));
    master.append(Append.of("no quorum").w(1)).expectProblem(503, "no-quorum");
    assertThat(master.messages()).containsExactly("one", "two", "three");
    String data = cluster.master().data().toString();

    Processes.Finished inUse = processes.run("recover", data, "--accept-data-loss");
    assertThat(inUse.exitCode()).as("%s", inUse).isEqualTo(1);
    assertThat(inUse.err()).contains("is in use by process " + cluster.master().process().pid());

    cluster.master().process().stop();
    byte[] state = Files.readAllBytes(Path.of(data, "state"));
    Processes.Finished said = processes.run("recover", data);
    assertThat(said.exitCode()).as("%s", said).isEqualTo(1);
    assertThat(said.out())
        .contains(clusterId)
        .contains("last sequence  3")
        .contains("secondary-0, secondary-1")
        .contains("every entry above 3");
    assertThat(Files.readAllBytes(Path.of(data, "state"))).isEqualTo(state);

    Processes.Finished done =
        processes.run("recover", data, "--accept-data-loss", "--output", "json");
    assertThat(done.exitCode()).as("%s", done).isZero();
    Json report = Json.parse(done.out());
    assertThat(report.truth("recovered")).isTrue();
    assertThat(report.number("copy", "lastSequence")).isEqualTo(3);
    assertThat(report.text("forced", "node")).isEqualTo("master-0");

    cluster.master().start();
    awaitMode(cluster.master(), "READ_WRITE");
    Json now = master.cluster();
    assertThat(now.text("clusterId")).isEqualTo(clusterId);
    assertThat(now.number("epoch")).isGreaterThan(epoch + 1_000_000);
    assertThat(now.number("quorum", "majority")).isEqualTo(1);
    master.append(Append.of("four").w(1)).expect(201);

    cluster.secondaries().forEach(TestNode::start);
    cluster.awaitWhole();
    master.append(Append.of("five").w(3)).expect(201);
    cluster.assertEqualLogs();
    assertThat(cluster.secondary(1).api().messages())
        .containsExactly("one", "two", "three", "four", "five");

    // it is a cluster as any other: a restart is a takeover with a quorum
    cluster.master().process().kill();
    cluster.master().start();
    cluster.awaitWhole();
    master.append(Append.of("six").w("all")).expect(201);
    cluster.assertEqualLogs();
  }

  /**
   * Taken from a secondary that was behind, while those that were thought dead come back: they do
   * not lead, do not vote, and keep nobody from leading; what they had answered is not cut
   * silently.
   */
  @Test
  void thoseThatComeBackAreFencedAndAreNotCutBelowWhatTheyCommitted() {
    TestCluster cluster = TestCluster.with(processes).make().start();
    TestNode behind = cluster.secondary(0);
    TestNode ahead = cluster.secondary(1);
    cluster.api().append(Append.of("a").w("all")).expect(201);
    behind.process().stop();
    cluster.api().append(Append.of("b").w(2)).expect(201);
    Wait.until(
        "secondary-1 knows it as committed",
        TO_NOTICE,
        () -> ahead.api().cluster().number("committedSequence") == 2);
    cluster.master().process().kill();

    String[] recover = {"recover", behind.data().toString(), "--accept-data-loss"};
    Processes.Finished refused = processes.run(recover);
    assertThat(refused.exitCode()).as("%s", refused).isEqualTo(1);
    assertThat(refused.err()).contains("secondary-1").contains("--even-if-behind");
    ahead.process().stop();
    Processes.Finished done = processes.run(recover);
    assertThat(done.exitCode()).as("%s", done).isZero();
    TestNode master = recovered(cluster, behind);
    master.start();
    awaitMode(master, "READ_WRITE");
    master.api().append(Append.of("c").w(1)).expect(201);

    ahead.start();
    awaitState(master, "secondary-1", "DIVERGED");
    cluster.master().start();
    Wait.until(
        "the old master says why it does not lead",
        TestNode.TO_START,
        cluster.master().process(),
        () ->
            cluster
                .master()
                .process()
                .output()
                .contains("obeys a master with a forced configuration"));
    long epoch = master.api().cluster().number("epoch");
    assertThat(cluster.api().append(Append.of("old").w(1)).status()).isEqualTo(503);
    assertThat(ahead.api().messages()).containsExactly("a", "b");
    master.api().append(Append.of("d").w(1)).expect(201);
    assertThat(master.api().cluster().number("epoch")).isEqualTo(epoch);
    assertThat(cluster.master().process().output()).doesNotContain("active node=master-0");

    // with a store of the old line in reach, a restart still leads
    master.process().kill();
    master.start();
    awaitMode(master, "READ_WRITE");
    awaitState(master, "secondary-1", "DIVERGED");
    master.api().append(Append.of("e").w(1)).expect(201);

    // formatted anew it is a learner, and then a member
    ahead.process().stop();
    cluster.master().process().stop();
    Processes.delete(ahead.data());
    ahead.start();
    ahead.awaitReady();
    master.api().append(Append.of("f").w(2)).expect(201);
    assertThat(ahead.api().messages()).containsExactly("a", "c", "d", "e", "f");
  }

  /** The master that goes on from a secondary's directory, with the same secondaries. */
  private TestNode recovered(TestCluster cluster, TestNode from) {
    int port = Ports.free();
    String secondaries = cluster.secondary(0).url() + "," + cluster.secondary(1).url();
    ReplogProcess process =
        processes.add(
            "master-0 from " + from.id(),
            ReplogProcess.SMALL,
            List.of(
                "master",
                "--port",
                "" + port,
                "--data",
                from.data().toString(),
                "--secondaries",
                secondaries),
            Map.of());
    return new TestNode("master-0", port, from.data(), process, new NodeApi(TestNode.url(port)));
  }

  private static void awaitMode(TestNode node, String mode) {
    Wait.until(
        node.id() + " is " + mode,
        TestNode.TO_START,
        node.process(),
        () -> node.api().cluster().text("mode").equals(mode));
  }

  private static void awaitState(TestNode master, String secondary, String state) {
    Wait.until(
        secondary + " is " + state,
        TestNode.TO_START,
        master.process(),
        () ->
            master.api().cluster().list("nodes").stream()
                .anyMatch(
                    node ->
                        node.text("node").equals(secondary) && node.text("state").equals(state)));
  }
}
