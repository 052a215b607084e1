package io.replog.node;

import io.replog.core.Hash;
import io.replog.core.NodeRole;
import io.replog.core.NodeState;
import io.replog.replication.PeerMessage.Fetch;
import io.replog.replication.PeerMessage.Fetched;
import io.replog.replication.PeerMessage.HashAnswer;
import io.replog.replication.PeerMessage.HashQuery;
import io.replog.replication.PeerMessage.Standing;
import io.replog.storage.LogRead;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a secondary says of its copy to whoever asks, since no authority is needed for it: where it
 * stands, hashes, frames.
 *
 * <p>On the node's thread only.
 */
final class CopyReport {
  private final NodeConfig config;
  private final LocalCopy copy;

  CopyReport(NodeConfig config, LocalCopy copy) {
    this.config = config;
    this.copy = copy;
  }

  /**
   * Where it stands.
   *
   * @param active the master that it obeys and has heard of late, null if there is none
   */
  Standing standing(ClusterView.@Nullable Active active) {
    NodeState state = copy.state();
    long committed = copy.committedSequence();
    return new Standing(
        config.id(),
        state.store(),
        state.clusterId(),
        state.promisedEpoch(),
        state.promisedTo(),
        state.logEpoch(),
        state.logEpochStore(),
        copy.start(),
        copy.lastSequence(),
        copy.lastHash(),
        copy.durableSequence(),
        committed,
        copy.hashAt(committed),
        state.membership(),
        active == null ? null : active.node(),
        active == null ? null : active.url());
  }

  HashAnswer hash(HashQuery query) {
    long sequence = query.sequence();
    boolean known =
        sequence <= copy.lastSequence()
            && !copy.beginsAfter(sequence)
            && copy.state().clusterId() != null;
    Hash hash = known ? copy.hashAt(sequence) : null;
    return new HashAnswer(sequence, hash, copy.log().firstSequence());
  }

  /**
   * Frames from a sequence on.
   *
   * @param standing where it stands
   */
  Fetched frames(Fetch fetch, Standing standing) {
    ByteBuffer frames = ByteBuffer.allocate(0);
    boolean there = fetch.fromSequence() >= copy.log().firstSequence();
    if (there
        && copy.log().cursor(fetch.fromSequence()).next(config.batchBytes(), copy.lastSequence())
            instanceof LogRead.Frames read) {
      frames = read.bytes();
    }
    return new Fetched(fetch.fromSequence(), frames, standing);
  }

  /**
   * What it shows of the cluster.
   *
   * @param active the master that it obeys, null if there is none
   * @param handFed end of what was fed by hand
   * @param out whether it is out of all quorums
   */
  ClusterView view(ClusterView.@Nullable Active active, long handFed, boolean out) {
    NodeState state = copy.state();
    return new ClusterView(
        state.clusterId(),
        config.id(),
        NodeRole.SECONDARY,
        false,
        readOnlyReason(out),
        state.promisedEpoch(),
        copy.log().firstSequence(),
        Math.max(copy.lastSequence(), handFed),
        copy.committedSequence(),
        active,
        null,
        null,
        null,
        state.membership(),
        List.of(),
        config.deduplicationEntries(),
        config.deduplicationWindow().toMillis());
  }

  private ClusterView.ReadOnlyReason readOnlyReason(boolean out) {
    if (copy.failure() != null) {
      return ClusterView.ReadOnlyReason.DISK_FAILED;
    }
    if (out) {
      return ClusterView.ReadOnlyReason.LOG_DAMAGED;
    }
    return copy.full()
        ? ClusterView.ReadOnlyReason.DISK_FULL
        : ClusterView.ReadOnlyReason.NOT_ACTIVE;
  }
}
