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

  /** Where it is begun meanwhile, both threads may find it and close it; twice is no error. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      Subscription begun = waiting;
      if (begun != null) {
        begun.close();
      }
    }
  }
}
