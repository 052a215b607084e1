package io.replog.node;

import io.replog.core.CommitTracker;
import io.replog.core.Entry;
import io.replog.core.Frame;
import io.replog.core.Hash;
import io.replog.evidence.Attestation;
import io.replog.evidence.Head;
import io.replog.evidence.KeyRing;
import io.replog.evidence.NodeSigner;
import io.replog.evidence.Receipt;
import io.replog.evidence.Signed;
import io.replog.node.Node.Receipting;
import io.replog.node.Node.Subscription;
import io.replog.replication.PeerMessage.Certify;
import io.replog.replication.PeerMessage.Heads;
import io.replog.replication.PeerMessage.Reign;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An active master's certified entries: it signs a head for each that somebody wants certified,
 * asks all nodes to sign that they have the entry so, and has a certificate once a quorum of the
 * ring did (protocol, <i>Evidence against a lying node</i>). It costs nothing until it is asked
 * for.
 *
 * <p>On the node's thread only.
 */
final class Certification {
  /**
   * Entries that are being certified at once for appends; the others wait for their turn. A
   * signature takes about 0.6 ms of the node's thread, on which other appends wait.
   */
  static final int MOST_FOR_APPENDS = 8;

  /** Entries that are being certified at once for receipts: who asks for more hears 503. */
  static final int MOST_FOR_RECEIPTS = 16;

  /** Receipts that may be waited for at once. */
  static final int MOST_RECEIPTS = 256;

  /** Certificates that are remembered. */
  private static final int KEPT = 1024;

  private static final class Round {
    private final Signed<Head> head;
    private final long epoch;
    private final Map<String, Signed<Attestation>> attested = new TreeMap<>();
    private final List<Wish> wishes = new ArrayList<>();

    /**
     * @param epoch in which the entry was first written
     */
    private Round(Signed<Head> head, long epoch) {
      this.head = head;
      this.epoch = epoch;
    }

    /** Whether this is what has to be signed: the hash alone would do, were nobody lying. */
    private boolean isOf(Attestation said) {
      return said.epoch() == epoch && said.hash().equals(head.statement().hash());
    }
  }

  /** Somebody who waits for a receipt. */
  private static final class Wish {
    private final Consumer<Receipting> answer;
    private NodeLoop.@Nullable Timer timeout;

    private Wish(Consumer<Receipting> answer) {
      this.answer = answer;
    }
  }

