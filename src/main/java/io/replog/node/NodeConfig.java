package io.replog.node;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the rules of a node can be set to. Defaults and limits are the settings' business.
 *
 * @param id node id
 * @param url where others reach it
 * @param heartbeat time between two heartbeats
 * @param suspectedAfter age of the last answer at which a node is suspected
 * @param unhealthyAfter age of the last answer at which it is unhealthy
 * @param electionTimeout how long a secondary must not have heard the master before it grants
 *     another one its epoch; randomised up to twice this
 * @param requestTimeout how long a delivery may go without a receipt
 * @param backoffBase first wait after a failed delivery
 * @param backoffCeiling longest wait after failed deliveries
 * @param inFlightBytes bytes that may be sent to one secondary and not be stored yet
 * @param batchBytes bytes of one delivery
 * @param maxWaiting appends that may wait at once
 * @param declared base URLs of the secondaries that ought to exist, empty where they register
 *     themselves
 * @param founder whether this node may begin a new log
 * @param quorumAppend whether appends are refused without a quorum
 * @param deduplicateByContent by the message's SHA-256 in place of the key
 * @param deduplicationEntries window of retried appends, in entries
 * @param deduplicationWindow window of retried appends, in time
 * @param retainedBytes how much of the log is kept at least, in bytes; null for all
 * @param retainedFor how long an entry is kept at least; null for ever
 */
public record NodeConfig(
    String id,
    String url,
    Duration heartbeat,
    Duration suspectedAfter,
    Duration unhealthyAfter,
    Duration electionTimeout,
    Duration requestTimeout,
    Duration backoffBase,
    Duration backoffCeiling,
    int inFlightBytes,
    int batchBytes,
    int maxWaiting,
    List<String> declared,
    boolean founder,
    boolean quorumAppend,
    boolean deduplicateByContent,
    long deduplicationEntries,
    Duration deduplicationWindow,
    @Nullable Long retainedBytes,
    @Nullable Duration retainedFor) {

  /**
   * Whether the members are a list that was given, so that a write concern above it can never be
   * met.
   */
  public boolean membersDeclared() {
    return !declared.isEmpty();
  }
}
