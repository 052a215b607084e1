package io.replog.sim;

import io.replog.core.AppendOutcome;
import io.replog.core.AppendRequest;
import io.replog.core.Hash;
import io.replog.core.WriteConcern;
import io.replog.evidence.Attestation;
import io.replog.evidence.Equivocation;
import io.replog.evidence.KeyRing;
import io.replog.evidence.Signed;
import io.replog.node.Node.Receipting;
import io.replog.replication.PeerMessage;
import io.replog.replication.PeerMessage.Attest;
import io.replog.replication.PeerMessage.Certify;
import io.replog.replication.PeerMessage.Heads;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.random.RandomGenerator.SplittableGenerator;

/**
 * One run of a cluster in which as many nodes lie as its ring bears, while others crash. What is
 * promised for crashes alone is not asked of it: with a liar among the masters honest nodes may
 * come to have different entries that they take for committed. What is asked is property 12, and of
 * each honest node that it cuts nothing that it took for committed or has signed for.
 */
final class LiarRun {
  private static final long EVENT_LIMIT = 400_000;
  private static final long AFTERMATH_NANOS = 30_000_000_000L;
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final long seed;
  private final Profile profile;
  private final Trace trace;
  private final SimClock clock;
  private final RandomGenerator random;
  private final SimCluster cluster;
  private final Sabotage planted;
  private final KeyRing ring;
  private final Liars liars;
  private final Testimony testimony;
  private final Nemesis nemesis;
  private final CommittedLog noTrims;
  private final Map<String, Long> committed = new HashMap<>();
  private final Set<String> proven = new TreeSet<>();
  private boolean stopped;
  private int appends;
  private long answered;

  private LiarRun(long seed, Profile profile, Sabotage planted, Trace trace) {
    this.seed = seed;
    this.profile = profile;
    this.planted = planted;
    this.trace = trace;
    this.clock = new SimClock(trace);
    SplittableGenerator dice = new SplittableRandom(seed);
    this.random = dice.split();
    SimCluster.Shape shape = shape(dice.split());
    this.noTrims = new CommittedLog(trace, new History());
    this.cluster = new SimCluster(shape, clock, trace, dice.split(), new Watcher(), new Wire());
    this.ring = Objects.requireNonNull(cluster.nodes().getFirst().keys().ring());
    this.liars = new Liars(dice.split(), cluster, trace, chosen());
    this.testimony = new Testimony(ring, () -> planted.quorum(ring), liars::has);
    this.nemesis = new Nemesis(profile, clock, cluster, trace, dice.split());
    trace.note("seed " + seed + " profile " + profile.name() + " " + shape + " liars " + liars);
  }

  private SimCluster.Shape shape(RandomGenerator dice) {
    boolean small = dice.nextInt(3) == 0;
    int masters = small ? 1 : 1 + dice.nextInt(profile.masters());
    int secondaries = small ? 3 : 3 + dice.nextInt(profile.secondaries() - 2);
    return new SimCluster.Shape(
            masters, secondaries, true, 10_000, Weather.FINE, 1_000_000L << dice.nextInt(6), null)
        .withKeys();
  }

  /** As many as may lie; the first master is likely to be among them. */
  private Set<String> chosen() {
    List<String> nodes = new ArrayList<>(cluster.nodes().stream().map(SimNode::id).toList());
    Collections.shuffle(nodes, new Random(random.nextLong()));
    if (random.nextInt(4) > 0) {
      nodes.remove("master-0");
      nodes.addFirst("master-0");
    }
    return Set.copyOf(new TreeSet<>(nodes.subList(0, ring.liars())));
  }

  /** The ways of the messages. */
  private final class Wire implements Sabotage {
    @Override
    public List<PeerMessage> passing(SimCluster all, String from, String to, PeerMessage message) {
      List<PeerMessage> passing = new ArrayList<>();
      for (PeerMessage one : liars.passing(from, to, message)) {
        if (one instanceof Attest(Signed<Attestation> said)
            && said.statement().node().equals(from)) {
          testimony.attested(from, said.statement().sequence(), said.statement().hash());
        }
        if (one instanceof Certify certify && planted.signsUnseen(cluster.node(to), certify)) {
          var head = certify.head().statement();
          testimony.attested(to, head.sequence(), head.hash());
        } else {
          passing.add(one);
        }
      }
      return passing;
    }

    @Override
    public void arrived(SimNode node, PeerMessage message) {
      if (liars.has(node.id()) || node.state().clusterId() == null) {
        return;
      }
      switch (message) {
        case Heads heads -> heads.heads().forEach(head -> testimony.heard(node, head));
        case Attest(Signed<Attestation> said) when node.master() -> testimony.heard(node, said);
        default -> {}
      }
    }
  }

  private final class Watcher implements SimNode.Watcher {
    @Override
    public void started(SimNode node) {
      committed.put(node.id(), 0L);
      turned(node);
    }

    @Override
    public void turned(SimNode node) {
      if (!liars.has(node.id())) {
        look(node);
      }
      clock.note(node.directory().log().lastSequence() * 31 + node.state().promisedEpoch());
      nemesis.turned(node);
    }

    @Override
    public void goesDown(SimNode node) {}

    @Override
    public void crashed(SimNode node) {
      nemesis.restart(node);
    }
  }

  // ---- what honest nodes never do

