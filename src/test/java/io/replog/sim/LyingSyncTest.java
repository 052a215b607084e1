package io.replog.sim;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.replog.core.AppendOutcome;
import io.replog.core.AppendOutcome.Appended;
import io.replog.core.AppendRequest;
import io.replog.core.Hash;
import io.replog.core.WriteConcern;
import io.replog.replication.PeerMessage;
import io.replog.replication.PeerMessage.Acknowledge;
import io.replog.replication.PeerMessage.Sync;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A master that asks for what no honest one asks for: a secondary neither does it nor ends. */
class LyingSyncTest {
  private boolean unacknowledged;
  private UnaryOperator<Sync> lie = UnaryOperator.identity();
  private int lies;
  private final SimClock clock = new SimClock(Trace.off());
  private final SimCluster cluster =
      SimCluster.ofThree(
          clock,
          3,
          new Sabotage() {
            @Override
            public List<PeerMessage> passing(
                SimCluster meddled, String from, String to, PeerMessage message) {
              if (message instanceof Sync sync && to.equals("secondary-0")) {
                Sync told = lie.apply(sync);
                lies += told.equals(sync) ? 0 : 1;
                return List.of(told);
              }
              boolean lost = unacknowledged && message instanceof Acknowledge;
              return lost ? List.of() : List.of(message);
            }
          });

  /** One append of three messages on all nodes, of which no master knows that it is committed. */
  @BeforeEach
  void threeUncommitted() {
    cluster.start();
    clock.run(Duration.ofSeconds(10));
    unacknowledged = true;
    append(new WriteConcern.Copies(1), "a", "b", "c");
    clock.run(Duration.ofMillis(500));
    assertThat(secondary().node().watermarks().lastSequence()).isEqualTo(3);
    assertThat(secondary().committed()).isZero();
    cluster.node("master-0").kill();
    unacknowledged = false;
  }

  @Test
  void noAppendIsCutInTwo() {
    lie =
        sync ->
            new Sync(
                sync.reign(),
                sync.basedOnSequence(),
                sync.basedOnHash(),
                2,
                secondary().directory().log().hashAt(2).orElseThrow(),
                sync.endSequence(),
                sync.endHash(),
                sync.membership(),
                sync.begin());
    theMasterComesBack();

    assertThat(secondary().node().watermarks().lastSequence()).isEqualTo(3);
    theTruthIsHeeded();
  }

  @Test
  void aLogThatEndsOtherwiseThanWasSaidIsNotSynced() {
    lie =
        sync ->
            new Sync(
                sync.reign(),
                sync.basedOnSequence(),
                sync.basedOnHash(),
                sync.commonSequence(),
                sync.commonHash(),
                sync.endSequence(),
                Hash.of(new byte[Hash.BYTES]),
                sync.membership(),
                sync.begin());
    theMasterComesBack();

    assertThat(secondary().state().logEpoch()).isLessThan(secondary().state().promisedEpoch());
    theTruthIsHeeded();
  }

  private void theMasterComesBack() {
    long incarnation = secondary().incarnation();
    cluster.node("master-0").start();
    clock.run(Duration.ofSeconds(5));
    assertThat(lies).isPositive();
    assertThat(secondary().up()).isTrue();
    assertThat(secondary().incarnation()).isEqualTo(incarnation);
  }

  private void theTruthIsHeeded() {
    lie = UnaryOperator.identity();
    clock.run(Duration.ofSeconds(10));
    List<AppendOutcome> outcomes = append(new WriteConcern.All(), "d");
    clock.run(Duration.ofSeconds(5));
    assertThat(outcomes)
        .singleElement()
        .isInstanceOfSatisfying(Appended.class, a -> assertThat(a.satisfied()).isTrue());
    assertThat(secondary().node().watermarks().lastSequence()).isEqualTo(4);
  }

  private List<AppendOutcome> append(WriteConcern concern, String... texts) {
    List<AppendOutcome> outcomes = new ArrayList<>();
    List<byte[]> messages = new ArrayList<>();
    for (String text : texts) {
      messages.add(text.getBytes(UTF_8));
    }
    var _ =
        cluster
            .node("master-0")
            .node()
            .append(new AppendRequest(messages, concern, false, null, null, null), outcomes::add);
    return outcomes;
  }

  private SimNode secondary() {
    return cluster.node("secondary-0");
  }
}
