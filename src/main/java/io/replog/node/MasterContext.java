package io.replog.node;

import io.replog.cluster.ClusterRecords;
import io.replog.cluster.Member;
import io.replog.core.Backoff;
import io.replog.core.Configuration;
import io.replog.core.Membership;
import io.replog.core.NodeState;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the phases of a master-capable node share. On the node's thread only. */
final class MasterContext {
  private static final Logger LOG = LoggerFactory.getLogger(MasterContext.class);

  private static final int MOST_WARNINGS = 100;

  private final NodeConfig config;
  private final NodeLoop loop;
  private final LocalCopy copy;
  private final FaultGate faults;
  private final RandomGenerator random;
  private final Outside outside;
  private final EvidenceKeys keys;
  private final Witness witness;
  private final Desired desired;
  private @Nullable Peers peers;
  private long takeovers;
  private @Nullable Phase phase;
  private ClusterView.@Nullable Active active;
  private final Set<String> warned = new HashSet<>();

  MasterContext(
      NodeConfig config,
      NodeLoop loop,
      LocalCopy copy,
      FaultGate faults,
      RandomGenerator random,
      Outside outside,
      EvidenceKeys keys,
      Witness witness) {
    this.config = config;
    this.loop = loop;
    this.copy = copy;
    this.faults = faults;
    this.random = random;
    this.outside = outside;
    this.keys = keys;
    this.witness = witness;
    this.desired = new Desired(outside.source(), loop);
  }

  void peers(Peers known) {
    peers = known;
  }

  NodeConfig config() {
    return config;
  }

  NodeLoop loop() {
    return loop;
  }

  LocalCopy copy() {
    return copy;
  }

  NodeState state() {
    return copy.state();
  }

  FaultGate faults() {
    return faults;
  }

  /** The keys of those that sign what they say. */
  EvidenceKeys keys() {
    return keys;
  }

  Witness witness() {
    return witness;
  }

  RandomGenerator random() {
    return random;
  }

  Peers peers() {
    if (peers == null) {
      throw new IllegalStateException("the node has not begun");
    }
    return peers;
  }

  Phase phase() {
    if (phase == null) {
      throw new IllegalStateException("the node has not begun");
    }
    return phase;
  }

  /** What this node is doing, null before it has begun. */
  @Nullable Phase phaseOrNull() {
    return phase;
  }

  /** Ends the present phase and begins another. */
  void become(Phase next) {
    Phase before = phase;
    if (before != null) {
      before.leave();
    }
    phase = next;
    if (next instanceof ActiveMaster) {
      takeovers++;
    }
    next.enter();
  }

  /** Says what is wrong, once: phases come and go and see it again and again. */
  void warnOnce(String what) {
    if (warned.size() == MOST_WARNINGS) {
      warned.clear();
    }
    if (warned.add(what)) {
      LOG.warn("cannot lead node={} why={}", config.id(), what);
    }
  }

  ClusterRecords records() {
    return outside.records();
  }

  /** What was said of the members from outside. */
  Desired desired() {
    return desired;
  }

  /**
   * Whether it is said who the members are, by a list or from outside, so that a write concern
   * above them can never be met.
   */
  boolean membersDeclared() {
    return config.membersDeclared() || desired.told();
  }

  /** How often this node has become the active master since its start. */
  long takeovers() {
    return takeovers;
  }

  /** Copies that are declared, less those that were taken out; 1 where secondaries register. */
  int knownCopies() {
    if (desired.known()) {
      return desired.members().size() + 1;
    }
    return config.membersDeclared() ? peers().all().size() + 1 : 1;
  }

  /**
   * The most copies that a write concern may ask for, null while that is not known or not limited.
   */
  @Nullable Integer declaredCopies() {
    if (!membersDeclared()) {
      return null;
    }
    if (desired.told() && !desired.known()) {
      Configuration newest = state().membership().newest();
      return newest.version() == 0 ? null : newest.copies();
    }
    return knownCopies();
  }

  /**
   * The address of a member that stays, for its seat and for when nothing better is known.
   *
   * @param otherwise where nobody told one
   */
  String stableUrl(String node, String otherwise) {
    return desired.member(node).map(Member::url).orElse(otherwise);
  }

  /** The newest configurations that this node or a secondary it hears knows of. */
  Membership newestMembership() {
    Membership newest = state().membership();
    for (PeerSession session : peers().all()) {
      var standing = session.standing();
      if (standing != null && standing.membership().newest().compareTo(newest.newest()) > 0) {
        newest = standing.membership();
      }
    }
    return newest;
  }

  Backoff backoff() {
    return new Backoff(config.backoffBase(), config.backoffCeiling(), random);
  }

  /** The master that this node or its secondaries know of, null if none. */
  ClusterView.@Nullable Active active() {
    return active;
  }

  void active(ClusterView.@Nullable Active now) {
    active = now;
  }
}
