package io.replog.replication;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One end of a link in a test: remembers what it was told, and holds the transport to its promises.
 */
public final class RecordingHandler implements PeerLinkHandler {
  private static final int REMEMBERED = 100_000;

  private final AtomicBoolean called = new AtomicBoolean();
  private final Queue<PeerMessage> received = new ConcurrentLinkedQueue<>();
  private final List<String> closed = new CopyOnWriteArrayList<>();
  private final List<String> broken = new CopyOnWriteArrayList<>();
  private final AtomicInteger count = new AtomicInteger();
  private volatile @Nullable PeerLink link;
  private volatile BiConsumer<PeerLink, PeerMessage> reaction = (to, message) -> {};

  /** What to do with each message besides remembering it. */
  public RecordingHandler reacting(BiConsumer<PeerLink, PeerMessage> to) {
    reaction = to;
    return this;
  }

  /** The link is open, or accepted. */
  public void opened(PeerLink now) {
    serially(
        () -> {
          if (link != null || !received.isEmpty() || !closed.isEmpty()) {
            broken.add("opened late");
          }
          link = now;
        });
  }

  @Override
  public void received(PeerMessage message) {
    serially(
        () -> {
          if (link == null || !closed.isEmpty()) {
            broken.add("received out of turn: " + message);
          } else {
            if (count.incrementAndGet() <= REMEMBERED) {
              received.add(message);
            }
            reaction.accept(link, message);
          }
        });
  }

  @Override
  public void closed(String why) {
    serially(() -> closed.add(why));
  }

  private void serially(Runnable call) {
    if (!called.compareAndSet(false, true)) {
      broken.add("two calls at once");
    }
    call.run();
    called.set(false);
  }

  public boolean isOpen() {
    return link != null && closed.isEmpty();
  }

  public PeerLink link() {
    PeerLink now = link;
    if (now == null) {
      throw new AssertionError("no link; closed: " + closed);
    }
    return now;
  }

  public List<PeerMessage> received() {
    return List.copyOf(received);
  }

  public int count() {
    return count.get();
  }

  /** Why it was closed, each time it was said. */
  public List<String> closedBecause() {
    return closed;
  }

  /** What the transport has promised and not kept. */
  public List<String> broken() {
    return broken;
  }
}
