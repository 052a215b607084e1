package io.replog.sim;

import io.replog.core.Entry;
import io.replog.core.Hash;
import io.replog.evidence.Attestation;
import io.replog.evidence.Equivocation;
import io.replog.evidence.Head;
import io.replog.evidence.NodeSigner;
import io.replog.evidence.Signed;
import io.replog.replication.PeerMessage;
import io.replog.replication.PeerMessage.Accuse;
import io.replog.replication.PeerMessage.Acknowledge;
import io.replog.replication.PeerMessage.Attest;
import io.replog.replication.PeerMessage.Certify;
import io.replog.replication.PeerMessage.Evidence;
import io.replog.replication.PeerMessage.Heads;
import io.replog.replication.PeerMessage.Heartbeat;
import io.replog.replication.PeerMessage.Replicate;
import io.replog.replication.PeerMessage.Report;
import io.replog.replication.PeerMessage.Standing;
import io.replog.replication.PeerMessage.Vote;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * The nodes of a run that lie, each in its own ways. A liar is a real node whose messages are
 * changed on their way, so that it keeps the protocol wherever it does not lie, and signs with its
 * own key whatever it likes.
 */
final class Liars {
  /** Ways to lie. */
  enum Lie {
    // of a master
    /** Shows a second history to some secondaries, with heads for either. */
    TWINS,
    /** The same, and signs nothing for the second. */
    SILENT_TWINS,
    /** Sends the heads of both histories to the same node. */
    CROSSED_HEADS,
    /** Wants attested what is not committed. */
    EARLY_HEADS,
    /** Says that all it has is committed. */
    FALSE_COMMITS,
    // of a secondary
    /** Acknowledges as durable what it has only been sent. */
    FALSE_ACKNOWLEDGEMENTS,
    /** Shows a candidate less than it has. */
    SHORT_VOTES,
    /** Grants every promise. */
    DOUBLE_VOTES,
    /** Attests a second hash too. */
    TWICE_ATTESTED,
    /** Attests with an epoch that the entry does not have. */
    WRONG_EPOCHS,
    // of both
    /** Says what another has not signed, and accuses with it. */
    FORGERIES,
    /** Passes nothing on. */
    SILENCE,
    /** Loses its disk. */
    AMNESIA
  }

  private static final long EARLY = 2_000_000_000;

  private final RandomGenerator random;
  private final SimCluster cluster;
  private final Trace trace;
  private final Map<String, Set<Lie>> lies = new TreeMap<>();
  private final Map<String, Twin> twins = new TreeMap<>();
  private boolean over;

  /**
   * @param nodes who lies
   */
  Liars(RandomGenerator random, SimCluster cluster, Trace trace, Set<String> nodes) {
    this.random = random;
    this.cluster = cluster;
    this.trace = trace;
    for (String node : nodes) {
      EnumSet<Lie> chosen = EnumSet.noneOf(Lie.class);
      for (Lie lie : Lie.values()) {
        if (random.nextInt(3) == 0) {
          chosen.add(lie);
        }
      }
      if (random.nextInt(3) > 0) {
        chosen.add(Lie.TWINS);
      }
      if (chosen.contains(Lie.TWINS)) {
        chosen.remove(Lie.SILENT_TWINS);
      }
      lies.put(node, chosen);
      cluster.node(node).lies();
    }
  }

  boolean has(String node) {
    return lies.containsKey(node);
  }

  Set<String> nodes() {
    return lies.keySet();
  }

  private boolean does(String node, Lie lie) {
    return lies.getOrDefault(node, Set.of()).contains(lie);
  }

  @Override
  public String toString() {
    return lies.toString();
  }

  // ---- deeds

  /** Now and then: a liar that leads begins a second history, one that may forgets everything. */
  void act(SimClock clock) {
    for (String id : lies.keySet()) {
      SimNode liar = cluster.node(id);
      boolean twins = does(id, Lie.TWINS) || does(id, Lie.SILENT_TWINS);
      boolean early = clock.nowNanos() < 10_000_000_000L && random.nextInt(4) > 0;
      if (twins && liar.activeEpoch() > 0 && !this.twins.containsKey(id) && !early) {
        fork(liar);
      }
      if (does(id, Lie.AMNESIA) && random.nextInt(30) == 0) {
        forget(liar, clock);
      }
    }
  }

