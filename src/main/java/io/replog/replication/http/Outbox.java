package io.replog.replication.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.replog.replication.PeerHello;
import io.replog.replication.PeerMessage;
import io.replog.replication.PeerMessageCodec;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What waits to leave on one link, the hello first. Messages wait as they are and are encoded when
 * they leave, many into one buffer, on the event loop and not on the thread that sends; frames are
 * copied there, once, which the socket would do otherwise.
 *
 * <p>{@link #add} and {@link #bytes} from any thread, the rest on the event loop. It has no limit
 * of its own: see {@link HttpLink}.
 */
final class Outbox {
  /**
   * Bytes of one piece. Long frames leave in many, so that no more than the socket takes is copied
   * ahead.
   */
  static final int PIECE_BYTES = 64 << 10;

  private final Queue<PeerMessage> messages = new ConcurrentLinkedQueue<>();
  private final AtomicLong bytes = new AtomicLong(PeerHello.BYTES);

  /** What is left of the message that is leaving; at first the hello. */
  private @Nullable ByteBuffer leaving = PeerHello.bytes();

  private int leavingAt;

  private volatile long longest;

  /**
   * Puts a message at the end.
   *
   * @throws IllegalArgumentException if it is longer than a message can be
   */
  void add(PeerMessage message) {
    int size = PeerMessageCodec.headBytes(message) + PeerMessageCodec.frames(message).remaining();
    synchronized (this) {
      longest = bytes.get() == 0 ? size : Math.max(longest, size);
      bytes.addAndGet(size);
      messages.add(message);
    }
  }

  /** Bytes of the longest message since nothing waited last. */
  long longest() {
    return longest;
  }

  /** Bytes that wait. */
  long bytes() {
    return bytes.get();
  }

  /**
   * The next piece, or null when nothing waits. Its bytes are counted as waiting until they are
   * reported as {@link #left}.
   *
   * @param before bytes to keep free before the reader index
   * @param after bytes to keep writable at the end
   */
  @Nullable ByteBuf next(ByteBufAllocator allocator, int before, int after) {
    PeerMessage first = leaving == null ? messages.peek() : null;
    if (leaving == null && first == null) {
      return null;
    }
    int least = first == null ? 1 : PeerMessageCodec.headBytes(first);
    int room = (int) Math.max(least, Math.min(bytes.get(), PIECE_BYTES));
    ByteBuf piece = allocator.ioBuffer(before + room + after);
    ByteBuffer out = piece.internalNioBuffer(before, room);
    int start = out.position();
    fill(out);
    return piece.setIndex(before, before + out.position() - start);
  }

  private void fill(ByteBuffer out) {
    while (out.hasRemaining()) {
      if (leaving != null) {
        copy(leaving, out);
        continue;
      }
      PeerMessage message = messages.peek();
      if (message == null) {
        return;
      }
      int head = PeerMessageCodec.headBytes(message);
      if (head > out.remaining()) {
        return;
      }
      messages.remove();
      PeerMessageCodec.encodeHead(message, head, out);
      ByteBuffer frames = PeerMessageCodec.frames(message);
      if (frames.hasRemaining()) {
        leaving = frames;
        leavingAt = frames.position();
      }
    }
  }

  private void copy(ByteBuffer from, ByteBuffer out) {
    int count = Math.min(from.limit() - leavingAt, out.remaining());
    out.put(out.position(), from, leavingAt, count);
    out.position(out.position() + count);
    leavingAt += count;
    if (leavingAt == from.limit()) {
      leaving = null;
      leavingAt = 0;
    }
  }

  /** A piece is the socket's now. */
  void left(int count) {
    bytes.addAndGet(-count);
  }

  /** Forgets what waits. */
  void clear() {
    messages.clear();
    leaving = null;
  }
}
