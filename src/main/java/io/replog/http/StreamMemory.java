package io.replog.http;

import io.replog.node.Node.Subscription;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The memory that all streamed answers hold together for clients that take their time. The fuller
 * it is, the shorter are the pieces: those who read on are served, and those who do not read cost
 * little.
 */
@Singleton
final class StreamMemory {
  static final int LONGEST_PIECE = 256 << 10;

  /** One more stream may always have a piece of this length; they are bounded by connections. */
  static final int SHORTEST_PIECE = 16 << 10;

  /** A piece takes no larger part of what is free. */
  private static final int PIECES = 64;

  private final long most;
  private final AtomicLong held = new AtomicLong();

  /** An eighth of the heap. */
  @Inject
  StreamMemory() {
    this(Runtime.getRuntime().maxMemory() / 8);
  }

  /**
   * @param most bytes
   */
  StreamMemory(long most) {
    this.most = most;
  }

  /** What all streams hold now, in bytes. */
  long held() {
    return held.get();
  }

  /** The part of a new stream, to be closed when it ends. */
  Share share() {
    return new Share();
  }

  /** What one stream holds between two pieces. */
  final class Share {
    private long mine;
    private boolean closed;
    private @Nullable Subscription gone;

    /** How long the next piece may be, in bytes. */
    int piece() {
      long free = most - held.get();
      return Math.clamp(free / PIECES, SHORTEST_PIECE, LONGEST_PIECE);
    }

    /**
     * Whether there is room for so many bytes with what was read of the log and is not needed yet;
     * else that is read again. Half is for the pieces alone.
     */
    synchronized boolean mayKeep(long bytes) {
      return held.get() - mine + bytes <= most / 2;
    }

    /** Takes so many bytes if there is room for them; one may always be there. */
    synchronized boolean tryHold(long bytes) {
      long others = held.getAndAdd(bytes);
      if (others > 0 && others + bytes > most) {
        held.addAndGet(-bytes);
        return false;
      }
      mine += bytes;
      return true;
    }

    /** Says what the stream holds from now on. */
    synchronized void holds(long bytes) {
      if (!closed) {
        held.addAndGet(bytes - mine);
        mine = bytes;
      }
    }

    /** Closes with the connection, should nobody ever ask for the stream. */
    void endsWith(ClientConnection connection) {
      Subscription subscription = connection.onGone(this::close);
      synchronized (this) {
        if (!closed) {
          gone = subscription;
          return;
        }
      }
      subscription.close();
    }

    /** Nothing is held any more. */
    void close() {
      Subscription subscription;
      synchronized (this) {
        holds(0);
        closed = true;
        subscription = gone;
        gone = null;
      }
      if (subscription != null) {
        subscription.close();
      }
    }
  }
}
