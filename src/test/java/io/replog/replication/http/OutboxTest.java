package io.replog.replication.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.replog.replication.MalformedMessageException;
import io.replog.replication.PeerHello;
import io.replog.replication.PeerMessage;
import io.replog.replication.PeerMessageDecoder;
import io.replog.replication.RandomMessages;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutboxTest {
  private final Outbox outbox = new Outbox();
  private final List<PeerMessage> found = new ArrayList<>();

  private final PeerMessageDecoder decoder =
      new PeerMessageDecoder(
          new PeerMessageDecoder.Sink() {
            @Override
            public void greeted() {}

            @Override
            public void received(PeerMessage message) {
              found.add(message);
            }
          });

  private ByteBuf next() {
    return outbox.next(UnpooledByteBufAllocator.DEFAULT, 10, 2);
  }

  /** Takes all that waits and gives the number of pieces. */
  private int drain() throws MalformedMessageException {
    int pieces = 0;
    for (ByteBuf piece = next(); piece != null; piece = next()) {
      pieces++;
      assertThat(piece.readerIndex()).isEqualTo(10);
      assertThat(piece.writableBytes()).isGreaterThanOrEqualTo(2);
      outbox.left(piece.readableBytes());
      decoder.feed(piece.nioBuffer());
      piece.release();
    }
    return pieces;
  }

  @Test
  void theHelloComesFirstAndAloneIfNothingWaits() throws MalformedMessageException {
    assertThat(outbox.bytes()).isEqualTo(PeerHello.BYTES);
    assertThat(drain()).isEqualTo(1);
    assertThat(outbox.bytes()).isZero();
    assertThat(next()).isNull();
  }

  @Test
  void whatWasSentInOneTurnLeavesInOnePiece() throws MalformedMessageException {
    List<PeerMessage> sent = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      sent.add(RandomMessages.numbered(i));
    }
    sent.forEach(outbox::add);
    assertThat(drain()).isEqualTo(1);
    assertThat(found).isEqualTo(sent);
  }

  @Test
  void longFramesLeaveInManyPiecesAndAllIsCounted() throws MalformedMessageException {
    List<PeerMessage> sent = new ArrayList<>();
    RandomMessages random = new RandomMessages(1);
    for (int i = 0; i < 1000; i++) {
      sent.add(random.next());
    }
    sent.forEach(outbox::add);
    long bytes = outbox.bytes();
    assertThat(drain()).isBetween((int) (bytes / Outbox.PIECE_BYTES), 20);
    assertThat(found).isEqualTo(sent);
    assertThat(outbox.bytes()).isZero();
  }
}
