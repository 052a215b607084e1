package io.replog.node;

import io.replog.evidence.Attestation;
import io.replog.evidence.Equivocation;
import io.replog.evidence.Head;
import io.replog.evidence.KeyRing;
import io.replog.evidence.Signed;
import io.replog.replication.PeerMessage.Accuse;
import io.replog.replication.PeerMessage.Evidence;
import io.replog.replication.PeerMessage.Heads;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node has seen of signed statements: checks them, remembers the newest, passes heads on so
 * that a master cannot show two histories to two nodes that hear of each other, and makes a proof
 * of every contradiction (protocol, <i>Evidence against a lying node</i>).
 *
 * <p>Without a ring it hears nothing and says nothing. On the node's thread only, but for {@link
 * #proofs} and {@link #badSignatures}.
 */
final class Witness {
  private static final Logger LOG = LoggerFactory.getLogger(Witness.class);

  /** Checks of heads and proofs between two heartbeats: for one node's, and for all. */
  private static final int HEADS_OF_ONE = 2 * Heads.MOST;

  private static final int HEADS_OF_ALL = 3 * Heads.MOST;

  /** Checks of attestations between two heartbeats: for one node's, and for all. */
  private static final int ATTESTATIONS_OF_ONE = 96;

  private static final int ATTESTATIONS_OF_ALL = 384;

  /** Heartbeats after which proofs are said again, to whoever was away. */
  private static final int REPEAT_EVERY = 20;

  /** What becomes of what this node has seen. */
  interface Listener {
    /** To every node that is linked. */
    void passOn(Evidence evidence);

    /** A node was caught lying, just now. */
    void proven(String liar);
  }

  private final String node;
  private final @Nullable KeyRing ring;
  private final LocalCopy copy;
  private final Sightings sightings = new Sightings();
  private final Proofs proofs;
  private final Deque<Signed<Head>> waiting = new ArrayDeque<>();
  private final Set<String> warned = new HashSet<>();
  private final Listener listener;
  private final AtomicLong badSignatures = new AtomicLong();
  private final Allowance heads = new Allowance(HEADS_OF_ONE, HEADS_OF_ALL);
  private final Allowance attestations = new Allowance(ATTESTATIONS_OF_ONE, ATTESTATIONS_OF_ALL);
  private int ticks;
  private long contradictedEpoch;

  Witness(String node, @Nullable KeyRing ring, LocalCopy copy, Proofs proofs, Listener listener) {
    this.node = node;
    this.ring = ring;
    this.copy = copy;
    this.proofs = proofs;
    this.listener = listener;
  }

  /** The proofs that this node holds. From any thread. */
  List<Equivocation> proofs() {
    return proofs.all();
  }

  /** How many statements came that nobody in the ring had signed. From any thread. */
  long badSignatures() {
    return badSignatures.get();
  }

  /** Whether there is a proof that this node has lied; null, nobody, has not. */
  boolean distrusts(@Nullable String peer) {
    return proofs.against(peer);
  }

  /**
   * What another node passes on.
   *
   * @param from the node, as it calls itself
   */
  void heard(@Nullable String from, Evidence evidence) {
    switch (evidence) {
      case Heads(List<Signed<Head>> some) -> some.forEach(head -> saw(from, head));
      case Accuse(Equivocation proof) -> {
        boolean news = isOurs(proof.first().statement().cluster()) && !distrusts(proof.node());
        if (news && heads.take(from)) {
          convict(proof);
        }
      }
    }
  }

  /**
   * A head that came here.
   *
   * @param from the node that it came from, as it calls itself
   * @return whether its node has signed it, and was not caught lying
   */
  boolean saw(@Nullable String from, Signed<Head> head) {
    // of a liar there is a proof, and no more of its words need be checked or passed on
    if (!isOurs(head.statement().cluster()) || distrusts(head.statement().node())) {
      return false;
    }
    if (sightings.has(head)) {
      return true;
    }
    if (!heads.take(from) || !good(head)) {
      return false;
    }
    waiting.addLast(head);
    judge(sightings.remember(head));
    compare(head.statement());
    return true;
  }

  /** A head that this node has just signed, and sends by itself. */
  void said(Signed<Head> head) {
    judge(sightings.remember(head));
  }

  /**
   * An attestation that came here.
   *
   * @param from the node that it came from
   * @return whether it counts: its node has signed it, and was not caught lying
   */
  boolean believes(@Nullable String from, Signed<Attestation> said) {
    if (!isOurs(said.statement().cluster()) || distrusts(said.statement().node())) {
      return false;
    }
    if (!sightings.has(said)) {
      if (!attestations.take(from) || !good(said)) {
        return false;
      }
      judge(sightings.remember(said));
    }
    return !distrusts(said.statement().node());
  }

  /** At every heartbeat: passes on what came since, which the allowance has bounded. */
  void tick() {
    heads.renew();
    attestations.renew();
    while (!waiting.isEmpty()) {
      List<Signed<Head>> some = new ArrayList<>();
      while (some.size() < Heads.MOST && !waiting.isEmpty()) {
        some.add(waiting.removeFirst());
      }
      listener.passOn(new Heads(some));
    }
    if (++ticks % REPEAT_EVERY == 0) {
      proofs.all().forEach(proof -> listener.passOn(new Accuse(proof)));
    }
  }

  private boolean isOurs(UUID cluster) {
    return ring != null && cluster.equals(copy.state().clusterId());
  }

  private boolean good(Signed<?> signed) {
    KeyRing trusted = ring;
    if (trusted == null) {
      return false;
    }
    KeyRing.Check check = trusted.check(signed);
    if (check == KeyRing.Check.GOOD) {
      return true;
    }
    badSignatures.incrementAndGet();
    if (warned.size() < KeyRing.MOST && warned.add(signed.statement().node())) {
      LOG.warn(
          "ignoring a bad signature node={} peer={} reason={}",
          node,
          signed.statement().node(),
          check);
    }
    return false;
  }

  private void judge(@Nullable Equivocation proof) {
    if (proof != null) {
      convict(proof);
    }
  }

  private void convict(Equivocation proof) {
    if (proofs.add(proof)) {
      listener.passOn(new Accuse(proof));
      listener.proven(proof.node());
    }
  }

  /**
   * A head of the reign that this log was fed in, of an entry that is here with another hash: the
   * master has two histories. It is no proof, since nobody has signed what is here; the head is on
   * its way to the others, who may have one that contradicts it.
   */
  private void compare(Head head) {
    boolean mine = copy.synced() && head.epoch() == copy.state().logEpoch();
    if (mine
        && head.sequence() <= copy.durableSequence()
        && !copy.beginsAfter(head.sequence())
        && !copy.hashAt(head.sequence()).equals(head.hash())
        && head.epoch() > contradictedEpoch) {
      contradictedEpoch = head.epoch();
      LOG.error(
          "a head contradicts this log node={} liar={} epoch={} sequence={}",
          node,
          head.node(),
          head.epoch(),
          head.sequence());
    }
  }
}
