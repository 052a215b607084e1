package io.replog.sim;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.replog.core.AppendOutcome;
import io.replog.core.AppendRequest;
import io.replog.core.WriteConcern;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One secondary whose disk takes 2 s for every sync, in virtual time. */
class SlowDiskTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long SLOW = 2 * SECOND;
  private static final int APPENDS = 300;

  private final SimClock clock = new SimClock(Trace.off());
  private final SimCluster cluster = SimCluster.ofThree(clock, 7, Sabotage.NONE);

  @Test
  void appendsThatDoNotNeedItAreAsFastAsWithoutIt() {
    cluster.nodes().forEach(node -> node.slowSyncs(SECOND / 1000));
    cluster.start();
    clock.run(Duration.ofSeconds(10));
    List<Long> before = latencies(new WriteConcern.Majority());
    cluster.node("secondary-1").slowSyncs(SLOW);

    List<Long> majority = latencies(new WriteConcern.Majority());
    List<Long> all = latencies(new WriteConcern.All());

    System.out.printf(
        "w=majority: p50 %d us, p99 %d us before; p50 %d us, p99 %d us with one disk at 2 s;"
            + " w=all: p50 %d us%n",
        at(before, 50), at(before, 99), at(majority, 50), at(majority, 99), at(all, 50));
    assertThat(majority).hasSize(APPENDS);
    // the faster of two disks is no longer chosen from two: at most one way there and back more
    assertThat(at(majority, 99)).isLessThanOrEqualTo(at(before, 99) + 2 * 2000);
    assertThat(all).hasSize(APPENDS);
    assertThat(at(all, 50)).isGreaterThan(SLOW / 2 / 1000);
    assertThat(cluster.node("master-0").node().cluster().readWrite()).isTrue();
  }

  /** One append every 100 ms; how long each took, in microseconds, in order. */
  private List<Long> latencies(WriteConcern concern) {
    List<Long> latencies = new ArrayList<>();
    for (int i = 0; i < APPENDS; i++) {
      long began = clock.nowNanos();
      var request =
          new AppendRequest(List.of("text".getBytes(UTF_8)), concern, true, null, null, null);
      cluster
          .node("master-0")
          .node()
          .append(
              request,
              outcome -> {
                assertThat(outcome).isInstanceOf(AppendOutcome.Appended.class);
                latencies.add((clock.nowNanos() - began) / 1000);
              });
      clock.run(Duration.ofMillis(100));
    }
    clock.run(Duration.ofSeconds(10));
    Collections.sort(latencies);
    return latencies;
  }

  private static long at(List<Long> sorted, int percent) {
    return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
  }
}
