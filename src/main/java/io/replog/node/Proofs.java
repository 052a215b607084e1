package io.replog.node;

import io.replog.evidence.BadEvidenceException;
import io.replog.evidence.Equivocation;
import io.replog.evidence.KeyRing;
import io.replog.storage.ProofFiles;
import io.replog.storage.StorageException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The proofs that this node holds, one for each node that was caught lying: on disk, so that a
 * restart does not trust it again. One is enough, and bounds them by the ring. On the node's thread
 * only, but for {@link #all}.
 */
final class Proofs {
  private static final Logger LOG = LoggerFactory.getLogger(Proofs.class);

  private final String node;
  private final @Nullable KeyRing ring;
  private final ProofFiles files;
  private final Map<String, Equivocation> byNode = new TreeMap<>();
  private volatile List<Equivocation> all = List.of();

  /**
   * Reads what is there; without a ring nothing can be checked, and nothing is read.
   *
   * @param node this node's id
   */
  Proofs(String node, @Nullable KeyRing ring, ProofFiles files) {
    this.node = node;
    this.ring = ring;
    this.files = files;
    if (ring != null) {
      files.read().forEach((file, text) -> read(ring, file, text));
    }
  }

  private void read(KeyRing trusted, String file, String text) {
    try {
      Equivocation proof = Equivocation.parse(text);
      if (proof.holds(trusted)) {
        put(proof);
        return;
      }
      LOG.warn("not a proof node={} file={} why={}", node, file, proof.faults(trusted));
    } catch (BadEvidenceException e) {
      LOG.warn("not a proof node={} file={} why={}", node, file, e.getMessage());
    }
  }

  private void put(Equivocation proof) {
    byNode.put(proof.node(), proof);
    all = List.copyOf(byNode.values());
  }

  /** All of them, in the order of the nodes' ids. From any thread. */
  List<Equivocation> all() {
    return all;
  }

  /** Whether there is one against this node. */
  boolean against(@Nullable String liar) {
    return liar != null && byNode.containsKey(liar);
  }

  /**
   * Checks and keeps a proof.
   *
   * @return whether it is good and the first against its node
   */
  boolean add(Equivocation proof) {
    if (ring == null || against(proof.node()) || !proof.holds(ring)) {
      return false;
    }
    put(proof);
    String file;
    try {
      file = files.write(proof.node(), proof.toJson());
    } catch (StorageException e) {
      // it is heeded until a restart, and after that once somebody says it again
      LOG.warn("a proof is not on disk node={} reason={}", node, e.getMessage());
      file = "none";
    }
    LOG.error(
        "a node has lied node={} liar={} epoch={} what={} file={}: it is obeyed no more"
            + " (docs/operations.md)",
        node,
        proof.node(),
        proof.epoch(),
        proof.kind().text(),
        file);
    return true;
  }
}
