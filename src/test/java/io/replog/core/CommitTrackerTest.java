package io.replog.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CommitTrackerTest {
  private static final UUID A = new UUID(0, 1);
  private static final UUID B = new UUID(0, 2);
  private static final UUID LEARNER = new UUID(0, 3);
  private static final WriteConcern MAJORITY = new WriteConcern.Majority();
  private static final WriteConcern ALL = new WriteConcern.All();

  private final CommitTracker<String> tracker = tracker(seat("a", A), seat("b", B));

  @Test
  void oneCopyIsTheMastersOwn() {
    tracker.register(1, copies(1), false, "stored");
    tracker.register(1, copies(1), true, "durable");

    tracker.masterHas(1, 0);
    assertThat(answered()).containsExactly("stored");
    tracker.masterHas(1, 1);
    assertThat(answered()).containsExactly("durable");
  }

  @Test
  void aWaitingAppendDelaysNoOtherWhoseConcernIsMet() {
    tracker.register(1, copies(3), true, "needs three");
    tracker.register(2, copies(1), true, "needs one");
    tracker.register(3, MAJORITY, true, "needs two");

    tracker.masterHas(3, 3);
    tracker.acknowledged("a", A, 3, 3);

    assertThat(answered()).containsExactly("needs one", "needs two");
    tracker.acknowledged("b", B, 1, 1);
    assertThat(answered()).containsExactly("needs three");
  }

  @Test
  void journalledAppendsCountOnlyWhatIsOnDisk() {
    tracker.register(1, MAJORITY, true, "durable");
    tracker.register(1, MAJORITY, false, "stored");

    tracker.masterHas(1, 1);
    tracker.acknowledged("a", A, 1, 0);

    assertThat(answered()).containsExactly("stored");
    assertThat(tracker.committed()).isZero();
    tracker.acknowledged("a", A, 1, 1);
    assertThat(answered()).containsExactly("durable");
    assertThat(tracker.committed()).isEqualTo(1);
  }

  @Test
  void aLearnerCountsForANumberButForNoMajority() {
    tracker.register(1, copies(2), true, "two copies");
    tracker.register(1, MAJORITY, true, "majority");
    tracker.masterHas(1, 1);

    tracker.acknowledged("learner", LEARNER, 1, 1);

    assertThat(answered()).isEmpty();
    tracker.acknowledged("a", A, 1, 1);
    assertThat(answered()).containsExactly("two copies", "majority");
  }

  @Test
  void whatIsSignedForOneEntryAnswersThatOneAlone() {
    WriteConcern certified = new WriteConcern.Certified();
    tracker.register(1, certified, true, "first");
    tracker.register(2, certified, true, "second");
    tracker.register(3, certified, true, "third");
    tracker.register(2, certified, true, "second again");
    tracker.masterHas(3, 3);
    assertThat(tracker.uncertified(10)).isEmpty();

    tracker.acknowledged("a", A, 2, 2);
    assertThat(tracker.committed()).isEqualTo(2);
    assertThat(answered()).isEmpty();
    assertThat(tracker.uncertified(10)).containsExactly(1L, 2L);
    assertThat(tracker.uncertified(1)).containsExactly(1L);

    tracker.certified(2);
    assertThat(answered()).containsExactly("second", "second again");
    assertThat(tracker.uncertified(10)).containsExactly(1L);
    assertThat(tracker.waiting()).isEqualTo(2);
  }

  @Test
  void aNumberBelowTheMajorityIsMetByALearner() {
    CommitTracker<String> five =
        tracker(seat("a", A), seat("b", B), seat("c", null), seat("d", null));
    five.register(1, copies(2), true, "two of five");
    five.masterHas(1, 1);

    five.acknowledged("learner", LEARNER, 1, 1);

    assertThat(five.satisfied())
        .extracting(CommitTracker.Waiter::subject)
        .containsExactly("two of five");
  }

  @Test
  void allMeansEverySeatTheVacantOnesToo() {
    CommitTracker<String> vacant = tracker(seat("a", A), seat("b", null));
    vacant.register(1, ALL, true, "all");
    vacant.masterHas(1, 1);
    vacant.acknowledged("a", A, 1, 1);
    assertThat(vacant.satisfied()).isEmpty();

    vacant.membership(
        new Membership(new Configuration(1, 2, List.of(seat("a", A), seat("b", B))), null));
    vacant.acknowledged("b", B, 1, 1);
    assertThat(vacant.satisfied()).hasSize(1);
  }

  @Test
  void theAcknowledgementsOfAWipedStoreCountForNothing() {
    tracker.masterHas(5, 5);
    tracker.acknowledged("a", A, 5, 5);
    assertThat(tracker.committed()).isEqualTo(5);
    tracker.masterHas(9, 9);
    tracker.acknowledged("a", LEARNER, 9, 9);

    assertThat(tracker.committed()).isEqualTo(5);
  }

  @Test
  void numbersAndTheCommittedSequenceNeverGoBack() {
    tracker.masterHas(5, 5);
    tracker.acknowledged("a", A, 5, 5);
    tracker.acknowledged("a", A, 3, 2);
    assertThat(tracker.committed()).isEqualTo(5);
    tracker.forget("a");
    assertThat(tracker.committed()).isEqualTo(5);
  }

  @Test
  void whoStopsWaitingIsNotAnswered() {
    var waiter = tracker.register(1, copies(1), true, "gone");
    tracker.remove(waiter);
    tracker.remove(waiter);
    tracker.masterHas(1, 1);

    assertThat(tracker.waiting()).isZero();
    assertThat(answered()).isEmpty();
  }

  @Test
  void whatStillWaitsIsHandedOutInSequenceOrder() {
    tracker.register(3, ALL, true, "third");
    tracker.register(1, copies(3), true, "first");
    tracker.register(2, MAJORITY, true, "second");

    assertThat(tracker.drain())
        .extracting(CommitTracker.Waiter::subject)
        .containsExactly("first", "second", "third");
    assertThat(tracker.waiting()).isZero();
  }

  private List<String> answered() {
    return tracker.satisfied().stream().map(CommitTracker.Waiter::subject).toList();
  }

  private static CommitTracker<String> tracker(Seat... seats) {
    return new CommitTracker<>(
        new Membership(new Configuration(1, 1, List.of(seats)), null), 0, 0, 0);
  }

  private static Seat seat(String node, UUID store) {
    return new Seat(node, store, "http://" + node);
  }

  private static WriteConcern copies(int count) {
    return new WriteConcern.Copies(count);
  }
}
