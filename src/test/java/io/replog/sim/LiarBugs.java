package io.replog.sim;

import io.replog.core.Hash;
import io.replog.evidence.Head;
import io.replog.evidence.KeyRing;
import io.replog.replication.PeerMessage.Certify;
import io.replog.storage.SegmentedLog;

/** Planted bugs of honest nodes that make liars dangerous. */
final class LiarBugs {
  private LiarBugs() {}

  /** A receipt takes {@code 2f} signatures where there are as few nodes as may be. */
  static final class QuorumTooSmall implements Sabotage {
    @Override
    public int quorum(KeyRing ring) {
      return ring.quorum() - 1;
    }
  }

  /** A secondary signs what it has on its disk, and forgets that it is committed. */
  static final class AttestBeforeCommitted implements Sabotage {
    @Override
    public boolean signsUnseen(SimNode node, Certify certify) {
      if (!node.up()) {
        return false;
      }
      Head head = certify.head().statement();
      SegmentedLog log = node.directory().log();
      boolean durable = head.sequence() <= log.mark().durableSequence();
      return durable && log.hashAt(head.sequence()).filter(head.hash()::equals).isPresent();
    }
  }

  /** A secondary signs for the master's hash without a look at its own. */
  static final class AttestWithoutOwnHash implements Sabotage {
    @Override
    public boolean signsUnseen(SimNode node, Certify certify) {
      if (!node.up()) {
        return false;
      }
      Head head = certify.head().statement();
      SegmentedLog log = node.directory().log();
      boolean there = head.sequence() <= log.mark().durableSequence();
      Hash own = there ? log.hashAt(head.sequence()).orElse(null) : null;
      return own != null;
    }
  }
}
