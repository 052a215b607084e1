package io.replog.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MembershipTest {

  @ParameterizedTest(name = "{0} secondaries")
  @CsvSource({"0,1,1,0,1", "1,2,2,1,1", "2,3,2,1,2", "3,4,3,2,2", "4,5,3,2,3", "8,9,5,4,5"})
  void theQuorumsAreThoseOfTheProtocol(
      int secondaries, int copies, int majority, int writeQuorum, int takeoverQuorum) {
    Configuration configuration = configuration(1, stores(secondaries));

    assertThat(configuration.copies()).isEqualTo(copies);
    assertThat(configuration.majority()).isEqualTo(majority);
    assertThat(configuration.writeQuorum()).isEqualTo(writeQuorum);
    assertThat(configuration.takeoverQuorum()).isEqualTo(takeoverQuorum);
  }

  @Test
  void takeoverQuorumsMeetEveryWriteQuorumAndEachOther() {
    for (int n = 1; n <= 40; n++) {
      Configuration configuration = configuration(1, stores(n));
      int take = configuration.takeoverQuorum();

      assertThat(take + configuration.writeQuorum()).isGreaterThan(n);
      assertThat(2 * take).isGreaterThan(n);
      assertThat(configuration.majority() + configuration.writeQuorum()).isGreaterThan(n);
    }
  }

  @Test
  void aVacantSeatCountsButNeverVotes() {
    UUID store = new UUID(0, 1);
    Configuration configuration =
        new Configuration(1, 1, List.of(new Seat("a", store, "u"), new Seat("b", null, "u")));
    Membership membership = new Membership(configuration, null);

    assertThat(configuration.majority()).isEqualTo(2);
    assertThat(membership.writeQuorum(s -> true)).isTrue();
    assertThat(membership.takeoverQuorum(s -> true)).isFalse();
    assertThat(membership.majoritySequence(7, s -> 5)).isEqualTo(5);
    assertThat(membership.allSequence(7, s -> 5)).isZero();
  }

  @Test
  void duringATransitionBothMajoritiesAreNeeded() {
    List<UUID> stores = stores(4);
    Configuration old = configuration(1, stores.subList(0, 2));
    Configuration next = configuration(2, stores);
    Membership joint = new Membership(old, next);

    Set<UUID> onlyNew = Set.of(stores.get(2), stores.get(3));
    Set<UUID> both = Set.of(stores.get(0), stores.get(2));

    assertThat(joint.writeQuorum(onlyNew::contains)).isFalse();
    assertThat(joint.writeQuorum(both::contains)).isTrue();
    assertThat(joint.majoritySequence(9, s -> onlyNew.contains(s) ? 9 : 0)).isZero();
    assertThat(joint.majoritySequence(9, s -> both.contains(s) ? 8 : 0)).isEqualTo(8);
  }

  @Test
  void theMajoritySequenceIsWhatAMajorityOfRandomCopiesHas() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
    for (int round = 0; round < 2_000; round++) {
      List<UUID> stores = stores(random.nextInt(7));
      long[] has = random.longs(stores.size(), 0, 20).toArray();
      long master = random.nextLong(20);
      Membership membership = new Membership(configuration(1, stores), null);

      long sequence =
          membership.majoritySequence(master, s -> has[(int) s.getLeastSignificantBits()]);

      assertThat(havers(master, has, sequence)).isGreaterThanOrEqualTo(stores.size() / 2 + 1);
      assertThat(havers(master, has, sequence + 1)).isLessThan((stores.size() + 1) / 2 + 1);
    }
  }

  @Test
  void configurationsAreOrderedByEpochThenVersion() {
    Configuration early = new Configuration(1, 9, List.of());
    Configuration late = new Configuration(2, 1, List.of());

    assertThat(early).isLessThan(late);
    assertThat(new Configuration(2, 2, List.of())).isGreaterThan(late);
  }

  private static long havers(long master, long[] has, long sequence) {
    return (master >= sequence ? 1 : 0)
        + IntStream.range(0, has.length).filter(i -> has[i] >= sequence).count();
  }

  private static List<UUID> stores(int count) {
    List<UUID> stores = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      stores.add(new UUID(0, i));
    }
    assertThat(new HashSet<>(stores)).hasSize(count);
    return stores;
  }

  private static Configuration configuration(long version, List<UUID> stores) {
    return new Configuration(
        1, version, stores.stream().map(s -> new Seat("s" + s, s, "http://" + s)).toList());
  }
}
