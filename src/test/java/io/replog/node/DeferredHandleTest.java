package io.replog.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DeferredHandleTest {
  private static final int RACES = 200_000;

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

  /** Two threads meet in each race; a handle that looks in the wrong order loses some of them. */
  @Test
  void closedWhileItIsBegunItIsNeverLeftOpen() throws Exception {
    List<DeferredHandle> handles = Stream.generate(DeferredHandle::new).limit(RACES).toList();
    AtomicInteger ready = new AtomicInteger();
    AtomicInteger open = new AtomicInteger(RACES);
    Thread client =
        Thread.ofPlatform()
            .start(
                () -> {
                  for (int i = 0; i < RACES; i++) {
                    meet(ready, i);
                    handles.get(i).close();
                  }
                });
    for (int i = 0; i < RACES; i++) {
      AtomicBoolean closed = new AtomicBoolean();
      meet(ready, i);
      handles.get(i).waiting(() -> open.addAndGet(closed.getAndSet(true) ? 0 : -1));
    }
    client.join();
    assertThat(open).hasValue(0);
  }

  private static void meet(AtomicInteger ready, int race) {
    ready.incrementAndGet();
    while (ready.get() < 2 * (race + 1)) {
      Thread.onSpinWait();
    }
  }
}
