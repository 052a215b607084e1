package io.replog.sim;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.replog.core.AppendOutcome;
import io.replog.core.AppendRequest;
import io.replog.core.WriteConcern;
import io.replog.node.Node.VerifyReport;
import io.replog.replication.PeerMessage;
import io.replog.replication.PeerMessage.HashAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The comparison of all logs, where answers are lost and where the master stands still. */
class VerificationTest {
  private boolean mute;
  private final List<VerifyReport> reports = new ArrayList<>();
  private final SimClock clock = new SimClock(Trace.off());
  private final SimCluster cluster =
      SimCluster.ofThree(
          clock,
          5,
          new Sabotage() {
            @Override
            public List<PeerMessage> passing(
                SimCluster meddled, String from, String to, PeerMessage message) {
              return mute && message instanceof HashAnswer ? List.of() : List.of(message);
            }
          });

  @BeforeEach
  void oneEntry() {
    cluster.start();
    clock.run(Duration.ofSeconds(10));
    List<AppendOutcome> outcomes = new ArrayList<>();
    var request =
        new AppendRequest(
            List.of("a".getBytes(UTF_8)), new WriteConcern.All(), true, null, null, null);
    cluster.node("master-0").node().append(request, outcomes::add);
    clock.run(Duration.ofSeconds(1));
    assertThat(outcomes).hasSize(1);
  }

  @Test
  void aRequestIsAnsweredByWhatWasAskedAfterItCame() {
    mute = true;
    verify();
    clock.run(Duration.ofSeconds(1));
    mute = false;
    verify();
    verify();
    clock.run(Duration.ofSeconds(5));

    assertThat(reports).extracting(VerifyReport::equal).containsExactly(false, true, true);
    assertThat(reports.getFirst().nodes())
        .hasSize(2)
        .allSatisfy(node -> assertThat(node.equal()).isNull());
  }

  @Test
  void aPauseOfTheMasterIsNotHeldAgainstTheOthers() {
    SimNode master = cluster.node("master-0");
    verify();
    clock.run(Duration.ofNanos(1));
    master.pause();
    clock.run(Duration.ofSeconds(3).plusMillis(500));
    master.resume();
    clock.run(Duration.ofSeconds(5));

    assertThat(reports).extracting(VerifyReport::equal).containsExactly(true);
  }

  private void verify() {
    cluster.node("master-0").node().verify(reports::add);
  }
}
