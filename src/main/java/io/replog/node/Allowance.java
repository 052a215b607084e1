package io.replog.node;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many signatures are checked between two heartbeats for what others say: a check takes about
 * 0.6 ms of the node's thread, and a node that lies can say as much as it likes. What comes beyond
 * is dropped unread. Honest nodes say less, and say again what is to be signed and what is proven.
 *
 * <p>On the node's thread only.
 */
final class Allowance {
  private final int ofOne;
  private final int ofAll;
  private final Map<String, Integer> used = new HashMap<>();
  private int all;

  /**
   * @param ofOne for what one node says
   * @param ofAll for what all say
   */
  Allowance(int ofOne, int ofAll) {
    this.ofOne = ofOne;
    this.ofAll = ofAll;
  }

  /** Takes one check for something that this node has said; null counts as a node. */
  boolean take(@Nullable String from) {
    String name = from == null ? "" : from;
    if (all >= ofAll || used.getOrDefault(name, 0) >= ofOne) {
      return false;
    }
    all++;
    used.merge(name, 1, Integer::sum);
    return true;
  }

  /** The next heartbeat. */
  void renew() {
    used.clear();
    all = 0;
  }
}
