package io.replog.sim;

import io.replog.evidence.NodeSigner;
import io.replog.evidence.SeededKeys;
import io.replog.node.EvidenceKeys;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a simulated cluster's nodes, the same in every run, so that a seed has one history.
 */
final class SimKeys {
  /** Nobody has any. */
  static final SimKeys NONE = new SimKeys(null);

  private final @Nullable SeededKeys made;

  private SimKeys(@Nullable SeededKeys made) {
    this.made = made;
  }

  /** A ring of these nodes. */
  static SimKeys of(List<String> nodes) {
    return new SimKeys(SeededKeys.of(1, nodes));
  }

  /** What a node has. */
  EvidenceKeys of(String node) {
    return made == null ? EvidenceKeys.NONE : new EvidenceKeys(made.ring(), made.signer(node));
  }

  /** What signs in a node's name, for one that lies. */
  NodeSigner signer(String node) {
    if (made == null) {
      throw new IllegalStateException("no keys");
    }
    return made.signer(node);
  }
}
