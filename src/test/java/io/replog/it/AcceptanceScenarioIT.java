package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A master and one secondary run, the other is configured and down: an append waits for exactly as
 * many copies as it asked for, and delays no other.
 */
class AcceptanceScenarioIT {
  private static final Duration AT_ONCE = Duration.ofSeconds(2);

  @RegisterExtension final Processes processes = Processes.ofOneTest();

  @Test
  void anAppendWaitsForTheSecondaryThatItNeedsWhenTheSecondariesAreDeclared() throws Exception {
    TestCluster cluster = TestCluster.with(processes).make();
    cluster.secondary(0).start();
    cluster.master().start();
    cluster.master().awaitReady();

    Set<Long> copies = play(cluster);

    assertThat(copies).as("copies, while the late one came").containsExactly(3L);
    assertThat(cluster.api().get("/secondaries").json().list("secondaries")).hasSize(2);
  }

  @Test
  void anAppendWaitsForTheSecondaryThatItNeedsWhenSecondariesRegisterThemselves() throws Exception {
    TestCluster cluster = TestCluster.with(processes).registering().make();
    cluster.secondary(0).start();
    cluster.secondary(0).awaitLive(); // it goes on trying until there is a master
    cluster.master().start();
    cluster.master().awaitReady();

    play(cluster);

    List<String> registered =
        cluster.api().get("/secondaries").expect(200).json().list("secondaries").stream()
            .map(secondary -> secondary.text("id") + " " + secondary.text("url"))
            .toList();
    assertThat(registered)
        .containsExactlyInAnyOrder(
            "secondary-0 " + cluster.secondary(0).url(),
            "secondary-1 " + cluster.secondary(1).url());
  }

  /** Returns how many copies the master counted, at any time while the late one came. */
  private static Set<Long> play(TestCluster cluster) throws Exception {
    NodeApi master = cluster.api();

    Answer first = master.append(Append.of("Msg1").w(1)).expect(201);
    assertThat(first.sequence()).isEqualTo(1);
    assertThat(first.header("Location"))
        .hasValueSatisfying(l -> assertThat(l).endsWith("/messages/1"));

    Answer second = master.append(Append.of("Msg2").w(2)).expect(201);
    assertThat(second.json().truth("satisfied")).isTrue();

    CompletableFuture<Answer> third = master.appendLater(Append.of("Msg3").w(3));
    Wait.until("Msg3 has its place", AT_ONCE, () -> master.lastSequence() == 3);

    Answer fourth = master.append(Append.of("Msg4").w(1)).expect(201);
    assertThat(fourth.took()).isLessThan(AT_ONCE);
    assertThat(third).as("Msg3, which waits for a third copy").isNotDone();
    Wait.until(
        "the secondary that runs has all four",
        AT_ONCE,
        () -> cluster.secondary(0).api().lastSequence() == 4);
    assertThat(third).as("Msg3, which waits for a third copy").isNotDone();

    cluster.secondary(1).start();
    Set<Long> copies = new HashSet<>();
    Wait.untilAsserted(
        "the late one votes under its name",
        TestNode.TO_START,
        () -> {
          copies.add(master.cluster().number("quorum", "copies"));
          assertThat(master.secondary("secondary-1").truth("voting")).isTrue();
        });
    Answer atLast = third.get(TestNode.TO_START.toSeconds(), TimeUnit.SECONDS).expect(201);
    assertThat(atLast.sequence()).isEqualTo(3);
    assertThat(atLast.json().list("copies"))
        .hasSize(3)
        .allSatisfy(copy -> assertThat(copy.truth("durable")).as("%s", copy).isTrue());

    cluster.secondary(1).awaitReady();
    for (TestNode node : cluster.nodes()) {
      Wait.untilAsserted(
          node.id() + " shows all four in order",
          AT_ONCE,
          () -> assertThat(node.api().messages()).containsExactly("Msg1", "Msg2", "Msg3", "Msg4"));
    }
    cluster.awaitWhole();
    cluster.assertEqualLogs();
    return copies;
  }
}
