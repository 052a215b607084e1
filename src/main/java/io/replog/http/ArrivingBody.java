package io.replog.http;

import io.micronaut.core.io.buffer.ReadBuffer;
import io.replog.http.Problem.Kind;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * Gathers a body that may be long. It takes from the budget what it has set aside for the bytes
 * that came, not what the request says of them: a client that announces much and sends nothing
 * takes nothing.
 *
 * <p>Told by one thread at a time. {@link #release} once, when nobody needs the bytes any more.
 */
final class ArrivingBody implements Subscriber<ReadBuffer> {
  private static final byte[] NOTHING = {};

  private final BodyBudget budget;
  private final int most;

  /** Null once it is told: the request knows this as long as it is not answered. */
  private @Nullable CompletableFuture<byte[]> whole;

  private @Nullable Subscription source;
  private byte[] bytes = NOTHING;
  private int filled;
  private long taken;

  /**
   * @param announced length by the request, negative if it names none
   */
  ArrivingBody(BodyBudget budget, long announced) {
    this.budget = budget;
    this.most =
        (int) (announced < 0 ? RequestBody.LONGEST : Math.min(announced, RequestBody.LONGEST));
  }

  /**
   * The bytes, once all are there. Fails with a {@link ProblemException} where they are too many or
   * the budget has no room for them.
   */
  CompletableFuture<byte[]> from(Publisher<ReadBuffer> publisher) {
    CompletableFuture<byte[]> result = new CompletableFuture<>();
    whole = result;
    publisher.subscribe(this);
    return result;
  }

  /** Gives back what was taken from the budget. */
  void release() {
    budget.release(taken);
    taken = 0;
  }

  /** All at once: what comes is bounded here. */
  @Override
  public void onSubscribe(Subscription subscription) {
    source = subscription;
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(ReadBuffer piece) {
    try (piece) {
      if (whole == null) {
        return;
      }
      int count = piece.readable();
      makeRoom(count);
      piece.toArray(bytes, filled);
      filled += count;
    } catch (ProblemException refused) {
      if (source != null) {
        source.cancel();
      }
      fail(refused);
    }
  }

  private void makeRoom(int count) {
    if (count > most - filled) {
      throw new ProblemException(tooLarge());
    }
    int needed = filled + count;
    if (needed > bytes.length) {
      int grown = (int) Math.min(most, Math.max(2L * bytes.length, needed));
      long due = grown > BodyBudget.SHORT ? grown : 0;
      budget.take(due - taken);
      taken = due;
      bytes = Arrays.copyOf(bytes, grown);
    }
  }

  static Problem tooLarge() {
    return new Problem(Kind.TOO_LARGE, "a body may have " + RequestBody.LONGEST + " bytes")
        .with("allowed", RequestBody.LONGEST);
  }

  @Override
  public void onError(Throwable cause) {
    fail(cause);
  }

  private void fail(Throwable cause) {
    CompletableFuture<byte[]> result = whole;
    whole = null;
    bytes = NOTHING;
    if (result != null) {
      result.completeExceptionally(cause);
    }
  }

  @Override
  public void onComplete() {
    CompletableFuture<byte[]> result = whole;
    byte[] all = filled == bytes.length ? bytes : Arrays.copyOf(bytes, filled);
    whole = null;
    bytes = NOTHING;
    if (result != null) {
      result.complete(all);
    }
  }
}
