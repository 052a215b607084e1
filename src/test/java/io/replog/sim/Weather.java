package io.replog.sim;

/**
 * What the network does to messages.
 *
 * @param minNanos shortest delay
 * @param maxNanos longest delay, besides that of a late message
 * @param lost share of messages that are lost
 * @param doubled share that comes twice
 * @param late share that is overtaken by others
 * @param lateNanos how much later those come at most
 */
record Weather(
    long minNanos, long maxNanos, double lost, double doubled, double late, long lateNanos) {
  static final Weather FINE = new Weather(50_000, 2_000_000, 0, 0, 0, 1);
}
