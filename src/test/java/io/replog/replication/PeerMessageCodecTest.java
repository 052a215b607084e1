package io.replog.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.replog.replication.PeerMessage.Failed;
import io.replog.replication.PeerMessage.Fetched;
import io.replog.replication.PeerMessage.Leave;
import io.replog.replication.PeerMessage.Replicate;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PeerMessageCodecTest {
  private static final int ROUNDS = 200;

  static List<Class<?>> types() {
    return RandomMessages.types();
  }

  /** A whole message as it lies on the wire, its length first. */
  static ByteBuffer encoded(PeerMessage message) {
    int head = PeerMessageCodec.headBytes(message);
    ByteBuffer frames = PeerMessageCodec.frames(message).duplicate();
    ByteBuffer out = ByteBuffer.allocate(head + frames.remaining());
    PeerMessageCodec.encodeHead(message, head, out);
    assertThat(out.position()).isEqualTo(head);
    return out.put(frames).flip();
  }

  private static ByteBuffer body(PeerMessage message) {
    return encoded(message).position(PeerMessageCodec.LENGTH_BYTES).slice();
  }

  @ParameterizedTest
  @MethodSource("types")
  void everyMessageComesBackAsItWas(Class<?> type) throws MalformedMessageException {
    RandomMessages random = new RandomMessages(1);
    for (int i = 0; i < ROUNDS; i++) {
      PeerMessage message = random.next(type);
      ByteBuffer body = body(message);
      assertThat(PeerMessageCodec.decode(body.duplicate(), false)).isEqualTo(message);
      assertThat(PeerMessageCodec.decode(body, true)).isEqualTo(message);
    }
  }

  @ParameterizedTest
  @MethodSource("types")
  void aMessageThatWasCutOffIsMalformed(Class<?> type) throws MalformedMessageException {
    RandomMessages random = new RandomMessages(2);
    for (int i = 0; i < 5; i++) {
      PeerMessage message = random.next(type);
      ByteBuffer body = body(message);
      int fields = body.limit() - PeerMessageCodec.frames(message).remaining();
      for (int length = 0; length < fields; length++) {
        ByteBuffer cut = body.slice(0, length);
        assertThatExceptionOfType(MalformedMessageException.class)
            .isThrownBy(() -> PeerMessageCodec.decode(cut, false));
      }
      for (int length = fields; length < body.limit(); length++) {
        PeerMessage shorter = PeerMessageCodec.decode(body.slice(0, length), false);
        assertThat(PeerMessageCodec.frames(shorter)).isEqualTo(body.slice(fields, length - fields));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("types")
  void bytesTooManyAreMalformed(Class<?> type) {
    PeerMessage message = new RandomMessages(3).next(type);
    ByteBuffer body = body(message);
    ByteBuffer longer = ByteBuffer.allocate(body.limit() + 1).put(body).rewind();
    if (message instanceof Replicate || message instanceof Fetched) {
      return; // whatever follows belongs to the frames
    }
    assertThatThrownBy(() -> PeerMessageCodec.decode(longer, false))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining("1 bytes too many");
  }

  @Test
  void anyBytesAreAMessageOrMalformed() {
    Random random = new Random(4);
    List<ByteBuffer> sound =
        types().stream().map(type -> body(new RandomMessages(5).next(type))).toList();
    int malformed = 0;
    for (int i = 0; i < 50_000; i++) {
      byte[] bytes = new byte[random.nextInt(400)];
      random.nextBytes(bytes);
      ByteBuffer noise = ByteBuffer.wrap(bytes);
      ByteBuffer whole = sound.get(i % sound.size());
      if (i % 2 == 0 && bytes.length > 0) {
        // a sound message with a few bytes changed gets further in
        noise = ByteBuffer.allocate(whole.limit()).put(whole.duplicate()).rewind();
        for (int j = 0; j < 3; j++) {
          noise.put(random.nextInt(noise.limit()), (byte) random.nextInt());
        }
      }
      try {
        PeerMessageCodec.decode(noise, random.nextBoolean());
      } catch (MalformedMessageException e) {
        malformed++;
      }
    }
    assertThat(malformed).isBetween(10_000, 49_999);
  }

  @Test
  void anUnknownTypeIsNamed() {
    assertThatThrownBy(() -> PeerMessageCodec.decode(ByteBuffer.wrap(new byte[] {99}), false))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessage("no message has type 99");
  }

  @Test
  void aTextForPeopleIsCutAndAnIdIsRefused() throws MalformedMessageException {
    Failed failed = new Failed(1, "x".repeat(2000));
    assertThat(PeerMessageCodec.decode(body(failed), true))
        .isEqualTo(new Failed(1, "x".repeat(FieldWriter.MAX_PROSE)));
    Leave leave = new Leave("x".repeat(FieldWriter.MAX_TEXT + 1), new UUID(1, 2));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PeerMessageCodec.headBytes(leave))
        .withMessageContaining("4097 bytes");
  }

  @Test
  void framesAreNeitherMovedNorShared() throws MalformedMessageException {
    Replicate message = (Replicate) new RandomMessages(6).next(Replicate.class);
    int before = message.frames().remaining();
    ByteBuffer body = body(message);
    Replicate copied = (Replicate) PeerMessageCodec.decode(body.duplicate(), false);
    assertThat(message.frames().remaining()).isEqualTo(before);
    body.put(body.limit() - 1, (byte) (body.get(body.limit() - 1) + 1));
    assertThat(copied).isEqualTo(message);
  }
}
