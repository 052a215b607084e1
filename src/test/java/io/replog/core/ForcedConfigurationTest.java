package io.replog.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The state with which a cluster goes on from one copy. */
class ForcedConfigurationTest {
  private static final UUID CLUSTER = new UUID(1, 1);
  private static final UUID STORE = new UUID(2, 2);
  private static final UUID MASTER = new UUID(3, 3);
  private static final UUID NEW = new UUID(4, 4);

  private static Configuration seats(long epoch, long version) {
    return new Configuration(
        epoch,
        version,
        List.of(new Seat("s0", STORE, "http://s0"), new Seat("s1", new UUID(5, 5), "http://s1")));
  }

  private static NodeState copyOfASecondary() {
    return NodeState.formatted("s0", STORE)
        .withRole(NodeRole.SECONDARY)
        .withCluster(CLUSTER)
        .withPromise(7, MASTER)
        .withLogEpoch(6, MASTER)
        .withMembership(new Membership(seats(4, 9), seats(6, 10)));
  }

  @Test
  void theCopyBecomesAMastersThatNeedsNobody() {
    NodeState forced = ForcedConfiguration.of(copyOfASecondary(), "master-0", NEW, 0, 0);

    assertThat(forced.node()).isEqualTo("master-0");
    assertThat(forced.role()).isEqualTo(NodeRole.MASTER);
    assertThat(forced.store()).isEqualTo(NEW);
    assertThat(forced.clusterId()).isEqualTo(CLUSTER);
    assertThat(forced.membership().writeQuorum(store -> false)).isTrue();
    assertThat(forced.membership().proposed()).isNull();
    assertThat(forced.membership().votes(STORE)).as("the old seat").isFalse();
    assertThat(forced.incumbentEpoch()).isEqualTo(forced.logEpoch()).isPositive();
    assertThat(forced.promisedTo()).isEqualTo(forced.logEpochStore()).isEqualTo(NEW);
  }

  @Test
  void itOutranksAllThatTheFormerLineCanEverReach() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 1000; i++) {
      long known = random.nextLong(1_000_000_000_000L);
      NodeState copy = copyOfASecondary().withPromise(random.nextLong(1_000_000), MASTER);
      NodeState forced =
          ForcedConfiguration.of(copy, "m", NEW, known, random.nextInt(Era.MOST_SKIPPED));
      long most = Math.max(known, copy.promisedEpoch());
      long era = Era.of(forced.promisedEpoch());

      assertThat(era).isGreaterThan(Era.of(most));
      assertThat(Era.of(forced.logEpoch())).isEqualTo(era);
      assertThat(Era.of(most + 1_000)).as("after many takeovers").isLessThan(era + 1);
      assertThat(forced.membership().newest())
          .isGreaterThan(copy.membership().newest())
          .isGreaterThan(seats(most, 1_000_000));
      assertThat(forced.membership().newest().version()).isEqualTo(11);
    }
  }

  @Test
  void ofTwoThatWereForcedFromOneStateOneOutranksTheOther() {
    NodeState one = ForcedConfiguration.of(copyOfASecondary(), "m", NEW, 0, 3);
    NodeState other = ForcedConfiguration.of(copyOfASecondary(), "m", MASTER, 0, 4);

    assertThat(Era.of(one.promisedEpoch())).isLessThan(Era.of(other.promisedEpoch()));
    assertThat(one.membership().newest()).isLessThan(other.membership().newest());
  }

  @Test
  void itCanBeForcedAgain() {
    NodeState once = ForcedConfiguration.of(copyOfASecondary(), "m", NEW, 0, 999);
    NodeState twice = ForcedConfiguration.of(once, "m", MASTER, 0, 0);

    assertThat(Era.of(twice.promisedEpoch())).isEqualTo(Era.of(once.promisedEpoch()) + 1);
    assertThat(twice.membership().newest().version()).isEqualTo(12);
  }

  @Test
  void aCopyOfNoClusterIsRefused() {
    NodeState empty = NodeState.formatted("s0", STORE);

    assertThatThrownBy(() -> ForcedConfiguration.of(empty, "m", NEW, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> ForcedConfiguration.of(copyOfASecondary(), "m", NEW, 0, Era.MOST_SKIPPED))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
