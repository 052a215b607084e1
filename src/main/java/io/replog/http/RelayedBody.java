package io.replog.http;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the answer of another node in memory, up to a limit. One that is above 256 KiB needs one
 * of a few places, so that many at once do not fill the heap. The thread of the client feeds it;
 * any thread ends it.
 */
final class RelayedBody implements BodySubscriber<byte[]> {
  /** How many of the places there are. */
  static final int MOST_LARGE = 8;

  /** Bytes of an answer that needs no place. */
  private static final int SMALL = 256 << 10;

  private final BodySubscriber<byte[]> gathered = BodySubscribers.ofByteArray();
  private final Semaphore places;
  private final int longest;
  private Flow.@Nullable Subscription feed;
  private int length;
  private boolean large;
  private boolean over;

  /** There is no place for it. */
  static final class NoPlaceException extends IOException {
    private static final long serialVersionUID = 1L;

    NoPlaceException() {
      super(MOST_LARGE + " long answers of other nodes are on their way");
    }
  }

  /**
   * @param places {@link #MOST_LARGE} of them, for all answers together
   * @param longest bytes that it may have
   */
  RelayedBody(Semaphore places, int longest) {
    this.places = places;
    this.longest = longest;
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return gathered.getBody();
  }

  @Override
  public synchronized void onSubscribe(Flow.Subscription subscription) {
    feed = subscription;
    gathered.onSubscribe(subscription);
  }

  @Override
  public synchronized void onNext(List<ByteBuffer> bytes) {
    if (over) {
      return;
    }
    for (ByteBuffer some : bytes) {
      length += some.remaining();
    }
    if (length > longest) {
      refuse(new IOException("the answer has more than " + longest + " bytes"));
    } else if (length > SMALL && !large && !places.tryAcquire()) {
      refuse(new NoPlaceException());
    } else {
      large = length > SMALL;
      gathered.onNext(bytes);
    }
  }

  private void refuse(IOException why) {
    end();
    if (feed != null) {
      feed.cancel();
    }
    gathered.onError(why);
  }

  @Override
  public void onError(Throwable failure) {
    end();
    gathered.onError(failure);
  }

  @Override
  public void onComplete() {
    gathered.onComplete();
  }

  /** Nobody waits for it any more: its place is free, and it takes no more. */
  synchronized void end() {
    if (large) {
      places.release();
    }
    large = false;
    over = true;
  }
}
