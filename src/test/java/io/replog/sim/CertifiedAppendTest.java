package io.replog.sim;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.replog.core.AppendOutcome;
import io.replog.core.AppendOutcome.Appended;
import io.replog.core.AppendOutcome.Refused;
import io.replog.core.AppendRequest;
import io.replog.core.Hash;
import io.replog.core.Refusal;
import io.replog.core.WriteConcern;
import io.replog.evidence.Attestation;
import io.replog.evidence.Equivocation;
import io.replog.evidence.Head;
import io.replog.evidence.KeyRing;
import io.replog.evidence.NodeSigner;
import io.replog.evidence.Receipt;
import io.replog.evidence.Signed;
import io.replog.node.Node.Receipting;
import io.replog.node.Node.Subscription;
import io.replog.replication.PeerMessage;
import io.replog.replication.PeerMessage.Attest;
import io.replog.replication.PeerMessage.Certify;
import io.replog.replication.PeerMessage.Evidence;
import io.replog.replication.PeerMessage.Heads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** What is signed, by whom, and what becomes of a node that signs two things. */
class CertifiedAppendTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  /** Nodes whose every signed word of an entry is lost on its way to the master. */
  private final Set<String> mute = new java.util.HashSet<>();

  private final List<Attest> attested = new ArrayList<>();
  private final SimClock clock = new SimClock(Trace.off());
  private boolean twoHistories;
  private long passedOn;

  /** Who signs for an epoch in which the entry was not written. */
  private String misdated = "";

  private SimCluster cluster = cluster(1, 3, true);

  private SimCluster cluster(int masters, int secondaries, boolean keys) {
    var shape =
        new SimCluster.Shape(masters, secondaries, true, 10_000, Weather.FINE, 1_000_000, null);
    return new SimCluster(
        keys ? shape.withKeys() : shape,
        clock,
        Trace.off(),
        new SplittableRandom(7),
        new Unwatched(),
        new Meddler());
  }

  /**
   * What is lost on its way, and what a master with two histories says to one half of the nodes.
   */
  private final class Meddler implements Sabotage {
    @Override
    public List<PeerMessage> passing(
        SimCluster meddled, String from, String to, PeerMessage message) {
      if (message instanceof Attest attest) {
        attested.add(attest);
        return mute.contains(from)
            ? List.of()
            : List.of(misdated.equals(from) ? late(attest) : attest);
      }
      passedOn += message instanceof Heads ? 1 : 0;
      boolean toTheOthers = from.equals("master-0") && !to.equals("secondary-0");
      if (twoHistories && toTheOthers && message instanceof Certify(var reign, var head)) {
        return List.of(new Certify(reign, forged(head)));
      }
      return twoHistories && toTheOthers && message instanceof Heads(var heads)
          ? List.of(new Heads(heads.stream().map(this::forged).toList()))
          : List.of(message);
    }

    private Attest late(Attest attest) {
      Attestation said = attest.said().statement();
      NodeSigner liar = Objects.requireNonNull(cluster.node(said.node()).keys().signer());
      return new Attest(
          liar.sign(
              new Attestation(
                  said.node(), said.cluster(), said.sequence(), said.epoch() + 1, said.hash())));
    }

    private Signed<Head> forged(Signed<Head> told) {
      Head head = told.statement();
      NodeSigner liar = Objects.requireNonNull(cluster.node("master-0").keys().signer());
      return head.node().equals("master-0")
          ? liar.sign(
              new Head(
                  head.node(),
                  head.cluster(),
                  head.epoch(),
                  head.number(),
                  head.sequence(),
                  Hash.of(new byte[Hash.BYTES])))
          : told;
    }
  }

  @Test
  void aCertifiedAppendIsAnsweredOnceAQuorumHasSigned() {
    start();
    Appended appended = (Appended) append("a", null);

    assertThat(appended.satisfied()).isTrue();
    assertThat(appended.committed()).isTrue();
    Receipt receipt = receipt(appended.lastSequence());
    assertThat(receipt.verify(ring()).faults()).isEmpty();
    assertThat(receipt.message()).isEqualTo("a");
    assertThat(receipt.votes()).hasSize(3);
  }

  @Test
  void withTooFewSignaturesItWaitsAndIsAnsweredWhenTheyCome() {
    start();
    mute.addAll(Set.of("secondary-0", "secondary-1"));
    Appended late = (Appended) append("a", Duration.ofSeconds(2));
    assertThat(late.satisfied()).isFalse();
    assertThat(late.committed()).isTrue();

    AtomicReference<Receipting> answer = new AtomicReference<>();
    master().node().receipt(late.lastSequence(), Duration.ofSeconds(1), answer::set);
    assertThat(until(() -> answer.get() != null)).isTrue();
    assertThat(answer.get())
        .isEqualTo(new Receipting.NoQuorum(3, 2, List.of("secondary-0", "secondary-1")));

    mute.remove("secondary-1");
    assertThat(receipt(late.lastSequence()).votes())
        .extracting(Receipt.Vote::node)
        .containsExactly("master-0", "secondary-1", "secondary-2");
  }

  @Test
  void whoIsGoneFreesItsPlaceAmongThoseWhoWaitForReceipts() {
    start();
    mute.addAll(Set.of("secondary-0", "secondary-1"));
    long sequence = ((Appended) append("a", Duration.ofSeconds(2))).lastSequence();
    List<Subscription> waiting = new ArrayList<>();
    AtomicReference<Receipting> answer = new AtomicReference<>();
    for (int i = 0; i < 256; i++) {
      waiting.add(master().node().receipt(sequence, LONG, answer::set));
    }
    run(Duration.ofMillis(10));
    assertThat(answer.get()).isNull();

    var _ = master().node().receipt(sequence, LONG, answer::set);
    run(Duration.ofMillis(10));
    assertThat(answer.get()).isEqualTo(new Receipting.Overloaded(256));

    answer.set(null);
    waiting.getFirst().close();
    var _ = master().node().receipt(sequence, LONG, answer::set);
    run(Duration.ofMillis(10));
    assertThat(answer.get()).isNull();
  }

  @Test
  void whatIsSignedForAnotherEpochDoesNotCount() {
    start();
    misdated = "secondary-0";
    for (int i = 0; i < 5; i++) {
      Appended appended = (Appended) append("m" + i, null);
      assertThat(appended.satisfied()).isTrue();
      Receipt receipt = receipt(appended.lastSequence());
      assertThat(receipt.verify(ring()).faults()).isEmpty();
      assertThat(receipt.votes())
          .extracting(Receipt.Vote::node)
          .containsExactly("master-0", "secondary-1", "secondary-2");
    }
  }

  @Test
  void aHeadGoesRoundOnceThoughItsSequenceHadOneBefore() {
    start();
    append("a", null);
    pass(Duration.ofSeconds(3));
    long before = passedOn;
    assertThat(before).isPositive();
    pass(Duration.ofSeconds(5));
    assertThat(passedOn).isEqualTo(before);
  }

  private void pass(Duration time) {
    long end = clock.nowNanos() + time.toNanos();
    assertThat(until(() -> clock.nowNanos() >= end)).isTrue();
  }

  @Test
  void anEntryBeforeARestartOfAllIsSignedForAgain() {
    start();
    Appended appended = (Appended) append("a", null);
    cluster.nodes().forEach(SimNode::kill);
    cluster.nodes().forEach(SimNode::start);
    assertThat(until(() -> master().activeEpoch() > 0)).isTrue();

    assertThat(receipt(appended.lastSequence()).verify(ring()).faults()).isEmpty();
  }

  @Test
  void nobodySignsBeforeTheMarkOnItsDiskSaysCommitted() {
    start();
    for (int i = 0; i < 5; i++) {
      assertThat(((Appended) append("m" + i, null)).satisfied()).isTrue();
    }
    for (Attest attest : attested) {
      SimNode signer = cluster.node(attest.said().statement().node());
      long sequence = attest.said().statement().sequence();
      assertThat(signer.node().log().mark().committedSequence()).isGreaterThanOrEqualTo(sequence);
      assertThat(signer.node().log().hashAt(sequence)).contains(attest.said().statement().hash());
    }
    assertThat(attested).isNotEmpty();
  }

  @Test
  void withoutKeysOrWithTooFewItIsRefused() {
    cluster = cluster(1, 3, false);
    start();
    assertThat(why(append("a", null))).contains("no public keys");

    cluster = cluster(1, 2, true);
    start();
    assertThat(why(append("a", null))).contains("at least 4 nodes").contains("has 3");
  }

  @Test
  void whatIsNotThereOrNotCommittedHasNoReceipt() {
    start();
    AtomicReference<Receipting> answer = new AtomicReference<>();
    master().node().receipt(9, LONG, answer::set);
    assertThat(until(() -> answer.get() != null)).isTrue();
    assertThat(answer.get()).isEqualTo(new Receipting.NotFound(0));

    answer.set(null);
    cluster.node("secondary-0").node().receipt(1, LONG, answer::set);
    assertThat(answer.get()).isEqualTo(new Receipting.NotMaster("http://master-0:8080"));
  }

  @Test
  void aMasterThatSignsTwoHistoriesIsConvictedByAllAndAnotherLeads() {
    cluster = cluster(2, 3, true);
    start();
    assertThat(((Appended) append("a", null)).satisfied()).isTrue();
    twoHistories = true;
    Appended never = (Appended) append("b", Duration.ofSeconds(3));
    assertThat(never.satisfied()).isFalse();

    assertThat(until(() -> cluster.nodes().stream().allMatch(this::convicts))).isTrue();
    assertThat(until(() -> cluster.node("master-1").activeEpoch() > 0)).isTrue();
    twoHistories = false;
    // what it is told of the log is as good as ever; its proof stands after a restart
    cluster.secondaries().forEach(SimNode::kill);
    cluster.secondaries().forEach(SimNode::start);
    assertThat(cluster.secondaries()).allMatch(this::convicts);
    assertThat(until(() -> cluster.node("master-1").node().cluster().readWrite())).isTrue();
    assertThat(until(() -> master().activeEpoch() == 0)).isTrue();
  }

  @Test
  void aProofThatIsNoneConvictsNobody() {
    start();
    NodeSigner liar = Objects.requireNonNull(cluster.node("secondary-0").keys().signer());
    var cluster0 = Objects.requireNonNull(master().state().clusterId());
    Signed<Head> one = liar.sign(new Head("secondary-0", cluster0, 1, 1, 1, hash(1)));
    Head other = new Head("secondary-0", cluster0, 1, 1, 2, hash(2));
    Evidence badSignature =
        new PeerMessage.Accuse(new Equivocation(one, new Signed<>(other, one.signature())));
    var handler = Objects.requireNonNull(cluster.node("secondary-1").accept(new SilentLink()));
    handler.received(badSignature);
    run(Duration.ofSeconds(1));
    assertThat(cluster.node("secondary-1").node().evidence()).isEmpty();

    handler.received(new PeerMessage.Accuse(new Equivocation(one, liar.sign(other))));
    assertThat(until(() -> cluster.nodes().stream().allMatch(this::convicts))).isTrue();
  }

  private static final class SilentLink implements io.replog.replication.PeerLink {
    @Override
    public void send(PeerMessage message) {}

    @Override
    public long queuedBytes() {
      return 0;
    }

    @Override
    public void close() {}
  }

  private static Hash hash(int of) {
    byte[] bytes = new byte[Hash.BYTES];
    bytes[0] = (byte) of;
    return Hash.of(bytes);
  }

  private boolean convicts(SimNode node) {
    List<Equivocation> proofs = Objects.requireNonNull(node.node().evidence());
    return proofs.size() == 1 && proofs.getFirst().holds(ring());
  }

  private void start() {
    cluster.start();
    assertThat(until(() -> master().up() && master().node().cluster().readWrite())).isTrue();
  }

  private SimNode master() {
    return cluster.node("master-0");
  }

  private KeyRing ring() {
    return Objects.requireNonNull(master().keys().ring());
  }

  private AppendOutcome append(String text, Duration timeout) {
    AtomicReference<AppendOutcome> outcome = new AtomicReference<>();
    var request =
        new AppendRequest(
            List.of(text.getBytes(UTF_8)), new WriteConcern.Certified(), true, timeout, null, null);
    var _ = master().node().append(request, outcome::set);
    assertThat(until(() -> outcome.get() != null)).isTrue();
    return outcome.get();
  }

  private static String why(AppendOutcome outcome) {
    return ((Refusal.NoEvidence) ((Refused) outcome).why()).why();
  }

  private Receipt receipt(long sequence) {
    AtomicReference<Receipting> answer = new AtomicReference<>();
    master().node().receipt(sequence, Duration.ofSeconds(10), answer::set);
    assertThat(until(() -> answer.get() != null)).isTrue();
    assertThat(answer.get()).isInstanceOf(Receipting.Given.class);
    return ((Receipting.Given) answer.get()).receipt();
  }

  private void run(Duration time) {
    long end = clock.nowNanos() + time.toNanos();
    boolean more = true;
    while (more) {
      more = clock.step(end);
    }
  }

  private boolean until(BooleanSupplier so) {
    long end = clock.nowNanos() + LONG.toNanos();
    while (!so.getAsBoolean()) {
      if (!clock.step(end)) {
        return so.getAsBoolean();
      }
    }
    return true;
  }
}
