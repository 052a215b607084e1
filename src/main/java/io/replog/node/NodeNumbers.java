package io.replog.node;

import java.util.Map;

/**
 * What a node counts, for whoever watches it. Immutable.
 *
 * @param durableSequence up to where this node's own copy is synced
 * @param appendsWaiting appends that wait for their copies, at most a heartbeat ago
 * @param inFlightBytes what was sent to each secondary, by node id, and is not stored yet, at most
 *     a heartbeat ago; empty where this node does not lead
 * @param takeovers how often this process became the active master
 * @param rolledBack entries that this process cut from its log
 * @param syncs rounds of the log's sync
 * @param syncNanos nanoseconds that those took together
 * @param badSignatures signed statements that came and that nobody in the ring had signed
 */
public record NodeNumbers(
    long durableSequence,
    int appendsWaiting,
    Map<String, Long> inFlightBytes,
    long takeovers,
    long rolledBack,
    long syncs,
    long syncNanos,
    long badSignatures) {
  public NodeNumbers {
    inFlightBytes = Map.copyOf(inFlightBytes);
  }
}
