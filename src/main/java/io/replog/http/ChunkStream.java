package io.replog.http;

import io.micronaut.core.io.buffer.ReadBuffer;
import io.micronaut.core.io.buffer.ReadBufferFactory;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * A body made on demand: asks its source for a chunk only when the client has taken the one before,
 * so a slow client costs one chunk of memory, and a thread only while a chunk is made. For one
 * subscriber.
 */
final class ChunkStream implements Publisher<ReadBuffer>, Subscription {
  private final ChunkSource source;
  private final Executor executor;
  private final AtomicLong demand = new AtomicLong();
  private final AtomicInteger work = new AtomicInteger();
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile @Nullable Subscriber<? super ReadBuffer> subscriber;
  private volatile boolean over;
  private volatile boolean ending;
  private volatile Runnable afterwards = () -> {};

  /**
   * @param executor where the source is asked; may block
   */
  ChunkStream(ChunkSource source, Executor executor) {
    this.source = source;
    this.executor = executor;
  }

  /** Sets what is run once the stream is over, whatever the reason. Before it is subscribed to. */
  void whenOver(Runnable action) {
    afterwards = action;
  }

  /** Ends the body in order, after what was asked for so far. From any thread. */
  void end() {
    ending = true;
    wake();
  }

  @Override
  public void subscribe(Subscriber<? super ReadBuffer> to) {
    subscriber = to;
    source.opened(this::wake);
    to.onSubscribe(this);
  }

  @Override
  public void request(long n) {
    demand.getAndAccumulate(n, (a, b) -> a + b < 0 ? Long.MAX_VALUE : a + b);
    wake();
  }

  @Override
  public void cancel() {
    over = true;
    close();
  }

  private void wake() {
    if (work.getAndIncrement() == 0) {
      executor.execute(this::run);
    }
  }

  private void run() {
    int seen = 1;
    do {
      pull();
      seen = work.addAndGet(-seen);
    } while (seen != 0);
  }

  private void pull() {
    Subscriber<? super ReadBuffer> to = subscriber;
    if (to == null) {
      return;
    }
    try {
      while (!over && demand.get() > 0) {
        byte[] chunk = ending ? null : source.next();
        if (chunk == null) {
          over = true;
          to.onComplete();
          close();
        } else if (chunk.length == 0) {
          return;
        } else {
          demand.decrementAndGet();
          to.onNext(ReadBufferFactory.getJdkFactory().adapt(chunk));
        }
      }
    } catch (Throwable e) {
      over = true;
      to.onError(e);
      close();
    }
  }

  private void close() {
    if (closed.compareAndSet(false, true)) {
      source.closed();
      afterwards.run();
    }
  }
}
