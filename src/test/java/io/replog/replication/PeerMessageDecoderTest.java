package io.replog.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.replog.core.Hash;
import io.replog.replication.PeerMessage.Reign;
import io.replog.replication.PeerMessage.Replicate;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PeerMessageDecoderTest {
  private final List<PeerMessage> found = new ArrayList<>();
  private int greetings;

  private final PeerMessageDecoder decoder =
      new PeerMessageDecoder(
          new PeerMessageDecoder.Sink() {
            @Override
            public void greeted() {
              assertThat(found).isEmpty();
              greetings++;
            }

            @Override
            public void received(PeerMessage message) {
              found.add(message);
            }
          });

  static ByteBuffer stream(List<PeerMessage> messages) {
    List<ByteBuffer> parts = new ArrayList<>(List.of(PeerHello.bytes()));
    messages.forEach(message -> parts.add(PeerMessageCodecTest.encoded(message)));
    ByteBuffer all = ByteBuffer.allocate(parts.stream().mapToInt(ByteBuffer::remaining).sum());
    parts.forEach(all::put);
    return all.flip();
  }

  private static List<PeerMessage> messages(long seed) {
    RandomMessages random = new RandomMessages(seed);
    return RandomMessages.types().stream().map(random::next).toList();
  }

  @Test
  void oneByteAtATimeGivesTheSameMessages() throws MalformedMessageException {
    List<PeerMessage> messages = messages(1);
    ByteBuffer stream = stream(messages);
    while (stream.hasRemaining()) {
      decoder.feed(ByteBuffer.wrap(new byte[] {stream.get()}));
    }
    assertThat(found).isEqualTo(messages);
    assertThat(greetings).isEqualTo(1);
  }

  @Test
  void piecesOfAnySizeGiveTheSameMessages() throws MalformedMessageException {
    Random random = new Random(2);
    List<PeerMessage> messages = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      messages.addAll(messages(i));
    }
    ByteBuffer stream = stream(messages);
    while (stream.hasRemaining()) {
      int size = Math.min(stream.remaining(), random.nextInt(3000));
      ByteBuffer piece = ByteBuffer.allocateDirect(size + 2).position(1);
      piece.put(stream.slice(stream.position(), size)).flip().position(1);
      stream.position(stream.position() + size);
      decoder.feed(piece);
      assertThat(piece.hasRemaining()).isFalse();
      for (int i = 0; i < piece.limit(); i++) {
        piece.put(i, (byte) -1); // the next read may use the same buffer
      }
    }
    assertThat(found).isEqualTo(messages);
  }

  @Test
  void aLongMessageGrowsAsItComes() throws MalformedMessageException {
    byte[] frames = new byte[21 << 20];
    new Random(3).nextBytes(frames);
    Hash hash = Hash.of(new byte[Hash.BYTES]);
    Reign reign = new Reign(new UUID(1, 2), 3, new UUID(4, 5));
    Replicate message = new Replicate(reign, 6, hash, 7, true, ByteBuffer.wrap(frames));
    ByteBuffer stream = stream(List.of(message, RandomMessages.numbered(8)));
    while (stream.hasRemaining()) {
      int size = Math.min(stream.remaining(), 60_000);
      decoder.feed(stream.slice(stream.position(), size));
      stream.position(stream.position() + size);
    }
    assertThat(found).hasSize(2);
    assertThat(found.getFirst().equals(message)).isTrue();
  }

  @Test
  void aLengthAloneTakesNoMemory() throws MalformedMessageException {
    decoder.feed(PeerHello.bytes());
    decoder.feed(ByteBuffer.allocate(4).putInt(0, PeerMessageCodec.MAX_BYTES));
    int came = 0;
    for (int size : new int[] {0, 1, 10, 8_000, 60_000, 60_000, 60_000, 1_000_000}) {
      decoder.feed(ByteBuffer.allocate(size));
      came += size;
      assertThat(decoder.held())
          .as("after %d bytes", came)
          .isBetween(came, Math.max(PeerMessageDecoder.UNPROVEN_BYTES, 2 * came));
    }
    assertThat(PeerMessageDecoder.UNPROVEN_BYTES).isLessThanOrEqualTo(64 << 10);
  }

  @Test
  void aLengthThatNoMessageHasIsNamed() throws MalformedMessageException {
    decoder.feed(PeerHello.bytes());
    ByteBuffer length = ByteBuffer.allocate(4).putInt(0, PeerMessageCodec.MAX_BYTES + 1);
    assertThatThrownBy(() -> decoder.feed(length))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessage("a message cannot be 134217729 bytes long: 1 to 134217728");
  }

  @Test
  void aNegativeOrAbsentLengthIsMalformed() throws MalformedMessageException {
    decoder.feed(PeerHello.bytes());
    assertThatThrownBy(() -> decoder.feed(ByteBuffer.allocate(4).putInt(0, -1)))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining("4294967295");
    PeerMessageDecoder other = new PeerMessageDecoder(null);
    assertThatThrownBy(() -> other.feed(ByteBuffer.allocate(8)))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining("replog");
  }

  @Test
  void anotherVersionIsNamed() {
    ByteBuffer hello = PeerHello.bytes().putShort(6, (short) 7);
    assertThatThrownBy(() -> decoder.feed(hello))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessage("the peer speaks version 7 of the stream, this node version 1");
    assertThat(greetings).isZero();
  }
}
