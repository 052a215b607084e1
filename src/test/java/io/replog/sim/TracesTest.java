package io.replog.sim;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.replog.core.AppendOutcome;
import io.replog.core.AppendOutcome.Appended;
import io.replog.core.AppendRequest;
import io.replog.core.WriteConcern;
import io.replog.node.Node.EntryTrace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a master says of when an entry was where. */
class TracesTest {
  private static final Duration LONG = Duration.ofSeconds(10);

  private final SimClock clock = new SimClock(Trace.off());
  private final SimCluster cluster = SimCluster.ofThree(clock, 11, Sabotage.NONE);

  @BeforeEach
  void start() {
    cluster.start();
    clock.run(LONG);
  }

  @Test
  void anEntryHasTheEventsOfItsOwnWay() {
    append("a");
    assertThat(events(1))
        .contains("master-0 appended", "master-0 durable")
        .contains("secondary-0 sent", "secondary-0 durable", "secondary-1 acknowledged");
  }

  @Test
  void whatWasThereBeforeAStartHasNoEventsOfALaterEntry() {
    append("a");
    append("b");
    cluster.node("master-0").kill();
    clock.run(LONG);
    cluster.node("master-0").start();
    clock.run(LONG);

    append("c");

    assertThat(events(1)).isEmpty();
    assertThat(events(2)).isEmpty();
    assertThat(events(3)).contains("master-0 appended", "secondary-1 durable");
  }

  private void append(String message) {
    List<AppendOutcome> answers = new ArrayList<>();
    var request =
        new AppendRequest(
            List.of(message.getBytes(UTF_8)), new WriteConcern.All(), true, null, null, null);
    cluster.node("master-0").node().append(request, answers::add);
    clock.run(LONG);
    assertThat(answers).singleElement().isInstanceOf(Appended.class);
  }

  private List<String> events(long sequence) {
    AtomicReference<EntryTrace> trace = new AtomicReference<>();
    cluster.node("master-0").node().trace(sequence, trace::set);
    clock.run(LONG);
    return trace.get().timeline().stream().map(e -> e.node() + " " + e.event()).toList();
  }
}
