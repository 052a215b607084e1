package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Repeated appends where the content counts: a key goes on meaning what it means. */
class DeduplicationIT {
  @RegisterExtension final Processes processes = Processes.ofOneTest();

  @Test
  void contentAndKeyBothTellARepetition() {
    TestCluster cluster =
        TestCluster.with(processes)
            .delaysMs(0)
            .setting("REPLOG_DEDUPLICATION", "content")
            .make()
            .start();
    NodeApi master = cluster.api();

    assertThat(appended(master, Append.of("one"), false)).isEqualTo(1);
    assertThat(appended(master, Append.of("one"), true)).isEqualTo(1);
    assertThat(appended(master, Append.of("two").key("k"), false)).isEqualTo(2);
    assertThat(appended(master, Append.of("two").key("k"), true)).isEqualTo(2);
    assertThat(appended(master, Append.of("two"), true)).isEqualTo(2);
    assertThat(appended(master, Append.of("two").key("another"), true)).isEqualTo(2);
    for (String other : new String[] {"three", "one"}) {
      Json problem = master.append(Append.of(other).key("k")).expectProblem(422, "key-reused");
      assertThat(problem.number("sequence")).isEqualTo(2);
    }

    cluster.master().process().kill();
    cluster.master().start();
    cluster.awaitWhole();

    assertThat(appended(master, Append.of("one"), true)).isEqualTo(1);
    assertThat(appended(master, Append.of("two").key("k"), true)).isEqualTo(2);
    master.append(Append.of("three").key("k")).expectProblem(422, "key-reused");
    assertThat(master.messages()).containsExactly("one", "two");

    // what the contents of a batch are hashed as, said by one message, is another content
    String forged = "\0\0\0\1a\0\0\0\1b";
    master.append(Append.batch(List.of("a", "b"))).expect(201);
    assertThat(appended(master, Append.of(forged), false)).isEqualTo(5);
    assertThat(master.messages()).containsExactly("one", "two", "a", "b", forged);
  }

  private static long appended(NodeApi master, Append append, boolean replayed) {
    Answer answer = master.append(append).expect(201);
    assertThat(answer.header("Idempotent-Replayed").isPresent()).isEqualTo(replayed);
    return answer.sequence();
  }
}
