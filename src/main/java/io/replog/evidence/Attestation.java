package io.replog.evidence;

import io.replog.core.Hash;
import java.util.UUID;

/**
 * A node says: the entry at this sequence, first written in this epoch, has this hash; it is
 * committed, and it is on my disk. An honest node never says two of one sequence that differ, since
 * nothing at or below its committed sequence is ever cut.
 *
 * <p>Signed are {@code "replog/attestation/1", 0, node, cluster (16 bytes), sequence (8), epoch
 * (8), hash (32)}, see {@link Statement}.
 *
 * @param node id of the node that says it
 * @param sequence from 1
 * @param epoch of the master that first wrote the entry, from 1
 * @param hash the chain's value after the entry
 */
public record Attestation(String node, UUID cluster, long sequence, long epoch, Hash hash)
    implements Statement {
  private static final String KIND = "replog/attestation/1";

  public Attestation {
    NodeName.require(node);
    if (sequence < 1 || epoch < 1) {
      throw new IllegalArgumentException(
          "an attestation of sequence " + sequence + ", epoch " + epoch);
    }
  }

  @Override
  public byte[] bytes() {
    return Layout.of(
        KIND,
        out -> {
          Layout.write(out, node);
          Layout.write(out, cluster);
          out.writeLong(sequence);
          out.writeLong(epoch);
          Layout.write(out, hash);
        });
  }

  /** Whether both are of one node and one entry's place, and cannot both be true. */
  boolean contradicts(Attestation other) {
    return node.equals(other.node)
        && cluster.equals(other.cluster)
        && sequence == other.sequence
        && (epoch != other.epoch || !hash.equals(other.hash));
  }
}
