package io.replog.node;

import io.replog.replication.PeerMessage.Acknowledge;
import io.replog.replication.PeerMessage.Standing;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one secondary's store has acknowledged under this master, with a log that is synced: what is
 * remembered of it over links that come and go.
 *
 * <p>On the node's thread only.
 */
final class Acknowledged {
  private @Nullable UUID store;
  private long durable = -1;
  private long onEarlierLinks = -1;
  private long configurationEpoch = -1;
  private long configurationVersion = -1;
  private long round;

  /** A store reports; another than before has acknowledged nothing. */
  void by(UUID reporting) {
    if (!reporting.equals(store)) {
      store = reporting;
      durable = -1;
      onEarlierLinks = -1;
    }
  }

  /** The store that reported last, null before any did. */
  @Nullable UUID store() {
    return store;
  }

  void take(Acknowledge acknowledge) {
    durable = Math.max(durable, acknowledge.durableSequence());
    configurationEpoch = acknowledge.configurationEpoch();
    configurationVersion = acknowledge.configurationVersion();
    round = Math.max(round, acknowledge.round());
  }

  void linkLost() {
    onEarlierLinks = durable;
  }

  /** The highest sequence that the store has on its disk, 0 while none is known. */
  long durable() {
    return Math.max(0, durable);
  }

  /** Newest round of a heartbeat that was answered. */
  long round() {
    return round;
  }

  /** Whether the store has a configuration on disk. */
  boolean hasConfiguration(long epoch, long version) {
    return configurationEpoch > epoch
        || (configurationEpoch == epoch && configurationVersion >= version);
  }

  /**
   * What the store has lost, null if nothing: it has less than it acknowledged on earlier links, or
   * has forgotten its promise. On one link a report that comes late says nothing of what was
   * acknowledged after it.
   *
   * @param epoch the master's
   */
  @Nullable String lost(Standing standing, long epoch) {
    boolean forgot = onEarlierLinks >= 0 && standing.promisedEpoch() < epoch;
    return forgot || standing.lastSequence() < onEarlierLinks
        ? "%d entries and epoch %d, but had acknowledged %d in epoch %d"
            .formatted(standing.lastSequence(), standing.promisedEpoch(), onEarlierLinks, epoch)
        : null;
  }
}
