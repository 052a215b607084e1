package io.replog.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.replog.core.Hash;
import io.replog.replication.PeerMessage.HashQuery;
import io.replog.replication.PeerMessage.Reign;
import io.replog.replication.PeerMessage.Replicate;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a node relies on in any transport; each implementation extends this by its surroundings. */
public abstract class PeerTransportContract {
  /** Above so many waiting bytes the transport under test has to give a link up. */
  protected static final long QUEUE_LIMIT = 8 << 20;

  private final RecordingHandler opener = new RecordingHandler();
  private final RecordingHandler taker = new RecordingHandler();

  /** The transport under test. */
  protected abstract PeerTransport transport();

  /** A node that takes streams (null: it does not); gives its URL. */
  protected abstract String listen(Function<PeerLink, @Nullable PeerLinkHandler> accept);

  /** A URL where nobody listens. */
  protected abstract String nobody();

  /** Lets time pass until a condition holds, and fails if it never does. */
  protected abstract void await(BooleanSupplier condition);

  /** Runs all of them, each in a thread of its own where there are threads. */
  protected abstract void inParallel(List<Runnable> tasks);

  /**
   * From now on, nothing that the node at {@link #listen} is sent is read by it, as if it were
   * stopped by a signal.
   */
  protected abstract void stall();

  /** It reads again. */
  protected abstract void resume();

  @AfterEach
  void noPromiseIsBroken() {
    if (opener.isOpen()) {
      opener.link().close();
      await(() -> !opener.isOpen() && !taker.isOpen());
    }
    assertThat(opener.broken()).isEmpty();
    assertThat(taker.broken()).isEmpty();
    assertThat(opener.closedBecause()).hasSize(1);
    assertThat(taker.closedBecause()).hasSizeLessThanOrEqualTo(1);
  }

  private @Nullable PeerLinkHandler take(PeerLink link) {
    taker.opened(link);
    return taker;
  }

  private void connect() {
    transport().open(listen(this::take), opener::opened, opener);
    await(() -> opener.isOpen() && taker.isOpen());
  }

  private static List<PeerMessage> messages(long seed, int count) {
    RandomMessages random = new RandomMessages(seed);
    List<PeerMessage> messages = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      messages.add(random.next());
    }
    return messages;
  }

  protected static Replicate entries(int bytes) {
    Hash hash = Hash.of(new byte[Hash.BYTES]);
    Reign reign = new Reign(new UUID(1, 2), 3, new UUID(4, 5));
    return new Replicate(reign, 6, hash, 7, true, ByteBuffer.allocate(bytes));
  }

  @Test
  void messagesArriveInOrderBothWays() {
    connect();
    List<PeerMessage> there = messages(1, 500);
    List<PeerMessage> back = messages(2, 500);
    for (int i = 0; i < 500; i++) {
      opener.link().send(there.get(i));
      taker.link().send(back.get(i));
    }
    await(() -> taker.count() == 500 && opener.count() == 500);
    assertThat(taker.received()).isEqualTo(there);
    assertThat(opener.received()).isEqualTo(back);
  }

  @Test
  void anAnswerMayBeSentWhileTheQuestionIsReceived() {
    taker.reacting(PeerLink::send);
    opener.reacting(
        (link, message) -> {
          if (((HashQuery) message).sequence() < 100) {
            link.send(RandomMessages.numbered(((HashQuery) message).sequence() + 1));
          }
        });
    connect();
    opener.link().send(RandomMessages.numbered(1));
    await(() -> opener.count() == 100);
  }

  @Test
  void whatIsSentWhileALinkIsTakenComesAfterItsOpening() {
    String url =
        listen(
            link -> {
              take(link);
              link.send(RandomMessages.numbered(1));
              return taker;
            });
    transport().open(url, opener::opened, opener);
    await(() -> opener.count() == 1);
    assertThat(opener.received()).containsExactly(RandomMessages.numbered(1));
  }

  @Test
  void aLongMessageArrivesWhole() {
    connect();
    Replicate entries = entries(12 << 20);
    opener.link().send(entries);
    opener.link().send(RandomMessages.numbered(1));
    await(() -> taker.count() == 2);
    assertThat(taker.received().getFirst().equals(entries)).isTrue();
    await(() -> opener.link().queuedBytes() == 0);
  }

  @Test
  void theOpenerEndsItForBoth() {
    connect();
    opener.link().close();
    opener.link().close();
    await(() -> !opener.isOpen() && !taker.isOpen());
    opener.link().send(RandomMessages.numbered(1));
    taker.link().send(RandomMessages.numbered(1));
    assertThat(opener.link().queuedBytes()).isZero();
    assertThat(taker.link().queuedBytes()).isZero();
  }

  @Test
  void theTakerEndsItForBoth() {
    connect();
    taker.link().close();
    await(() -> !opener.isOpen() && !taker.isOpen());
  }

  @Test
  void nothingIsReceivedAfterAHandlerHasClosedItsLink() {
    taker.reacting((link, message) -> link.close());
    connect();
    messages(3, 10).forEach(opener.link()::send);
    await(() -> !opener.isOpen() && !taker.isOpen());
    assertThat(taker.count()).isEqualTo(1);
  }

  @Test
  void whereNobodyListensTheHandlerIsTold() {
    transport().open(nobody(), opener::opened, opener);
    await(() -> !opener.closedBecause().isEmpty());
  }

  @Test
  void aNodeThatTakesNoStreamsIsNotOpened() {
    transport().open(listen(link -> null), opener::opened, opener);
    await(() -> !opener.closedBecause().isEmpty());
  }

  @Test
  void severalThreadsKeepTheirOrder() {
    connect();
    int threads = 4;
    int each = 5000;
    List<Runnable> tasks = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      long first = t * 1_000_000L;
      tasks.add(
          () ->
              LongStream.range(first, first + each)
                  .forEach(i -> opener.link().send(RandomMessages.numbered(i))));
    }
    inParallel(tasks);
    await(() -> taker.count() == threads * each);
    for (int t = 0; t < threads; t++) {
      long thread = t;
      assertThat(
              taker.received().stream()
                  .mapToLong(message -> ((HashQuery) message).sequence())
                  .filter(i -> i / 1_000_000 == thread))
          .hasSize(each)
          .isSorted();
    }
  }

  @Test
  void aStalledPeerIsSeenByWhatWaitsAndGetsItAllWhenItReadsAgain() {
    connect();
    stall();
    long sent = 0;
    while (opener.link().queuedBytes() < QUEUE_LIMIT / 2) {
      opener.link().send(entries(64 << 10));
      sent++;
      assertThat(sent).isLessThan(10_000);
      pause();
    }
    resume();
    int expected = (int) sent;
    await(() -> taker.count() == expected);
    await(() -> opener.link().queuedBytes() == 0);
  }

  @Test
  void aPeerThatTakesNothingIsGivenUpAboveTheLimit() {
    connect();
    stall();
    for (int i = 0; i < 10_000 && opener.isOpen(); i++) {
      opener.link().send(entries(64 << 10));
      assertThat(opener.link().queuedBytes()).isLessThan(QUEUE_LIMIT + (1 << 20));
      pause();
    }
    await(() -> !opener.isOpen());
    assertThat(opener.closedBecause().getFirst()).contains("takes nothing").contains("8388608");
    resume();
    await(() -> !taker.isOpen());
  }

  /** Gives a transport with threads of its own a moment to work. */
  protected void pause() {}
}
