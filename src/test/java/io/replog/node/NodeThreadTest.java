package io.replog.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class NodeThreadTest {
  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
  private final List<Throwable> fatal = new CopyOnWriteArrayList<>();
  private final NodeThread node = new NodeThread(thread, fatal::add);
  private final List<String> ran = new CopyOnWriteArrayList<>();

  @AfterEach
  void stop() {
    thread.shutdownNow();
  }

  @Test
  void nothingRunsBeforeTheStart() throws Exception {
    node.execute(() -> ran.add("first"));
    node.execute(() -> ran.add("second"));
    thread.submit(() -> {}).get();
    assertThat(ran).isEmpty();
    node.start();
    await().until(() -> ran.equals(List.of("first", "second")));
  }

  @Test
  void theEndOfATurnIsAfterAllThatWaitsAndAfterWhatThatHandsIn() {
    node.execute(
        () -> {
          node.atEndOfTurn(() -> ran.add("end"));
          node.execute(() -> ran.add("third"));
          ran.add("first");
        });
    node.execute(() -> ran.add("second"));
    node.start();
    await().until(() -> ran.equals(List.of("first", "second", "third", "end")));
  }

  @Test
  void aFloodKeepsNobodyAwayForLong() throws Exception {
    AtomicBoolean flood = new AtomicBoolean(true);
    node.start();
    node.execute(() -> again(flood));
    CountDownLatch others = new CountDownLatch(3);
    for (int i = 0; i < 3; i++) {
      thread.execute(others::countDown);
    }
    assertThat(others.await(10, TimeUnit.SECONDS)).isTrue();
    CountDownLatch end = new CountDownLatch(1);
    node.execute(() -> node.atEndOfTurn(end::countDown));
    assertThat(end.await(10, TimeUnit.SECONDS)).isTrue();
    flood.set(false);
  }

  /** An event loop reads nothing, and no timer fires, while it has something to run. */
  @Test
  void aFloodFromOutsideKeepsNeitherTimersNorTheNetworkFromAnEventLoop() throws Exception {
    try (var loops =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("loop", true), NioIoHandler.newFactory())) {
      EventLoop loop = loops.next();
      NodeThread flooded = new NodeThread(loop, fatal::add);
      flooded.start();
      AtomicBoolean flood = new AtomicBoolean(true);
      AtomicInteger waiting = new AtomicInteger();
      Thread source =
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (flood.get()) {
                      if (waiting.get() < 10_000) {
                        waiting.incrementAndGet();
                        flooded.execute(
                            () -> {
                              waiting.decrementAndGet();
                              spin(Duration.ofNanos(20_000));
                            });
                      }
                    }
                  });
      CountDownLatch fired = new CountDownLatch(20);
      var ticks = loop.scheduleWithFixedDelay(fired::countDown, 10, 10, TimeUnit.MILLISECONDS);
      // 0.2 s, and not a second for each: a loop gives up on what it runs after a second
      assertThat(fired.await(8, TimeUnit.SECONDS)).isTrue();
      flood.set(false);
      source.join();
      ticks.cancel(false);
      flooded.close();
    }
  }

  /** What waits for the end of the turn waits for no second long task. */
  @Test
  void longTasksHaveTurnsOfTheirOwn() {
    for (String task : List.of("first", "second")) {
      node.execute(
          () -> {
            node.atEndOfTurn(() -> ran.add("end of " + task));
            spin(Duration.ofMillis(25));
            ran.add(task);
          });
    }
    node.start();
    await().until(() -> ran.equals(List.of("first", "end of first", "second", "end of second")));
  }

  /** A turn that lasts until it may go on. */
  private static void hold(CountDownLatch within, CountDownLatch goOn) {
    within.countDown();
    try {
      assertThat(goOn.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void spin(Duration time) {
    long until = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < until) {
      Thread.onSpinWait();
    }
  }

  private void again(AtomicBoolean flood) {
    if (flood.get()) {
      node.execute(() -> again(flood));
    }
  }

  @Test
  void timersRunInTurnsAndNotOnceTheyAreCancelled() {
    node.start();
    node.execute(
        () -> {
          node.schedule(
              Duration.ofMillis(30),
              () -> {
                node.atEndOfTurn(() -> ran.add("end"));
                ran.add("later");
              });
          node.schedule(Duration.ofMillis(1), () -> ran.add("soon"));
          node.schedule(Duration.ofMillis(10), () -> ran.add("never")).cancel();
        });
    await().until(() -> ran.equals(List.of("soon", "later", "end")));
  }

  /** The timer has fired and its task waits in the mailbox: it is not run all the same. */
  @Test
  void aTimerCanBeCancelledWhileItsTaskWaits() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    node.start();
    node.execute(
        () -> {
          NodeLoop.Timer timer = node.schedule(Duration.ofMillis(1), () -> ran.add("never"));
          thread.execute(
              () -> {
                spin(Duration.ofMillis(20));
                // its turn comes after the timer, which is due and whose task is then the second
                node.execute(
                    () -> {
                      ran.add("cancel");
                      timer.cancel();
                      node.atEndOfTurn(over::countDown);
                    });
              });
        });
    assertThat(over.await(10, TimeUnit.SECONDS)).isTrue();
    thread.submit(() -> {}).get();
    assertThat(ran).containsExactly("cancel");
  }

  @Test
  void closingWaitsForTheTurnAndLetsNothingRunAfterIt() throws Exception {
    CountDownLatch within = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    node.start();
    node.execute(
        () -> {
          hold(within, goOn);
          ran.add("whole");
        });
    node.execute(() -> ran.add("never"));
    within.await();
    Thread closing = Thread.ofPlatform().start(node::close);
    closing.join(100);
    assertThat(closing.isAlive()).isTrue();
    goOn.countDown();
    closing.join();
    assertThat(ran).containsExactly("whole");
    node.execute(() -> ran.add("never"));
    thread.submit(() -> {}).get();
    assertThat(ran).containsExactly("whole");
    assertThat(node.alive(Duration.ofSeconds(30))).isFalse();
  }

  @Test
  void itMayBeClosedFromItsOwnTurn() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    node.start();
    node.execute(
        () -> {
          node.close();
          closed.countDown();
        });
    assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aBrokenInvariantEndsItAndIsTold() {
    RuntimeException broken = new RuntimeException("broken");
    node.start();
    node.execute(
        () -> {
          throw broken;
        });
    node.execute(() -> ran.add("never"));
    await().until(() -> !fatal.isEmpty());
    assertThat(fatal).containsExactly(broken);
    assertThat(node.alive(Duration.ofSeconds(30))).isFalse();
    assertThat(ran).isEmpty();
  }

  @Test
  void aTurnThatLastsTooLongIsSeen() throws Exception {
    CountDownLatch within = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    node.start();
    assertThat(node.alive(Duration.ofMillis(1))).isTrue();
    node.execute(() -> hold(within, goOn));
    within.await();
    await().until(() -> !node.alive(Duration.ofMillis(1)));
    assertThat(node.alive(Duration.ofSeconds(30))).isTrue();
    goOn.countDown();
    await().until(() -> node.alive(Duration.ofMillis(1)));
  }

  @Test
  void tasksOfOneThreadRunInTheirOrder() {
    node.start();
    List<Integer> expected = new ArrayList<>();
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      int number = i;
      expected.add(i);
      node.execute(() -> order.add(number));
    }
    CountDownLatch done = new CountDownLatch(1);
    node.execute(done::countDown);
    await().until(() -> done.getCount() == 0);
    assertThat(order).isEqualTo(expected);
  }
}