  private void fork(SimNode liar) {
    Set<String> victims = new TreeSet<>();
    List<SimNode> honest = cluster.secondaries().stream().filter(node -> !has(node.id())).toList();
    int first = random.nextInt(honest.size());
    int count = 1 + random.nextInt((honest.size() + 1) / 2);
    for (int i = 0; i < count; i++) {
      victims.add(honest.get((first + i) % honest.size()).id());
    }
    long from = liar.directory().log().lastSequence() + 1;
    trace.note(liar.id() + " shows another history from " + from + " on to " + victims);
    twins.put(liar.id(), new Twin(liar, signer(liar.id()), victims, from, random.nextBoolean()));
  }

  private void forget(SimNode liar, SimClock clock) {
    trace.note(liar.id() + " loses its disk");
    liar.powerFailure();
    if (!liar.up()) {
      liar.loseDisk();
      twins.remove(liar.id());
      clock.in(random.nextLong(2_000_000_000L), liar.id(), "start", null, liar::start);
    }
  }

  /** Nothing new: only what has to go on so that a history stays what it was. */
  void stop() {
    over = true;
  }

  // ---- words

  /** What becomes of a message on its way. */
  List<PeerMessage> passing(String from, String to, PeerMessage message) {
    List<PeerMessage> said = has(from) ? said(from, to, message) : List.of(message);
    Twin twin = twins.get(to);
    boolean victim = twin != null && twin.isFor(from);
    return victim ? said.stream().map(twin::heard).toList() : said;
  }

  private List<PeerMessage> said(String from, String to, PeerMessage message) {
    Twin twin = twins.get(from);
    boolean victim = twin != null && twin.isFor(to);
    boolean signed = message instanceof Certify || message instanceof Evidence;
    if (signed && (does(from, Lie.SILENCE) || (victim && does(from, Lie.SILENT_TWINS)))) {
      return message instanceof Certify && !victim ? List.of(message) : List.of();
    }
    List<PeerMessage> all = new ArrayList<>();
    all.add(changed(from, victim ? twin.told(message) : message));
    if (over) {
      return all;
    }
    if (twin != null
        && message instanceof Certify certify
        && does(from, Lie.CROSSED_HEADS)
        && random.nextBoolean()) {
      all.add(
          new Certify(certify.reign(), victim ? certify.head() : twin.otherHead(certify.head())));
    }
    if (all.getFirst() instanceof Replicate sent
        && does(from, Lie.EARLY_HEADS)
        && random.nextInt(3) == 0) {
      all.add(early(from, sent));
    }
    if (all.getFirst() instanceof Attest attest && does(from, Lie.TWICE_ATTESTED)) {
      all.add(twice(from, attest));
    }
    if (does(from, Lie.FORGERIES)) {
      forgeries(message, all);
    }
    return all;
  }

  /** A lie in place of the truth. */
  private PeerMessage changed(String from, PeerMessage message) {
    return switch (message) {
      case Replicate sent when does(from, Lie.FALSE_COMMITS) ->
          new Replicate(
              sent.reign(),
              sent.previousSequence(),
              sent.previousHash(),
              MessageBugs.entries(sent.frames()).getLast().sequence(),
              sent.storedAwaited(),
              sent.frames());
      case Heartbeat beat when does(from, Lie.FALSE_COMMITS) ->
          new Heartbeat(
              beat.reign(),
              beat.node(),
              beat.url(),
              cluster.node(from).directory().log().lastSequence(),
              beat.round(),
              beat.keepFrom());
      case Acknowledge said when does(from, Lie.FALSE_ACKNOWLEDGEMENTS) ->
          new Acknowledge(
              said.epoch(),
              said.store(),
              said.logEpoch(),
              said.receivedSequence(),
              said.storedSequence(),
              said.storedHash(),
              said.storedSequence(),
              said.configurationEpoch(),
              said.configurationVersion(),
              said.round());
      case Vote vote when does(from, Lie.SHORT_VOTES) || does(from, Lie.DOUBLE_VOTES) ->
          new Vote(
              vote.epoch(),
              vote.preVote(),
              vote.granted() || does(from, Lie.DOUBLE_VOTES),
              vote.reason(),
              does(from, Lie.SHORT_VOTES) ? shorter(from, vote.standing()) : vote.standing());
      // now and then: each makes the master begin anew with it, and answers it at once
      case Report report when does(from, Lie.SHORT_VOTES) && random.nextInt(8) == 0 ->
          new Report(shorter(from, report.standing()));
      case Attest(Signed<Attestation> said) when does(from, Lie.WRONG_EPOCHS) -> {
        Attestation of = said.statement();
        yield new Attest(
            signer(from)
                .sign(
                    new Attestation(from, of.cluster(), of.sequence(), of.epoch() + 1, of.hash())));
      }
      default -> message;
    };
  }

