package io.replog.evidence;

import io.replog.core.Hash;
import java.util.UUID;

/**
 * A master says: in my reign of this epoch, this is the head with this number, and the entry at
 * this sequence has this hash. An honest master signs one head a number, and gives one sequence one
 * hash throughout its reign.
 *
 * <p>Signed are {@code "replog/head/1", 0, node, cluster (16 bytes), epoch (8), number (8),
 * sequence (8), hash (32)}, see {@link Statement}.
 *
 * @param node id of the master
 * @param epoch of its reign, from 1
 * @param number counts the heads of the reign, from 1
 * @param sequence from 1; not in the order of the numbers, since a head is also made for an older
 *     entry
 * @param hash the chain's value after the entry
 */
public record Head(String node, UUID cluster, long epoch, long number, long sequence, Hash hash)
    implements Statement {
  private static final String KIND = "replog/head/1";

  public Head {
    NodeName.require(node);
    if (epoch < 1 || number < 1 || sequence < 1) {
      throw new IllegalArgumentException(
          "head %d of epoch %d at sequence %d".formatted(number, epoch, sequence));
    }
  }

  @Override
  public byte[] bytes() {
    return Layout.of(
        KIND,
        out -> {
          Layout.write(out, node);
          Layout.write(out, cluster);
          out.writeLong(epoch);
          out.writeLong(number);
          out.writeLong(sequence);
          Layout.write(out, hash);
        });
  }

  /**
   * Whether both are of one reign and cannot both come from an honest master: one number twice, or
   * two hashes for one sequence. The second is why a liar gains nothing by giving each of its two
   * histories numbers of its own.
   */
  boolean contradicts(Head other) {
    boolean sameReign =
        node.equals(other.node) && cluster.equals(other.cluster) && epoch == other.epoch;
    boolean numberTwice = number == other.number && !equals(other);
    boolean twoHashes = sequence == other.sequence && !hash.equals(other.hash);
    return sameReign && (numberTwice || twoHashes);
  }
}
