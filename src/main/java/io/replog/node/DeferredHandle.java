package io.replog.node;

import io.replog.node.Node.Subscription;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What a client holds while it waits for what the node's thread begins later: cancelled before or
 * after that was begun, it frees what waits.
 */
final class DeferredHandle implements Subscription {
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile @Nullable Subscription waiting;

  void waiting(Subscription begun) {
    waiting = begun;
    if (closed.get()) {
      begun.close();
    }
  }

  @Override
  public void close() {
    Subscription begun = waiting;
    if (closed.compareAndSet(false, true) && begun != null) {
      begun.close();
    }
  }
}
