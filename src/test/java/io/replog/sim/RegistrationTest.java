package io.replog.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.replog.node.ClusterView;
import io.replog.node.Node.Registration;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whom a master takes that is told of secondaries by themselves. */
class RegistrationTest {
  private static final Duration LONG = Duration.ofSeconds(10);

  private final SimClock clock = new SimClock(Trace.off());
  private final SimCluster cluster =
      new SimCluster(
          new SimCluster.Shape(1, 2, false, 10_000, Weather.FINE, 1_000_000, null),
          clock,
          Trace.off(),
          new SplittableRandom(3),
          new Unwatched(),
          Sabotage.NONE);

  @BeforeEach
  void start() {
    cluster.start();
    clock.run(LONG);
  }

  @Test
  void aMasterIsNoSecondaryOfItsOwn() {
    SimNode master = cluster.node("master-0");

    assertThat(register("master-0", "http://secondary-7:8080"))
        .asInstanceOf(type(Registration.Conflict.class))
        .extracting(Registration.Conflict::why)
        .asString()
        .contains("master-0 at " + master.url() + " is this master");
    assertThat(register("secondary-7", master.url())).isInstanceOf(Registration.Conflict.class);
    assertThat(master.node().cluster().nodes())
        .extracting(ClusterView.Secondary::node)
        .containsExactlyInAnyOrder("secondary-0", "secondary-1");
  }

  @Test
  void whoIsKnownStaysSoAndHisPlaceIsHis() {
    String url = cluster.node("secondary-0").url();

    assertThat(register("secondary-0", url)).isInstanceOf(Registration.Known.class);
    assertThat(register("secondary-7", url)).isInstanceOf(Registration.Conflict.class);
    assertThat(register("secondary-0", "http://secondary-7:8080"))
        .isInstanceOf(Registration.Conflict.class);
  }

  @Test
  void thereIsAnEndToThoseWhoRegister() {
    for (int i = 2; i < 100; i++) {
      assertThat(register("bogus-" + i, "http://bogus-" + i + ":8080"))
          .isInstanceOf(Registration.Added.class);
    }

    assertThat(register("one-more", "http://one-more:8080"))
        .asInstanceOf(type(Registration.Conflict.class))
        .extracting(Registration.Conflict::why)
        .asString()
        .contains("100 secondaries have registered");
    assertThat(register("bogus-50", "http://bogus-50:8081")).isInstanceOf(Registration.Known.class);
    assertThat(register("bogus-other", "http://bogus-51:8080"))
        .as("in place of the one that was said to be there")
        .isInstanceOf(Registration.Added.class);
  }

  private Registration register(String id, String url) {
    AtomicReference<Registration> answer = new AtomicReference<>();
    cluster.node("master-0").node().register(id, url, answer::set);
    clock.run(LONG);
    return answer.get();
  }
}