  private final MasterContext context;
  private final Reign reign;
  private final Collection<Feed> feeds;
  private final CommitTracker<?> tracker;
  private final Runnable settle;
  private final Attesting own;
  private final Map<Long, Round> rounds = new TreeMap<>();
  private final Map<Long, List<Signed<Attestation>>> certificates =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, List<Signed<Attestation>>> eldest) {
          return size() > KEPT;
        }
      };
  private int wishes;
  private long number;
  private long toldSequence;

  /**
   * @param feeds the present feeds, as they are when looked at
   * @param tracker gets what is certified
   * @param settle has appends answered at the end of the turn
   */
  Certification(
      MasterContext context,
      Reign reign,
      Collection<Feed> feeds,
      CommitTracker<?> tracker,
      Runnable settle) {
    this.context = context;
    this.reign = reign;
    this.feeds = feeds;
    this.tracker = tracker;
    this.settle = settle;
    this.own =
        new Attesting(context.copy(), context.keys().signer(), context.witness(), this::attested);
  }

  /** Once a turn, after the committed sequence moved: begins what appends wait for. */
  void settle() {
    if (context.keys().signer() == null) {
      return;
    }
    own.look();
    for (long sequence : tracker.uncertified(MOST_FOR_APPENDS)) {
      if (certificates.containsKey(sequence)) {
        tracker.certified(sequence);
        settle.run(); // its place is free once it has been answered
      } else if (rounds.size() < MOST_FOR_APPENDS + MOST_FOR_RECEIPTS) {
        round(sequence);
      }
    }
  }

  /** A signature came that is good. */
  void attested(Signed<Attestation> said) {
    KeyRing ring = context.keys().ring();
    Attestation statement = said.statement();
    Round round = rounds.get(statement.sequence());
    if (ring == null || round == null || !round.isOf(statement)) {
      return;
    }
    round.attested.put(statement.node(), said);
    if (round.attested.size() >= ring.quorum()) {
      certified(statement.sequence(), round);
    }
  }

  private void certified(long sequence, Round round) {
    List<Signed<Attestation>> enough = List.copyOf(round.attested.values());
    if (!round.wishes.isEmpty()) {
      // read first: where the log is damaged the round stays, and who waits is answered at the end
      Receipting given = receipt(sequence, enough);
      answerAll(round, given);
    }
    rounds.remove(sequence);
    certificates.put(sequence, enough);
    settle.run();
  }

  /**
   * The receipt of an entry, as soon as enough nodes have signed.
   *
   * @param patience how long to wait for them
   * @return stops waiting; may be closed from any thread
   */
  Subscription receipt(long sequence, Duration patience, Consumer<Receipting> answer) {
    Receipting refusal = refusal(sequence);
    if (refusal != null) {
      answer.accept(refusal);
      return () -> {};
    }
    List<Signed<Attestation>> enough = certificates.get(sequence);
    if (enough != null) {
      answer.accept(receipt(sequence, enough));
      return () -> {};
    }
    Round round = round(sequence);
    if (round == null) {
      answer.accept(new Receipting.Trimmed(context.copy().log().firstSequence()));
      return () -> {};
    }
    Wish wish = new Wish(answer);
    wishes++;
    wish.timeout = context.loop().schedule(patience, () -> timedOut(sequence, wish));
    round.wishes.add(wish);
    return () -> context.loop().execute(() -> forget(round, wish));
  }

  /** Nobody waits for it any more; its place is free. */
  private void forget(Round round, Wish wish) {
    if (round.wishes.remove(wish)) {
      end(wish);
    }
  }

  private @Nullable Receipting refusal(long sequence) {
    String missing = context.keys().missing();
    LocalCopy copy = context.copy();
    if (missing != null) {
      return new Receipting.NoEvidence(missing);
    } else if (sequence < copy.log().firstSequence()) {
      return new Receipting.Trimmed(copy.log().firstSequence());
    } else if (sequence > copy.lastSequence()) {
      return new Receipting.NotFound(copy.lastSequence());
    } else if (sequence > copy.committedSequence()) {
      return new Receipting.NotCommitted(copy.committedSequence());
    }
    boolean ready = rounds.containsKey(sequence) || certificates.containsKey(sequence);
    if (!ready && rounds.size() >= MOST_FOR_RECEIPTS) {
      return new Receipting.Overloaded(MOST_FOR_RECEIPTS);
    }
    return wishes >= MOST_RECEIPTS ? new Receipting.Overloaded(MOST_RECEIPTS) : null;
  }

  /** The round of an entry, a new one if there is none; null if the entry was trimmed. */
  private @Nullable Round round(long sequence) {
    Round known = rounds.get(sequence);
    NodeSigner signer = context.keys().signer();
    if (known != null || signer == null) {
      return known;
    }
    Frame frame = context.copy().log().frameAt(sequence).orElse(null);
    if (frame == null) {
      return null;
    }
    Signed<Head> head = head(signer, sequence);
    Round round = new Round(head, frame.first().epoch());
    rounds.put(sequence, round);
    Certify certify = new Certify(reign, head);
    feeds.stream().filter(Feed::streaming).forEach(feed -> feed.session().send(certify));
    own.asked(head.statement());
    return round;
  }

  /** The next head of this reign; no number is given twice. */
  private Signed<Head> head(NodeSigner signer, long sequence) {
    Head head =
        new Head(
            signer.node(),
            reign.clusterId(),
            reign.epoch(),
            ++number,
            sequence,
            context.copy().hashAt(sequence));
    Signed<Head> signed = signer.sign(head);
    context.witness().said(signed);
    return signed;
  }

  private Receipting receipt(long sequence, List<Signed<Attestation>> enough) {
    KeyRing ring = context.keys().ring();
    LocalCopy copy = context.copy();
    Entry entry =
        copy.log().frameAt(sequence).stream()
            .flatMap(frame -> frame.entries().stream())
            .filter(one -> one.sequence() == sequence)
            .findFirst()
            .orElse(null);
    if (entry == null || ring == null) {
      return new Receipting.Trimmed(copy.log().firstSequence());
    }
    Hash previous = copy.hashAt(sequence - 1);
    return new Receipting.Given(Receipt.of(reign.clusterId(), entry, previous, ring, enough));
  }

  private void timedOut(long sequence, Wish wish) {
    Round round = rounds.get(sequence);
    KeyRing ring = context.keys().ring();
    if (round == null || ring == null || !round.wishes.remove(wish)) {
      return;
    }
    List<String> missing =
        ring.nodes().stream().filter(node -> !round.attested.containsKey(node)).toList();
    answer(wish, new Receipting.NoQuorum(ring.quorum(), round.attested.size(), missing));
  }

  private void answerAll(Round round, Receipting with) {
    List<Wish> all = List.copyOf(round.wishes);
    round.wishes.clear();
    all.forEach(wish -> answer(wish, with));
  }

  private void answer(Wish wish, Receipting with) {
    end(wish);
    wish.answer.accept(with);
  }

  private void end(Wish wish) {
    wishes--;
    if (wish.timeout != null) {
      wish.timeout.cancel();
    }
  }

  /** At every heartbeat: tells how far the log is committed, and asks again who has not signed. */
  void tick() {
    NodeSigner signer = context.keys().signer();
    if (signer == null) {
      return;
    }
    long committed = context.copy().committedSequence();
    if (committed > toldSequence) {
      toldSequence = committed;
      Heads heads = new Heads(List.of(head(signer, committed)));
      feeds.stream().filter(Feed::streaming).forEach(feed -> feed.session().send(heads));
    }
    List<Long> wanted = tracker.uncertified(MOST_FOR_APPENDS);
    rounds
        .entrySet()
        .removeIf(round -> round.getValue().wishes.isEmpty() && !wanted.contains(round.getKey()));
    for (Round round : List.copyOf(rounds.values())) {
      Certify again = new Certify(reign, round.head);
      feeds.stream()
          .filter(feed -> feed.streaming() && !round.attested.containsKey(feed.node()))
          .forEach(feed -> feed.session().send(again));
      if (!round.attested.containsKey(signer.node())) {
        own.asked(round.head.statement());
      }
    }
  }

  /** The master lost its role: who waits for a receipt asks the next one. */
  void abandon() {
    for (Round round : rounds.values()) {
      answerAll(round, new Receipting.NotMaster(null));
    }
    rounds.clear();
  }
}
