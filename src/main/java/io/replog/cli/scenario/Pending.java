package io.replog.cli.scenario;

import io.replog.client.Append;
import io.replog.client.Appended;
import io.replog.client.ClientException;
import io.replog.client.ReplogClient;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** An append that was sent, once. */
final class Pending {
  private final FutureTask<Outcome> answer;

  private Pending(FutureTask<Outcome> answer) {
    this.answer = answer;
  }

  static Pending of(ReplogClient client, Append append) {
    FutureTask<Outcome> answer = new FutureTask<>(() -> send(client, append));
    Thread.ofVirtual().name("append").start(answer);
    return new Pending(answer);
  }

  private static Outcome send(ReplogClient client, Append append) {
    long began = System.nanoTime();
    Appended appended = null;
    ClientException failure = null;
    try {
      appended = client.append(append);
    } catch (ClientException e) {
      failure = e;
    }
    return new Outcome(Duration.ofNanos(System.nanoTime() - began), appended, failure);
  }

  /** What came of it, null if it still waits. */
  @Nullable Outcome now() {
    return answer.isDone() ? answer.resultNow() : null;
  }

  /** What came of it, null if it still waits after that time. */
  @Nullable Outcome await(Duration atMost) throws InterruptedException {
    try {
      return answer.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return null;
    } catch (ExecutionException e) {
      throw new IllegalStateException("an append", e.getCause());
    }
  }
}
