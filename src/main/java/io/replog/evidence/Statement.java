package io.replog.evidence;

import io.replog.core.Hash;
import java.util.UUID;

/**
 * What a node says and signs. The signature is made over {@link #bytes}, which begin with the kind
 * of statement and its version, so that no statement can be taken for another, and hold the name of
 * who says it. Numbers are big-endian, the node's id is its length (2 bytes) and its UTF-8.
 *
 * <p>A hash is a value of the {@link io.replog.core.HashChain}, so that it stands for every entry
 * up to its sequence.
 */
public sealed interface Statement permits Attestation, Head {

  /** Id of the node that says it. */
  String node();

  /** The cluster whose log is meant. */
  UUID cluster();

  /**
   * Of a head the epoch of the reign, of an attestation that in which the entry was first written.
   */
  long epoch();

  /** Sequence of the entry that is spoken of, from 1. */
  long sequence();

  /** The chain's value after that entry. */
  Hash hash();

  /** What is signed. */
  byte[] bytes();
}
