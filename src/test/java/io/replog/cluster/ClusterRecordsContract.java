package io.replog.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.replog.cluster.ClusterRecords.Answer;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What every place for a cluster record does where more than one node may found. */
public abstract class ClusterRecordsContract {
  private static final UUID CLUSTER = new UUID(1, 2);
  private static final UUID STORE = new UUID(3, 4);

  protected abstract ClusterRecords records();

  /** Takes the place away, or brings it back. */
  protected abstract void up(boolean now);

  private Answer read() {
    return answered(records()::read);
  }

  private Answer write(ClusterRecord next) {
    return answered(answer -> records().write(next, answer));
  }

  private static Answer answered(Consumer<Consumer<Answer>> call) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    call.accept(answer::complete);
    return answer.orTimeout(10, TimeUnit.SECONDS).join();
  }

  private static ClusterRecord first(String node) {
    return new ClusterRecord(CLUSTER, STORE, node, 1, false, null);
  }

  private static ClusterRecord is(Answer answer) {
    assertThat(answer).isInstanceOf(Answer.Is.class);
    return ((Answer.Is) answer).record();
  }

  @Test
  void thereIsNoneAtFirst() {
    assertThat(read()).isEqualTo(new Answer.None());
  }

  @Test
  void whatWasWrittenIsRead() {
    ClusterRecord written = is(write(first("master-0")));
    assertThat(written.version()).isNotNull();
    assertThat(written)
        .isEqualTo(new ClusterRecord(CLUSTER, STORE, "master-0", 1, false, written.version()));
    assertThat(is(read())).isEqualTo(written);
  }

  @Test
  void ofTwoThatCreateItOneIsFirst() {
    ClusterRecord written = is(write(first("master-0")));
    assertThat(write(first("master-1"))).isEqualTo(new Answer.Changed());
    assertThat(is(read())).isEqualTo(written);
  }

  @Test
  void itIsChangedFromItsPresentVersion() {
    ClusterRecord formed = is(write(is(write(first("master-0"))).asFormed()));
    assertThat(formed.formed()).isTrue();
    assertThat(is(read())).isEqualTo(formed);
  }

  @Test
  void aChangeFromAnOldVersionDoesNothing() {
    ClusterRecord old = is(write(first("master-0")));
    ClusterRecord taken = is(write(old.foundedBy(new UUID(5, 6), "master-1", 2)));
    assertThat(write(old.asFormed())).isEqualTo(new Answer.Changed());
    assertThat(is(read())).isEqualTo(taken);
    assertThat(taken.clusterId()).isEqualTo(CLUSTER);
    assertThat(taken.epoch()).isEqualTo(2);
  }

  @Test
  void whatCannotBeAskedIsUnavailableAndStaysAsItWas() {
    ClusterRecord written = is(write(first("master-0")));
    up(false);
    assertThat(read()).isInstanceOf(Answer.Unavailable.class);
    assertThat(write(written.asFormed())).isInstanceOf(Answer.Unavailable.class);
    up(true);
    assertThat(is(read())).isEqualTo(written);
  }
}