  private Standing shorter(String from, Standing standing) {
    long last = random.nextLong(standing.lastSequence() + 1);
    Hash hash = cluster.node(from).directory().log().hashAt(last).orElse(null);
    if (over || last == 0 || hash == null) {
      return standing;
    }
    boolean committed = standing.committedSequence() <= last;
    return standing(
        standing,
        last,
        hash,
        committed ? standing.committedSequence() : last,
        committed ? standing.committedHash() : hash);
  }

  /** The same standing, with another end. */
  static Standing standing(
      Standing standing, long last, Hash lastHash, long committed, Hash committedHash) {
    return new Standing(
        standing.node(),
        standing.store(),
        standing.clusterId(),
        standing.promisedEpoch(),
        standing.promisedTo(),
        standing.logEpoch(),
        standing.logEpochStore(),
        standing.start(),
        last,
        lastHash,
        Math.min(last, standing.durableSequence()),
        committed,
        committedHash,
        standing.membership(),
        standing.activeNode(),
        standing.activeUrl());
  }

  /** Signs what is on its way as if it were committed. */
  private Certify early(String from, Replicate sent) {
    Entry last = MessageBugs.entries(sent.frames()).getLast();
    return new Certify(
        sent.reign(),
        signer(from)
            .sign(
                new Head(
                    from,
                    sent.reign().clusterId(),
                    sent.reign().epoch(),
                    EARLY + last.sequence(),
                    last.sequence(),
                    last.hash())));
  }

  private Attest twice(String from, Attest attest) {
    Attestation said = attest.said().statement();
    return new Attest(
        signer(from)
            .sign(
                new Attestation(
                    from, said.cluster(), said.sequence(), said.epoch(), another(said.hash()))));
  }

  private void forgeries(PeerMessage message, List<PeerMessage> all) {
    switch (message) {
      case Attest(Signed<Attestation> said) -> {
        Attestation of = said.statement();
        String victim = honest();
        all.add(
            new Attest(
                new Signed<>(
                    new Attestation(victim, of.cluster(), of.sequence(), of.epoch(), of.hash()),
                    said.signature())));
      }
      case Heads(List<Signed<Head>> heads) when !heads.isEmpty() -> {
        Signed<Head> real = heads.getFirst();
        Head head = real.statement();
        Head forged =
            new Head(
                head.node(),
                head.cluster(),
                head.epoch(),
                head.number(),
                head.sequence(),
                another(head.hash()));
        Signed<Head> unsigned = new Signed<>(forged, real.signature());
        all.add(new Heads(List.of(unsigned)));
        all.add(new Accuse(new Equivocation(real, unsigned)));
      }
      default -> {}
    }
  }

  private String honest() {
    return cluster.nodes().stream()
        .map(SimNode::id)
        .filter(id -> !has(id))
        .findFirst()
        .orElseThrow();
  }

  private static Hash another(Hash hash) {
    return io.replog.core.HashChain.ofContent(
        hash.toString().getBytes(java.nio.charset.StandardCharsets.US_ASCII));
  }

  private NodeSigner signer(String node) {
    NodeSigner signer = cluster.node(node).keys().signer();
    if (signer == null) {
      throw new IllegalStateException(node + " has no key");
    }
    return signer;
  }
}
