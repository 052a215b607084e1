package io.replog.http;

import io.micronaut.http.HttpResponse;
import io.replog.node.Node.Subscription;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An answer that is waited for without a thread. Whatever it holds (waiters, timers) is let go when
 * it is answered, or when the client goes away.
 */
final class PendingAnswer {
  private final ClientConnection connection;
  private final CompletableFuture<HttpResponse<?>> response = new CompletableFuture<>();
  private final AtomicBoolean decided = new AtomicBoolean();
  private final List<Subscription> held = new ArrayList<>();
  private boolean released;

  PendingAnswer(ClientConnection connection) {
    this.connection = connection;
    hold(connection.onGone(this::release));
  }

  /** Keeps something until the end; what comes after the end is let go at once. */
  void hold(Subscription subscription) {
    synchronized (held) {
      if (!released) {
        held.add(subscription);
        return;
      }
    }
    subscription.close();
  }

  /**
   * Answers; only the first call counts. The response is made on the connection's event loop, so
   * that the caller (the node's thread) pays for a hand-over only.
   */
  void answer(Supplier<HttpResponse<?>> answer) {
    if (!decided.compareAndSet(false, true)) {
      return;
    }
    connection.execute(
        () -> {
          release();
          try {
            response.complete(answer.get());
          } catch (RuntimeException e) {
            response.completeExceptionally(e);
          }
        });
  }

  /** Answers with what a future turns out to be; else as {@link #answer}. */
  void follow(Supplier<CompletableFuture<? extends HttpResponse<?>>> answer) {
    if (!decided.compareAndSet(false, true)) {
      return;
    }
    connection.execute(
        () -> {
          release();
          try {
            var _ = answer.get().whenComplete(this::complete);
          } catch (RuntimeException e) {
            response.completeExceptionally(e);
          }
        });
  }

  /** Whether somebody has answered. */
  boolean isDecided() {
    return decided.get();
  }

  CompletableFuture<HttpResponse<?>> response() {
    return response;
  }

  private void complete(@Nullable HttpResponse<?> value, @Nullable Throwable failure) {
    if (value != null) {
      response.complete(value);
    } else {
      response.completeExceptionally(
          failure == null ? new IllegalStateException("no answer") : failure);
    }
  }

  private void release() {
    List<Subscription> all;
    synchronized (held) {
      released = true;
      all = List.copyOf(held);
      held.clear();
    }
    all.forEach(Subscription::close);
  }
}
