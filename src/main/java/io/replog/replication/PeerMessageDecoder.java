package io.replog.replication;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds the messages in one direction of a stream, which comes in pieces of any size (see {@link
 * PeerMessageCodec} for its form). It keeps the bytes of one unfinished message at most; a message
 * that lies whole in a piece is read where it lies. Frames are copied once, into an array that the
 * message then owns.
 *
 * <p>One thread at a time. After an exception it is of no more use.
 */
public final class PeerMessageDecoder {
  /** Who gets what was found. */
  public interface Sink {
    /** The peer's hello was right; once, before any message. */
    void greeted();

    /** The next message. */
    void received(PeerMessage message);
  }

  /**
   * What is set aside at least for a message of which nothing has come: a few bytes from anybody
   * that only claim a length take no more memory than this. Above it the array grows as the message
   * comes, to twice of what is there.
   */
  static final int UNPROVEN_BYTES = 8 << 10;

  private final Sink sink;
  private final ByteBuffer start = ByteBuffer.allocate(PeerHello.BYTES);
  private byte @Nullable [] body;
  private int length;
  private int filled;

  public PeerMessageDecoder(Sink sink) {
    this.sink = sink;
  }

  /**
   * Takes a piece of the stream, whole, and hands out what it completes.
   *
   * @throws MalformedMessageException if it does not follow the protocol; what was found before has
   *     been handed out
   */
  public void feed(ByteBuffer piece) throws MalformedMessageException {
    while (piece.hasRemaining()) {
      if (body != null) {
        append(body, piece);
      } else if (start.limit() == PeerHello.BYTES) {
        if (gather(piece)) {
          PeerHello.check(start);
          start.clear().limit(PeerMessageCodec.LENGTH_BYTES);
          sink.greeted();
        }
      } else if (gather(piece)) {
        length = start.getInt();
        start.rewind();
        begin(piece);
      }
    }
  }

  /** Bytes set aside for the message that is not whole. */
  int held() {
    return body == null ? 0 : body.length;
  }

  /** Whether the hello or the length, whichever is due, is there; it is then ready to be read. */
  private boolean gather(ByteBuffer piece) {
    int taken = Math.min(start.remaining(), piece.remaining());
    start.put(start.position(), piece, piece.position(), taken);
    start.position(start.position() + taken);
    piece.position(piece.position() + taken);
    if (start.hasRemaining()) {
      return false;
    }
    start.rewind();
    return true;
  }

  private void begin(ByteBuffer piece) throws MalformedMessageException {
    if (length < 1 || length > PeerMessageCodec.MAX_BYTES) {
      throw new MalformedMessageException(
          "a message cannot be %d bytes long: 1 to %d"
              .formatted(Integer.toUnsignedLong(length), PeerMessageCodec.MAX_BYTES));
    }
    if (piece.remaining() >= length) {
      int end = piece.limit();
      piece.limit(piece.position() + length);
      PeerMessage message = PeerMessageCodec.decode(piece, false);
      piece.limit(end);
      sink.received(message);
    } else {
      body = new byte[Math.min(length, Math.max(UNPROVEN_BYTES, 2 * piece.remaining()))];
      filled = 0;
    }
  }

  private void append(byte[] to, ByteBuffer piece) throws MalformedMessageException {
    byte[] target = to;
    int taken = Math.min(length - filled, piece.remaining());
    if (filled + taken > target.length) {
      int grown = (int) Math.min(length, Math.max(2L * target.length, filled + taken));
      target = Arrays.copyOf(target, grown);
      body = target;
    }
    piece.get(target, filled, taken);
    filled += taken;
    if (filled == length) {
      body = null;
      sink.received(PeerMessageCodec.decode(ByteBuffer.wrap(target), true));
    }
  }
}
