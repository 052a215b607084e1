package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Appends that wait for a copy that is away for long. */
class WaitingAppendsIT {
  private static final int KIB = 1024;
  private static final int MIB = 1024 * KIB;
  private static final Duration TO_BE_WRITTEN = Duration.ofSeconds(60);

  @RegisterExtension final Processes processes = Processes.ofOneTest();

  /** Their messages are in the log, and need not be held beside it. */
  @Test
  void takeNoMemoryForTheirMessages() throws Exception {
    List<String> jvm =
        Stream.concat(ReplogProcess.AS_IN_PRODUCTION.stream(), Stream.of(NodeMemory.COUNTED))
            .toList();
    TestCluster cluster = TestCluster.with(processes).jvm(jvm).make().start();
    cluster.secondary(1).process().stop();
    // by these the node loads what it needs, and fills what it keeps
    List<CompletableFuture<Answer>> waiting = new ArrayList<>();
    waiting.addAll(appends(cluster, 5, MIB));
    waiting.addAll(appends(cluster, 20, 15 * KIB));
    NodeMemory before = NodeMemory.of(cluster.master().process());

    waiting.addAll(appends(cluster, 60, MIB));
    NodeMemory withLong = NodeMemory.of(cluster.master().process());
    waiting.addAll(appends(cluster, 300, 15 * KIB));
    NodeMemory withAll = NodeMemory.of(cluster.master().process());

    System.out.printf("waiting appends: %s; %s; %s%n", before, withLong, withAll);
    assertThat(withLong.heap() - before.heap()).as("60 of 1 MiB").isLessThan(3L * MIB);
    // 2.2 to 2.9 MiB measured, for their connections; with their text it would be 4.4 more
    assertThat(withAll.heap() - withLong.heap()).as("300 of 15 KiB").isLessThan(5L * MIB);
    assertThat(withAll.buffers() - before.buffers()).isLessThan(16L * MIB);
    assertThat(waiting).noneMatch(CompletableFuture::isDone);
    cluster.secondary(1).start();
    for (CompletableFuture<Answer> append : waiting) {
      append.get(60, TimeUnit.SECONDS).expect(201);
    }
  }

  /** Sends some more, and waits until all are in the log. */
  private static List<CompletableFuture<Answer>> appends(TestCluster cluster, int count, int size) {
    long last = cluster.api().lastSequence() + count;
    List<CompletableFuture<Answer>> sent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sent.add(cluster.api().appendLater(Append.of("m".repeat(size)).w("all").j(true)));
      if (i % 10 == 9) {
        long so = last - count + i + 1;
        Wait.until("they are taken", TO_BE_WRITTEN, () -> cluster.api().lastSequence() == so);
      }
    }
    Wait.until("all are taken", TO_BE_WRITTEN, () -> cluster.api().lastSequence() == last);
    return sent;
  }
}
