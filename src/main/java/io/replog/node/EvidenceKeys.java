package io.replog.node;

import io.replog.evidence.KeyRing;
import io.replog.evidence.NodeSigner;
import org.jspecify.annotations.Nullable;

/**
 * The keys that a node has of those that sign what they say (protocol, <i>Evidence against a lying
 * node</i>).
 *
 * @param ring the nodes' public keys, null where none were given: nothing is signed or checked then
 * @param signer this node's own, null without one: it checks and signs nothing. Never without a
 *     ring
 */
public record EvidenceKeys(@Nullable KeyRing ring, @Nullable NodeSigner signer) {
  /** No keys: a cluster whose nodes are believed. */
  public static final EvidenceKeys NONE = new EvidenceKeys(null, null);

  /**
   * @throws IllegalArgumentException if there is a key and no ring
   * @throws io.replog.evidence.BadKeyException if the ring has not this node's key
   */
  public EvidenceKeys {
    if (signer != null && ring == null) {
      throw new IllegalArgumentException("a key of one's own, and no ring");
    }
    if (signer != null && ring != null) {
      ring.requireKeyOf(signer);
    }
  }

  /** Why nothing can be certified by a node with these, whoever answers; null if it can. */
  @Nullable String missing() {
    if (ring == null) {
      return "this node was given no public keys (replog.evidence.ring)";
    }
    if (!ring.certifies()) {
      return "it takes the public keys of at least %d nodes, and replog.evidence.ring has %d"
          .formatted(KeyRing.FEWEST, ring.size());
    }
    return signer == null ? "this node has no key of its own (replog.evidence.key-file)" : null;
  }
}
