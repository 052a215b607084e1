package io.replog.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micronaut.core.io.buffer.ReadBuffer;
import io.micronaut.core.io.buffer.ReadBufferFactory;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Subscription;

/** What long bodies take of the budget that they share. */
@Timeout(60)
class ArrivingBodyTest {
  private static final int ALL = RequestBody.LONGEST;

  private final BodyBudget budget = new BodyBudget(ALL);

  /** A body whose pieces come when the test says so. */
  private final class Upload implements Subscription {
    private final ArrivingBody body;
    private final CompletableFuture<byte[]> whole;
    private boolean cancelled;

    Upload(long announced) {
      body = new ArrivingBody(budget, announced);
      whole = body.from(subscriber -> subscriber.onSubscribe(this));
    }

    void comes(byte[] bytes) {
      ReadBuffer piece = ReadBufferFactory.getJdkFactory().adapt(bytes);
      body.onNext(piece);
      assertThatThrownBy(() -> piece.toArray(new byte[bytes.length], 0))
          .as("it is let go")
          .isInstanceOf(IllegalStateException.class);
    }

    @Override
    public void request(long count) {
      assertThat(count).isEqualTo(Long.MAX_VALUE);
    }

    @Override
    public void cancel() {
      cancelled = true;
    }
  }

  private void assertAllIsFree() {
    budget.take(ALL);
    budget.release(ALL);
  }

  @Test
  void whatIsAnnouncedTakesNothing() {
    List<Upload> silent = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      silent.add(new Upload(i % 2 == 0 ? -1 : ALL));
    }
    silent.forEach(upload -> upload.comes(new byte[BodyBudget.SHORT / 2]));
    assertAllIsFree();
  }

  @Test
  void theBytesThatCameAreTheBody() throws Exception {
    Random random = new Random(1);
    for (int length : new int[] {0, 1, 1000, 16 << 10, 100_000, 3 << 20, ALL}) {
      for (long announced : new long[] {-1, length}) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        Upload upload = new Upload(announced);
        for (int at = 0; at < length; ) {
          int size = Math.min(length - at, 1 + random.nextInt(70_000));
          upload.comes(java.util.Arrays.copyOfRange(bytes, at, at + size));
          at += size;
        }
        assertThat(upload.whole).isNotDone();
        upload.body.onComplete();
        assertThat(upload.whole.get()).isEqualTo(bytes);
        upload.body.release();
        assertAllIsFree();
      }
    }
  }

  @Test
  void whatCameIsTakenAndWhoeverFindsNoRoomIsRefused() {
    Upload first = new Upload(ALL);
    first.comes(new byte[5 << 20]);
    assertThatThrownBy(() -> budget.take((3 << 20) + 1)).isInstanceOf(ProblemException.class);
    Upload second = new Upload(-1);
    second.comes(new byte[BodyBudget.SHORT]);
    assertThat(second.whole).isNotDone();

    second.comes(new byte[4 << 20]);

    assertThat(second.whole)
        .isCompletedExceptionally()
        .failsWithin(java.time.Duration.ZERO)
        .withThrowableOfType(java.util.concurrent.ExecutionException.class)
        .withMessageContaining("too many long bodies");
    assertThat(second.cancelled).isTrue();
    second.comes(new byte[100]);
    second.body.release();

    first.comes(new byte[3 << 20]);
    first.body.onComplete();
    assertThat(first.whole).isCompletedWithValueMatching(bytes -> bytes.length == ALL);
    first.body.release();
    assertAllIsFree();
  }

  @Test
  void oneThatIsTooLongIsRefusedAsSuch() {
    Upload upload = new Upload(-1);
    upload.comes(new byte[ALL]);
    upload.comes(new byte[1]);
    assertThat(upload.whole)
        .failsWithin(java.time.Duration.ZERO)
        .withThrowableOfType(java.util.concurrent.ExecutionException.class)
        .withMessageContaining("a body may have");
    upload.body.release();
    assertAllIsFree();
  }

  @Test
  void oneThatBreaksOffGivesBackWhatItTook() {
    Upload upload = new Upload(-1);
    upload.comes(new byte[ALL]);
    upload.body.onError(new IOException("gone"));
    assertThat(upload.whole).isCompletedExceptionally();
    upload.body.release();
    assertAllIsFree();
  }

  /** More of them than the whole budget has room for, were each the longest. */
  @Test
  void uploadsThatSendNothingLockNobodyOut(@TempDir Path directory) throws Exception {
    long all = Math.max(Runtime.getRuntime().maxMemory() / 8, ALL);
    List<Socket> silent = new ArrayList<>();
    try (Api api = Api.over(directory)) {
      for (long taken = 0; taken <= all; taken += ALL) {
        Socket socket = api.connect();
        silent.add(socket);
        socket
            .getOutputStream()
            .write(
                ("POST /messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                        + "Expect: 100-continue\r\n"
                        + (silent.size() % 2 == 0
                            ? "Transfer-Encoding: chunked\r\n\r\n"
                            : "Content-Length: " + ALL + "\r\n\r\n"))
                    .getBytes(ISO_8859_1));
        // the word is said when the body is begun to be read
        assertThat(new String(socket.getInputStream().readNBytes(12), ISO_8859_1))
            .isEqualTo("HTTP/1.1 100");
      }
      String message = "m".repeat(20_000);
      assertThat(api.send(api.append("{\"message\":\"" + message + "\",\"w\":1}")).status())
          .isEqualTo(201);
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
  }
}
