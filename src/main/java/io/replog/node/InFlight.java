package io.replog.node;

import java.util.ArrayDeque;

/** The deliveries that were sent and are not stored yet, and their size. */
final class InFlight {
  /**
   * Most bytes on their way to a secondary that is behind. It could take more, but would write and
   * sync that as one, and whoever shares a disk or a processor with it waits as long. What has
   * arrived there and waits for an artificial delay is not on its way any more.
   */
  private static final int CATCH_UP_BYTES = 512 * 1024;

  private record Delivery(long lastSequence, int bytes) {}

  /** Deliveries up to an acknowledged sequence leave it. */
  private static final class Window {
    private final ArrayDeque<Delivery> deliveries = new ArrayDeque<>();
    private long bytes;

    void add(Delivery delivery) {
      deliveries.addLast(delivery);
      bytes += delivery.bytes();
    }

    void acknowledged(long sequence) {
      while (!deliveries.isEmpty() && deliveries.getFirst().lastSequence() <= sequence) {
        bytes -= deliveries.removeFirst().bytes();
      }
    }

    void clear() {
      deliveries.clear();
      bytes = 0;
    }
  }

  private final Window notReceived = new Window();
  private final Window notStored = new Window();

  /**
   * Whether one more may be sent.
   *
   * @param most bytes that may be sent and not stored
   * @param behind whether the secondary is catching up
   */
  boolean hasRoom(int most, boolean behind) {
    return notStored.bytes < most && !(behind && notReceived.bytes >= CATCH_UP_BYTES);
  }

  /** Bytes that were sent and are not known as stored. */
  long bytes() {
    return notStored.bytes;
  }

  void sent(long lastSequence, int size) {
    Delivery delivery = new Delivery(lastSequence, size);
    notReceived.add(delivery);
    notStored.add(delivery);
  }

  /**
   * @param received highest contiguous sequence that has arrived
   * @param stored highest contiguous sequence in the secondary's log
   */
  void acknowledged(long received, long stored) {
    notReceived.acknowledged(received);
    notStored.acknowledged(stored);
  }

  void clear() {
    notReceived.clear();
    notStored.clear();
  }
}
