package io.replog.sim;

import io.replog.core.Entry;
import io.replog.core.Hash;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What every node was ever seen to have, stored and on disk. An answer that speaks of so many
 * copies must have so many: by the log that each node holds, not by what it acknowledged.
 */
final class Evidence {
  /** Of one node, by hash: it stands for the entry and for all before it. */
  private static final class Copy {
    private final Set<Hash> stored = new HashSet<>();
    private final Set<Hash> durable = new HashSet<>();
    private long incarnation;
    private long storedUpTo;
    private long durableUpTo;
  }

  private final Map<String, Copy> copies = new HashMap<>();

  /**
   * Takes note of what a node has now.
   *
   * @param same what of its log is as it was at the last look
   */
  void look(SimNode node, long same) {
    Copy copy = copies.computeIfAbsent(node.id(), id -> new Copy());
    if (copy.incarnation != node.incarnation()) {
      copy.incarnation = node.incarnation();
      copy.storedUpTo = 0;
      copy.durableUpTo = 0;
    }
    Mirror mirror = node.mirror();
    copy.storedUpTo = Math.min(copy.storedUpTo, same);
    copy.durableUpTo = Math.min(copy.durableUpTo, same);
    while (copy.storedUpTo < mirror.last()) {
      copy.stored.add(mirror.at(++copy.storedUpTo).hash());
    }
    long durable = Math.min(node.directory().log().mark().durableSequence(), mirror.last());
    while (copy.durableUpTo < durable) {
      copy.durable.add(mirror.at(++copy.durableUpTo).hash());
    }
  }

  /** Whether a node was ever seen to have an entry on its disk, or to begin after it. */
  boolean hadOnDisk(String node, Hash hash) {
    Copy copy = copies.get(node);
    return copy != null && copy.durable.contains(hash);
  }

  /**
   * Copies of an entry: a master's, and every secondary's that has or had it.
   *
   * @param journal whether only those on disk count
   */
  int copies(SimNode master, SimCluster cluster, Entry entry, boolean journal) {
    int count = 0;
    for (SimNode node : cluster.nodes()) {
      Copy copy = copies.get(node.id());
      boolean counts = copy != null && (node == master || !node.master());
      if (counts && (journal ? copy.durable : copy.stored).contains(entry.hash())) {
        count++;
      }
    }
    return count;
  }
}
