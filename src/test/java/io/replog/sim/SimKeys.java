package io.replog.sim;

import io.replog.evidence.NodeSigner;
import io.replog.evidence.QuickKeys;
import io.replog.node.EvidenceKeys;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a simulated cluster's nodes, the same in every run, so that a seed has one history.
 */
final class SimKeys {
  /** Nobody has any. */
  static final SimKeys NONE = new SimKeys(null);

  private final @Nullable QuickKeys made;

  private SimKeys(@Nullable QuickKeys made) {
    this.made = made;
  }

  /** A ring of these nodes. */
  static SimKeys of(List<String> nodes) {
    return new SimKeys(QuickKeys.of(nodes));
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