  private void look(SimNode node) {
    long before = Objects.requireNonNull(committed.get(node.id()));
    Mirror mirror = node.mirror();
    long same = mirror.update(node.directory().log(), node.state().clusterId(), noTrims);
    long now = node.committed();
    if (same < before || now < before) {
      throw new Violation(
          "6",
          "%s has cut after %d and commits %d, below its committed %d"
              .formatted(node.id(), same, now, before));
    }
    committed.put(node.id(), now);
    if (mirror.wasReread()) {
      testimony.of(node.id()).forEach((sequence, hash) -> stillThere(node, sequence, hash));
    }
    for (Equivocation proof : Objects.requireNonNull(node.node().evidence())) {
      if (!liars.has(proof.node())) {
        throw new Violation("12", node.id() + " holds a proof against the honest " + proof.node());
      }
      if (proven.add(node.id() + " " + proof.node())) {
        trace.note(node.id() + " holds a proof against " + proof.node());
      }
    }
  }

  private static void stillThere(SimNode node, long sequence, Hash hash) {
    if (!node.mirror().has(sequence, hash)) {
      throw new Violation("12", node.id() + " has not what it has attested at " + sequence);
    }
  }

  // ---- clients

  private void client(String name) {
    clock.in(
        random.nextLong(400_000_000L),
        name,
        "next",
        null,
        () -> {
          if (!stopped) {
            List<SimNode> masters = cluster.masters();
            SimNode node = masters.get(random.nextInt(masters.size()));
            if (node.up() && !node.paused()) {
              append(node);
            }
            client(name);
          }
        });
  }

  private void append(SimNode node) {
    int id = appends++;
    WriteConcern concern =
        switch (random.nextInt(4)) {
          case 0 -> new WriteConcern.Majority();
          case 1 -> new WriteConcern.Copies(1);
          default -> new WriteConcern.Certified();
        };
    int count = random.nextInt(6) == 0 ? 3 : 1;
    List<byte[]> messages = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      messages.add(("m" + id + "." + i).getBytes(StandardCharsets.UTF_8));
    }
    node.node()
        .append(
            new AppendRequest(messages, concern, true, PATIENCE, null, null),
            outcome -> answered(node, concern, outcome));
  }

  private void answered(SimNode node, WriteConcern concern, AppendOutcome outcome) {
    if (outcome instanceof AppendOutcome.Appended appended) {
      answered++;
      boolean certified = appended.satisfied() && concern instanceof WriteConcern.Certified;
      if (certified || random.nextInt(10) == 0) {
        long sequence = appended.lastSequence() - random.nextInt(2);
        clock.in(1_000_000, node.id(), "receipt", sequence, () -> receipt(node, sequence));
      }
    }
  }

  private void receipt(SimNode node, long sequence) {
    if (node.up() && sequence > 0) {
      node.node()
          .receipt(
              sequence,
              PATIENCE,
              came -> {
                if (came instanceof Receipting.Given(var receipt)) {
                  testimony.given(node.id(), receipt);
                }
              });
    }
  }

  // ---- the run

  static Simulation.Outcome run(long seed, Profile profile, Sabotage planted, Trace trace) {
    return new LiarRun(seed, profile, planted, trace).run();
  }

  private Simulation.Outcome run() {
    Violation violation = null;
    try {
      play();
    } catch (Violation found) {
      violation = found;
    } catch (RuntimeException | Error broken) {
      violation = new Violation("invariant", String.valueOf(broken), broken);
    }
    Set<String> found = testimony.equivocated();
    return new Simulation.Outcome(
        seed,
        profile.name(),
        clock.historyHash(),
        clock.events(),
        testimony.certified(),
        answered,
        0,
        new Simulation.Lies(found.size(), found.stream().filter(this::isProven).count()),
        violation,
        trace.lines());
  }

  private void play() {
    cluster.start();
    for (int i = 0; i < 3; i++) {
      client("client-" + i);
    }
    deeds();
    nemesis.start();
    until(profile.length().toNanos());
    nemesis.heal();
    liars.stop();
    long end = clock.nowNanos() + AFTERMATH_NANOS;
    until(clock.nowNanos() + 3_000_000_000L);
    stopped = true;
    while (clock.nowNanos() < end && !testimony.equivocated().stream().allMatch(this::isProven)) {
      until(clock.nowNanos() + 250_000_000L);
    }
    for (String liar : testimony.equivocated()) {
      if (!isProven(liar)) {
        throw new Violation(
            "12",
            "%s has signed a contradiction and is not proven a liar: proofs %s, heard by one node: %s"
                .formatted(liar, proven, testimony.caught(this::isSame)));
      }
    }
  }

  private boolean isSame(String ear) {
    String[] parts = ear.split("#", -1);
    SimNode node = cluster.node(parts[0]);
    return node.up() && node.incarnation() == Long.parseLong(parts[1]);
  }

  /** Whether every honest node holds a proof. */
  private boolean isProven(String liar) {
    return cluster.nodes().stream()
        .filter(node -> !liars.has(node.id()))
        .allMatch(
            node ->
                node.up()
                    && Objects.requireNonNull(node.node().evidence()).stream()
                        .anyMatch(proof -> proof.node().equals(liar)));
  }

  private void deeds() {
    clock.in(
        500_000_000L,
        "liars",
        "act",
        null,
        () -> {
          if (!stopped) {
            liars.act(clock);
            deeds();
          }
        });
  }

  private void until(long nanos) {
    while (clock.step(nanos)) {
      if (clock.events() > EVENT_LIMIT) {
        throw new Violation("10", "no end after " + clock.events() + " events");
      }
    }
  }
}
