package io.replog.http;

import io.micronaut.runtime.graceful.GracefulShutdownCapable;
import io.replog.node.Node.Subscription;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** Answers that would stay open for long: tails and long polls. A node that stops ends them all. */
@Singleton
final class OpenAnswers implements GracefulShutdownCapable {
  private final Set<Ending> endings = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;

  /**
   * Registers something open until it is closed.
   *
   * @param end ends it in order; must not block
   */
  Subscription add(Runnable end) {
    Ending ending = new Ending(end);
    endings.add(ending);
    if (stopping) {
      end.run();
    }
    return () -> endings.remove(ending);
  }

  @Override
  public CompletionStage<?> shutdownGracefully() {
    stopping = true;
    endings.forEach(ending -> ending.end.run());
    return CompletableFuture.completedStage(null);
  }

  /** Not a record: two are never equal. */
  private static final class Ending {
    private final Runnable end;

    Ending(Runnable end) {
      this.end = end;
    }
  }
}
