package io.replog.node;

import java.util.ArrayDeque;

/** The deliveries that were sent and are not stored yet, and their size. */
final class InFlight {
  private record Delivery(long lastSequence, int bytes) {}

  private final ArrayDeque<Delivery> deliveries = new ArrayDeque<>();
  private long bytes;

  long bytes() {
    return bytes;
  }

  void sent(long lastSequence, int size) {
    deliveries.addLast(new Delivery(lastSequence, size));
    bytes += size;
  }

  void stored(long sequence) {
    while (!deliveries.isEmpty() && deliveries.getFirst().lastSequence() <= sequence) {
      bytes -= deliveries.removeFirst().bytes();
    }
  }

  void clear() {
    deliveries.clear();
    bytes = 0;
  }
}
