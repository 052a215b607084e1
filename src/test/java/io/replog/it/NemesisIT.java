package io.replog.it;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Five copies (a master and four secondaries, of which any two may be lost) and a standby, under
 * load, while {@link ProcessNemesis} plays with them. What clients were told is then held against
 * the log that all nodes agree on.
 *
 * <p>Four secondaries and not three or two, because only then the quorums differ from each other (a
 * majority is three copies, a takeover by another master takes three secondaries, by the same one
 * two), a majority can be made of secondaries alone, and two nodes can be in trouble while appends
 * go on.
 *
 * <p>{@code -Dreplog.it.nemesis.seconds=600} for more of it, {@code -Dreplog.it.nemesis.seed=N} for
 * the same choices again.
 */
class NemesisIT {
  private static final Duration TIME =
      Duration.ofSeconds(Integer.getInteger("replog.it.nemesis.seconds", 35));
  private static final long SEED = Long.getLong("replog.it.nemesis.seed", System.nanoTime());

  @RegisterExtension final Processes processes = Processes.ofOneTest();

  @Test
  void whatWasAnsweredHoldsWhateverHappensToAnyTwoOfFive() throws Exception {
    TestCluster cluster =
        FaultyRun.settings(TestCluster.with(processes).masters(2).secondaries(4)).make().start();
    System.out.println(new FaultyRun(processes, cluster, SEED).of(TIME, 5, 2));
  }
}
