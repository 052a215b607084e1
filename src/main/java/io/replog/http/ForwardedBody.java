package io.replog.http;

import io.micronaut.core.io.buffer.ReadBuffer;
import io.micronaut.core.io.buffer.ReadBufferFactory;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Flow;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** The body of another node's answer, as it comes and no faster than it is taken. */
record ForwardedBody(Flow.Publisher<List<ByteBuffer>> received) implements Publisher<ReadBuffer> {
  @Override
  public void subscribe(Subscriber<? super ReadBuffer> to) {
    received.subscribe(
        new Flow.Subscriber<>() {
          @Override
          public void onSubscribe(Flow.Subscription subscription) {
            to.onSubscribe(
                new Subscription() {
                  @Override
                  public void request(long n) {
                    subscription.request(n);
                  }

                  @Override
                  public void cancel() {
                    subscription.cancel();
                  }
                });
          }

          @Override
          public void onNext(List<ByteBuffer> buffers) {
            to.onNext(ReadBufferFactory.getJdkFactory().adapt(joined(buffers)));
          }

          @Override
          public void onError(Throwable failure) {
            to.onError(failure);
          }

          @Override
          public void onComplete() {
            to.onComplete();
          }
        });
  }

  private static byte[] joined(List<ByteBuffer> buffers) {
    ByteBuffer all = ByteBuffer.allocate(buffers.stream().mapToInt(ByteBuffer::remaining).sum());
    buffers.forEach(all::put);
    return all.array();
  }
}
