package io.replog.node;

import io.replog.core.Frame;
import io.replog.evidence.Attestation;
import io.replog.evidence.Head;
import io.replog.evidence.NodeSigner;
import io.replog.evidence.Signed;
import io.replog.replication.PeerMessage.Certify;
import io.replog.replication.PeerMessage.Reign;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When a node signs that it has an entry, committed and on its disk (protocol, <i>Evidence against
 * a lying node</i>, rule 1). Nothing at or below a node's committed sequence is ever cut; so once
 * the mark on disk has the entry as committed, the node can never come to have another in its
 * place, and never signs for two.
 *
 * <p>On the node's thread only.
 */
final class Attesting {
  private static final Logger LOG = LoggerFactory.getLogger(Attesting.class);

  /** Heads that wait for the entry or for the disk; beyond it the oldest is asked for again. */
  private static final int MOST_WAITING = 256;

  private final LocalCopy copy;
  private final @Nullable NodeSigner signer;
  private final Witness witness;
  private final Consumer<Signed<Attestation>> out;
  private final Map<Long, Head> waiting = new LinkedHashMap<>();
  private long differedEpoch;

  /**
   * @param signer null for a node that signs nothing
   * @param out gets what it signed
   */
  Attesting(
      LocalCopy copy,
      @Nullable NodeSigner signer,
      Witness witness,
      Consumer<Signed<Attestation>> out) {
    this.copy = copy;
    this.witness = witness;
    this.signer = signer;
    this.out = out;
  }

  /**
   * The master that this node obeys asks it to sign.
   *
   * @param master id of its node; null, nobody, is not heeded
   */
  void asked(@Nullable String master, Certify certify) {
    Head head = certify.head().statement();
    Reign reign = certify.reign();
    boolean ofThisReign =
        head.node().equals(master)
            && head.cluster().equals(reign.clusterId())
            && head.epoch() == reign.epoch();
    if (ofThisReign && witness.saw(master, certify.head())) {
      asked(head);
    }
  }

  /**
   * To be signed once it may be.
   *
   * @param head by the master of the present reign, and signed by it
   */
  void asked(Head head) {
    if (signer == null) {
      return;
    }
    if (waiting.size() >= MOST_WAITING && !waiting.containsKey(head.sequence())) {
      waiting.remove(waiting.keySet().iterator().next());
    }
    waiting.put(head.sequence(), head);
    look();
  }

  /** Something became durable, or committed: signs what may be signed now. */
  void look() {
    NodeSigner by = signer;
    if (by == null || waiting.isEmpty() || !copy.synced() || copy.failure() != null) {
      return;
    }
    boolean unmarked = false;
    for (Iterator<Head> heads = waiting.values().iterator(); heads.hasNext(); ) {
      Head head = heads.next();
      long sequence = head.sequence();
      if (copy.beginsAfter(sequence) || differs(head)) {
        heads.remove();
      } else if (sequence <= copy.durableSequence()) {
        // this very entry is committed, says the master
        copy.commit(sequence);
        if (copy.log().mark().committedSequence() < sequence) {
          unmarked = true;
        } else {
          heads.remove();
          attest(by, head);
        }
      }
    }
    if (unmarked) {
      copy.rememberCommitted();
      copy.sync();
    }
  }

  /** Another reign: what the last one asked for is void. */
  void reset() {
    waiting.clear();
  }

  private boolean differs(Head head) {
    boolean differs =
        head.sequence() <= copy.lastSequence() && !copy.hashAt(head.sequence()).equals(head.hash());
    if (differs && head.epoch() > differedEpoch) {
      differedEpoch = head.epoch();
      LOG.warn(
          "not signing node={} sequence={} why=this log has another entry there",
          copy.state().node(),
          head.sequence());
    }
    return differs;
  }

  private void attest(NodeSigner by, Head head) {
    Frame frame = copy.log().frameAt(head.sequence()).orElse(null);
    if (frame != null) {
      out.accept(
          by.sign(
              new Attestation(
                  by.node(), head.cluster(), head.sequence(), frame.first().epoch(), head.hash())));
    }
  }
}
