package io.replog.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DeferredHandleTest {
  private static final int RACES = 20_000;

  @Test
  void closedBeforeItIsBegun() {
    DeferredHandle handle = new DeferredHandle();
    AtomicInteger closed = new AtomicInteger();
    handle.close();
    handle.waiting(closed::incrementAndGet);
    assertThat(closed).hasValue(1);
  }

  @Test
  void closedAfterItWasBegun() {
    DeferredHandle handle = new DeferredHandle();
    AtomicInteger closed = new AtomicInteger();
    handle.waiting(closed::incrementAndGet);
    handle.close();
    handle.close();
    assertThat(closed).hasValue(1);
  }

  @Test
  void closedWhileItIsBegunItIsNeverLeftOpen() throws Exception {
    try (ExecutorService client = Executors.newSingleThreadExecutor()) {
      CyclicBarrier together = new CyclicBarrier(2);
      for (int i = 0; i < RACES; i++) {
        DeferredHandle handle = new DeferredHandle();
        AtomicInteger closed = new AtomicInteger();
        Future<?> gone =
            client.submit(
                () -> {
                  together.await(10, TimeUnit.SECONDS);
                  handle.close();
                  return null;
                });
        together.await(10, TimeUnit.SECONDS);
        handle.waiting(closed::incrementAndGet);
        gone.get(10, TimeUnit.SECONDS);
        assertThat(closed.get()).isPositive();
      }
    }
  }
}
