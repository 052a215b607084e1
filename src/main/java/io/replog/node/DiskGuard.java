package io.replog.node;

import io.replog.storage.StorageException;
import java.time.Duration;
import java.util.function.Predicate;

/**
 * The node's thread, where the disk may refuse. A task to which it does is given up where it
 * stands, as by a crash; what it had begun in memory is forgotten with the role that the node then
 * leaves, before any other task runs. What is on disk changes whole or not at all.
 */
final class DiskGuard implements NodeLoop {
  private final NodeLoop loop;
  private final Predicate<StorageException> refused;

  /**
   * @param refused called on the node's thread; false where the node cannot go on, and has to end
   */
  DiskGuard(NodeLoop loop, Predicate<StorageException> refused) {
    this.loop = loop;
    this.refused = refused;
  }

  @Override
  public long nanoTime() {
    return loop.nanoTime();
  }

  @Override
  public long currentTimeMillis() {
    return loop.currentTimeMillis();
  }

  @Override
  public void execute(Runnable task) {
    loop.execute(() -> run(task));
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    return loop.schedule(delay, () -> run(task));
  }

  @Override
  public void atEndOfTurn(Runnable task) {
    loop.atEndOfTurn(() -> run(task));
  }

  private void run(Runnable task) {
    try {
      task.run();
    } catch (StorageException refusal) {
      if (!refused.test(refusal)) {
        throw refusal;
      }
    }
  }
}
