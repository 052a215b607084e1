package io.replog.sim;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.replog.cluster.ClusterRecord;
import io.replog.core.AppendOutcome;
import io.replog.core.AppendRequest;
import io.replog.core.Refusal;
import io.replog.core.WriteConcern;
import io.replog.node.Node;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A cluster whose members are said from outside, founded by a record that anybody may write. */
class ToldClusterTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final WriteConcern ALL = new WriteConcern.All();

  private static ToldCluster founded(int masters, int secondaries) {
    ToldCluster cluster = new ToldCluster(7, masters, secondaries);
    for (int i = 0; i < masters; i++) {
      cluster.start("master-" + i);
    }
    for (int i = 0; i < secondaries; i++) {
      cluster.start("secondary-" + i);
    }
    assertVoting(cluster, secondaries);
    return cluster;
  }

  private static void assertVoting(ToldCluster cluster, int count) {
    assertThat(cluster.until(SOON, () -> cluster.voting().size() == count))
        .as("%d vote, but %s do:%n%s", count, cluster.voting(), cluster.story())
        .isTrue();
    for (int i = 0; i < count; i++) {
      assertThat(cluster.voting()).contains("secondary-" + i);
    }
  }

  private static AppendOutcome append(ToldCluster cluster, WriteConcern concern) {
    AtomicReference<AppendOutcome> outcome = new AtomicReference<>();
    Node master = cluster.active().node();
    AppendRequest request =
        new AppendRequest(List.of("m".getBytes(UTF_8)), concern, true, null, null, null);
    var _ = master.append(request, outcome::set);
    assertThat(cluster.until(SOON, () -> outcome.get() != null)).as(cluster.story()).isTrue();
    return outcome.get();
  }

  private static void assertAppends(ToldCluster cluster) {
    assertThat(append(cluster, ALL)).isInstanceOf(AppendOutcome.Appended.class);
  }

  @Test
  void theWantedSecondariesAreFoundByTheirAddressesAndVotedIn() {
    ToldCluster cluster = founded(1, 2);
    assertAppends(cluster);
    ClusterRecord record = cluster.records().record();
    assertThat(record.formed()).isTrue();
    assertThat(record.founder()).isEqualTo(cluster.node("master-0").state().store());
  }

  @Test
  void aLogIsBegunWithoutASecondaryThatNeverCame() {
    ToldCluster cluster = new ToldCluster(7, 1, 2);
    cluster.start("master-0", "secondary-1");
    assertThat(cluster.until(SOON, () -> cluster.active() != null)).as(cluster.story()).isTrue();
    assertThat(append(cluster, new WriteConcern.Copies(2)))
        .isInstanceOf(AppendOutcome.Appended.class);
    cluster.start("secondary-0");
    assertVoting(cluster, 2);
    assertAppends(cluster);
  }

  @Test
  void aWriteConcernAboveTheWantedCopiesIsRefused() {
    ToldCluster cluster = founded(1, 2);
    assertThat(append(cluster, new WriteConcern.Copies(4)))
        .isEqualTo(new AppendOutcome.Refused(new Refusal.TooManyCopies(4, 3)));
  }

  @Test
  void aStandingClusterGrowsAndShrinksByWhatIsWanted() {
    ToldCluster cluster = founded(1, 2);
    assertAppends(cluster);
    cluster.scale(4);
    assertVoting(cluster, 4);
    assertAppends(cluster);
    cluster.scale(2);
    assertVoting(cluster, 2);
    assertThat(
            cluster.until(
                SOON, () -> !cluster.node("secondary-2").up() && !cluster.node("secondary-3").up()))
        .as("both are let go:%n%s", cluster.story())
        .isTrue();
    assertAppends(cluster);
    assertThat(cluster.until(SOON, () -> cluster.active().node().cluster().nodes().size() == 2))
        .as(cluster.story())
        .isTrue();
  }

  @Test
  void twoOfFourThatAreToldToGoServeUntilTheyAreOut() {
    ToldCluster cluster = founded(1, 4);
    assertAppends(cluster);
    cluster.scale(2);
    while (cluster.node("secondary-2").up() || cluster.node("secondary-3").up()) {
      cluster.run(Duration.ofMillis(10));
      List<String> voting = cluster.voting();
      for (String id : List.of("secondary-2", "secondary-3")) {
        assertThat(cluster.node(id).up() || !voting.contains(id))
            .as("%s went while it voted:%n%s", id, cluster.story())
            .isTrue();
      }
    }
    assertAppends(cluster);
  }

  @Test
  void oneThatIsStillWantedStopsAtOnceAndKeepsItsSeat() {
    ToldCluster cluster = founded(1, 2);
    cluster.terminate("secondary-1");
    assertThat(cluster.until(Duration.ofSeconds(1), () -> !cluster.node("secondary-1").up()))
        .as(cluster.story())
        .isTrue();
    cluster.run(Duration.ofMinutes(1));
    assertThat(cluster.active().state().membership().newest().seat("secondary-1")).isPresent();
    assertThat(cluster.voting()).contains("secondary-1");
    cluster.start("secondary-1");
    assertAppends(cluster);
  }

  @Test
  void theOrderToGoThatOvertakesTheNewNumberIsCheckedFirst() {
    ToldCluster cluster = founded(1, 3);
    cluster.run(Duration.ofMillis(2100));
    // what the master knows is as old as it can be, and the secondary asks at once
    cluster.scale(2);
    assertThat(cluster.until(SOON, () -> !cluster.node("secondary-2").up()))
        .as(cluster.story())
        .isTrue();
    assertThat(cluster.voting()).containsExactly("secondary-0", "secondary-1");
  }

  @Test
  void oneThatIsDeadAndNotWantedIsTakenOut() {
    ToldCluster cluster = founded(1, 4);
    cluster.node("secondary-3").kill();
    cluster.node("secondary-2").kill();
    cluster.scale(2);
    assertVoting(cluster, 2);
    assertAppends(cluster);
  }

  @Test
  void nobodyLeavesBecauseNobodySaysAnything() {
    ToldCluster cluster = founded(1, 2);
    cluster.outsideUp(false);
    cluster.run(Duration.ofSeconds(30));
    assertAppends(cluster);
    var discovery = cluster.active().node().cluster().discovery();
    assertThat(discovery.up()).isFalse();
    assertThat(discovery.lastSuccessMs()).isBetween(28_000L, 33_000L);
    assertThat(cluster.active().node().ready()).isTrue();

    cluster.node("secondary-0").kill();
    cluster.run(Duration.ofSeconds(10));
    cluster.start("secondary-0");
    assertAppends(cluster);

    cluster.outsideUp(true);
    cluster.scale(3);
    assertVoting(cluster, 3);
    assertThat(cluster.active().node().cluster().discovery().up()).isTrue();
  }

  @Test
  void oneThatAsksToGoWhileNobodySaysAnythingMayGo() {
    ToldCluster cluster = founded(1, 2);
    cluster.outsideUp(false);
    cluster.terminate("secondary-1");
    assertThat(cluster.until(Duration.ofSeconds(5), () -> !cluster.node("secondary-1").up()))
        .as(cluster.story())
        .isTrue();
    assertThat(cluster.voting()).contains("secondary-1");
  }

  @Test
  void oneThatAsksToGoWhileNoMasterIsThereGoes() {
    ToldCluster cluster = founded(1, 2);
    cluster.node("master-0").kill();
    cluster.terminate("secondary-1");
    assertThat(cluster.until(Duration.ofSeconds(5), () -> !cluster.node("secondary-1").up()))
        .as(cluster.story())
        .isTrue();
  }

  @Test
  void aMasterComesUpWithWhatItsDiskKnows() {
    ToldCluster cluster = founded(1, 2);
    cluster.node("master-0").kill();
    cluster.outsideUp(false);
    cluster.start("master-0");
    // the seats name addresses of which only a name service knows more
    cluster.run(Duration.ofSeconds(5));
    assertThat(cluster.node("master-0").node().cluster().nodes())
        .extracting(node -> node.node())
        .containsExactly("secondary-0", "secondary-1");
    cluster.outsideUp(true);
    assertVoting(cluster, 2);
    assertAppends(cluster);
  }

  @Test
  void anEmptyMasterThatCannotReadTheRecordWaitsAndSaysForWhat() {
    ToldCluster cluster = new ToldCluster(7, 1, 2);
    cluster.outsideUp(false);
    cluster.start("master-0", "secondary-0", "secondary-1");
    cluster.run(Duration.ofMinutes(2));
    assertThat(cluster.active()).isNull();
    assertThat(cluster.node("master-0").state().clusterId()).isNull();
    assertThat(cluster.node("master-0").node().ready()).isFalse();
    assertThat(cluster.node("master-0").node().cluster().discovery().detail())
        .contains("the cluster record (memory): taken away");
    cluster.outsideUp(true);
    assertVoting(cluster, 2);
  }

  @Test
  void anEmptyMasterJoinsTheClusterThatTheRecordNames() {
    ToldCluster cluster = founded(1, 2);
    assertAppends(cluster);
    UUID before = cluster.node("master-0").state().clusterId();
    cluster.node("master-0").kill();
    cluster.node("master-0").loseDisk();
    cluster.start("master-0");
    assertThat(cluster.until(SOON, () -> cluster.active() != null)).as(cluster.story()).isTrue();
    assertThat(cluster.node("master-0").state().clusterId()).isEqualTo(before);
    assertThat(cluster.active().node().watermarks().lastSequence()).isEqualTo(1);
    assertAppends(cluster);
  }

  @Test
  void anEmptyMasterNeverFoundsBesideAFormedRecordWhoeverIsAway() {
    ToldCluster cluster = founded(1, 2);
    assertAppends(cluster);
    cluster.node("master-0").kill();
    cluster.node("master-0").loseDisk();
    cluster.node("secondary-0").kill();
    cluster.node("secondary-1").kill();
    cluster.node("secondary-1").loseDisk();
    cluster.start("master-0", "secondary-1");
    cluster.run(Duration.ofMinutes(2));
    assertThat(cluster.active()).isNull();
    cluster.start("secondary-0");
    cluster.run(Duration.ofMinutes(1));
    assertThat(cluster.records().history()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void ofTwoEmptyMastersOneFounds(long seed) {
    ToldCluster cluster = new ToldCluster(seed, 2, 3);
    cluster.start("master-0", "master-1", "secondary-0", "secondary-1", "secondary-2");
    assertVoting(cluster, 3);
    assertAppends(cluster);
    assertThat(cluster.records().history()).extracting(ClusterRecord::clusterId).hasSize(2);
    UUID founded = cluster.records().record().clusterId();
    assertThat(
            cluster.until(
                SOON,
                () ->
                    founded.equals(cluster.node("master-0").state().clusterId())
                        && founded.equals(cluster.node("master-1").state().clusterId())))
        .as(cluster.story())
        .isTrue();
  }

  /** The founder dies with its disk before it made the record formed. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void aFoundingThatWasNotFinishedIsTakenOver(long seed) {
    ToldCluster cluster = new ToldCluster(seed, 2, 2);
    cluster.start("master-0", "secondary-0", "secondary-1");
    assertThat(cluster.until(SOON, () -> cluster.records().record() != null)).isTrue();
    assertThat(cluster.records().record().formed()).isFalse();
    cluster.run(Duration.ofMillis(seed % 4));
    cluster.node("master-0").kill();
    cluster.node("master-0").loseDisk();
    if (cluster.records().record().formed()) {
      return; // it was formed before it could be stopped, which is another story
    }
    UUID first = cluster.records().record().clusterId();
    cluster.start("master-1");
    assertVoting(cluster, 2);
    assertAppends(cluster);
    assertThat(cluster.records().record().clusterId()).isEqualTo(first);
    assertThat(cluster.records().record().node()).isEqualTo("master-1");
    assertThat(cluster.records().record().epoch()).isGreaterThan(1);
  }

  @Test
  void aFounderThatLostTheFoundingJoinsAndNeverLeadsByIt() {
    ToldCluster cluster = new ToldCluster(3, 2, 2);
    cluster.start("master-0", "secondary-0", "secondary-1");
    assertThat(cluster.until(SOON, () -> cluster.records().record() != null)).isTrue();
    cluster.run(Duration.ofMillis(1));
    cluster.node("master-0").kill();
    cluster.start("master-1");
    assertVoting(cluster, 2);
    assertAppends(cluster);
    cluster.start("master-0");
    cluster.run(Duration.ofSeconds(20));
    assertThat(cluster.active().id()).isEqualTo("master-1");
    assertThat(cluster.node("master-0").state().incumbentEpoch()).isZero();
    assertThat(cluster.node("master-0").state().membership().newest().version()).isLessThan(2);

    cluster.node("master-1").kill();
    assertThat(cluster.until(SOON, () -> cluster.active() != null)).as(cluster.story()).isTrue();
    assertAppends(cluster);
  }

  @Test
  void aRecordThatWasDeletedIsWrittenAgainByTheMasterThatLeads() {
    ToldCluster cluster = founded(1, 2);
    cluster.node("master-0").kill();
    cluster.records().clear();
    cluster.start("master-0");
    assertVoting(cluster, 2);
    assertThat(cluster.until(SOON, () -> cluster.records().record() != null)).isTrue();
    assertThat(cluster.records().record().formed()).isTrue();
    assertThat(cluster.records().record().clusterId())
        .isEqualTo(cluster.node("master-0").state().clusterId());
  }

  private static void takeAllDown(ToldCluster cluster, String... wiped) {
    for (String id : List.of("master-0", "secondary-0", "secondary-1")) {
      cluster.node(id).kill();
    }
    for (String id : wiped) {
      cluster.node(id).loseDisk();
    }
    cluster.records().installAnew();
  }

  @Test
  void anInstallationWhoseDataIsAllGoneBeginsANewLog() {
    ToldCluster cluster = founded(1, 2);
    assertAppends(cluster);
    UUID before = cluster.records().record().clusterId();
    takeAllDown(cluster, "master-0", "secondary-0", "secondary-1");
    cluster.start("master-0", "secondary-0");
    cluster.run(Duration.ofMinutes(1));
    assertThat(cluster.active()).as("one secondary may still have the log").isNull();
    cluster.start("secondary-1");
    assertVoting(cluster, 2);
    assertThat(cluster.records().record().clusterId()).isNotEqualTo(before);
    assertThat(cluster.records().record().formed()).isTrue();
    assertThat(cluster.active().node().watermarks().lastSequence()).isZero();
  }

  @Test
  void anInstallationThatHasOneSecondarysDataGoesOn() {
    ToldCluster cluster = founded(1, 2);
    assertAppends(cluster);
    UUID before = cluster.records().record().clusterId();
    takeAllDown(cluster, "secondary-0");
    cluster.start("master-0", "secondary-0", "secondary-1");
    assertVoting(cluster, 2);
    assertThat(cluster.records().record().clusterId()).isEqualTo(before);
    assertThat(cluster.active().node().watermarks().lastSequence()).isEqualTo(1);
    assertThat(cluster.until(SOON, () -> !cluster.records().record().leftOver()))
        .as("the record is of the present installation again")
        .isTrue();
  }

  @Test
  void allDataThatIsGoneInOneInstallationIsNotTakenForANewOne() {
    ToldCluster cluster = founded(1, 2);
    assertAppends(cluster);
    for (String id : List.of("master-0", "secondary-0", "secondary-1")) {
      cluster.node(id).kill();
      cluster.node(id).loseDisk();
      cluster.start(id);
    }
    cluster.run(Duration.ofMinutes(2));
    assertThat(cluster.active()).isNull();
  }

  @Test
  void aMasterWithoutSecondariesTakesAppendsAndGetsSomeLater() {
    ToldCluster cluster = new ToldCluster(7, 1, 0);
    cluster.start("master-0");
    assertThat(cluster.until(SOON, () -> cluster.active() != null)).as(cluster.story()).isTrue();
    assertAppends(cluster);
    cluster.scale(2);
    assertVoting(cluster, 2);
    assertAppends(cluster);
  }
}
