package io.replog.sim;

import io.replog.core.AppendOutcome;
import io.replog.core.Entry;
import io.replog.evidence.KeyRing;
import io.replog.node.NodeConfig;
import io.replog.replication.PeerMessage;
import io.replog.replication.PeerMessage.Certify;
import io.replog.storage.DataDirectory;
import java.util.List;
import java.util.function.Consumer;

/**
 * A bug that is planted from outside, through the ports: what a node finds in its directory at a
 * start, how it is configured, and what it is heard to say. Without one, all is as it is.
 */
interface Sabotage {
  /** No bug. */
  Sabotage NONE = new Sabotage() {};

  /** A node has opened its directory. */
  default void opened(SimNode node, DataDirectory directory) {}

  /** How a node is configured that is started. */
  default NodeConfig configured(NodeConfig config, long incarnation) {
    return config;
  }

  /** A message on its way. */
  default List<PeerMessage> passing(
      SimCluster cluster, String from, String to, PeerMessage message) {
    return List.of(message);
  }

  /** A message has arrived. */
  default void arrived(SimNode node, PeerMessage message) {}

  /** Where a node asked to append answers. */
  default Consumer<AppendOutcome> asking(SimCluster cluster, Consumer<AppendOutcome> answer) {
    return answer;
  }

  /**
   * What a reader is shown of a node's log.
   *
   * @param upTo the end of what was asked for
   */
  default List<Entry> shown(SimNode node, List<Entry> entries, long upTo) {
    return entries;
  }

  /** How many attestations make a receipt. */
  default int quorum(KeyRing ring) {
    return ring.quorum();
  }

  /** Whether a node signs for what it is asked for at once, and remembers nothing of it. */
  default boolean signsUnseen(SimNode node, Certify certify) {
    return false;
  }

  /** A node has run a turn. */
  default void turned(SimNode node) {}
}
