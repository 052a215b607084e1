package io.replog.node;

import io.replog.cluster.Member;
import io.replog.cluster.MemberListener;
import io.replog.core.AppendOutcome;
import io.replog.core.AppendRequest;
import io.replog.core.NodeRole;
import io.replog.core.Refusal;
import io.replog.core.Seat;
import io.replog.evidence.Attestation;
import io.replog.evidence.Signed;
import io.replog.replication.PeerLink;
import io.replog.replication.PeerLinkHandler;
import io.replog.replication.PeerMessage.Attest;
import io.replog.replication.PeerMessage.Evidence;
import io.replog.replication.PeerMessage.FromSecondary;
import io.replog.replication.PeerMessage.Introduce;
import io.replog.replication.PeerMessage.Standing;
import io.replog.replication.PeerTransport;
import io.replog.storage.DataDirectory;
import io.replog.storage.StorageException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A master-capable node: the shell around its phases, {@link Founding}, {@link Standby}, {@link
 * Takeover}, {@link ActiveMaster}.
 */
public final class MasterNode extends LocalNode implements MemberListener, PeerSession.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(MasterNode.class);

  private final MasterContext context;
  private final Arrivals arrivals = Arrivals.ofThisProcess();
  private final Registrar registrar;
  private final Locator locator;
  private volatile ClusterView view;
  private volatile Load load = new Load(0, Map.of(), 0);
  private volatile boolean stopped;

  /** What the phase had to do when it was last looked at. */
  private record Load(int appendsWaiting, Map<String, Long> inFlightBytes, long takeovers) {}

  /**
   * @param directory open and recovered; this node closes it
   * @param syncThread where syncs run, one at a time
   * @param outside who says what the cluster is to be, if this node's settings do not
   * @param keys of those that sign what they say
   */
  public MasterNode(
      NodeConfig config,
      DataDirectory directory,
      NodeLoop loop,
      Executor syncThread,
      PeerTransport transport,
      RandomGenerator random,
      Faults initialFaults,
      Outside outside,
      EvidenceKeys keys) {
    super(config, directory, loop, syncThread, random, initialFaults, keys);
    this.context =
        new MasterContext(config, this.loop, copy, faultGate, random, outside, keys, witness);
    this.registrar = new Registrar(context);
    context.peers(new Peers((url, node) -> session(url, node, transport, this)));
    this.locator = new Locator(context, (url, listener) -> session(url, null, transport, listener));
    this.view = new Standby(context).view();
    copy.onDurable(this::durableGrew);
    this.loop.execute(this::begin);
  }

  private PeerSession session(
      String url, @Nullable String node, PeerTransport transport, PeerSession.Listener listener) {
    return new PeerSession(
        url,
        node,
        config,
        loop,
        transport,
        faultGate,
        context.backoff(),
        this::introduction,
        listener);
  }

  private Introduce introduction() {
    return new Introduce(config.id(), copy.state().store(), config.url(), copy.state().clusterId());
  }

  private void begin() {
    for (String url : config.declared()) {
      context.peers().add(url, null);
    }
    if (!config.membersDeclared()) {
      for (Seat seat : copy.state().membership().newest().seats()) {
        context.peers().add(seat.url(), seat.node());
      }
    }
    copy.sync();
    loop.execute(this::tick);
    context.become(first(true));
  }

  private Phase first(boolean eager) {
    boolean unborn = copy.state().clusterId() == null || copy.state().foundingUnfinished();
    return unborn ? new Founding(context) : new Standby(context, eager);
  }

  private void tick() {
    if (stopped) {
      return;
    }
    // first of all: what follows may be given up at damage, and this must go on
    loop.schedule(config.heartbeat(), this::tick);
    if (copy.failure() != null && context.phase() instanceof ActiveMaster) {
      // nothing can be made durable here any more: another may lead
      LOG.warn("gives up leading node={} reason={}", id(), copy.failure());
      beginAgain();
    }
    locator.tick();
    copy.lookForRoom();
    context.peers().all().forEach(PeerSession::tick);
    context.phase().tick();
    witness.tick();
    load = look();
    refresh();
  }

  private void refresh() {
    ClusterView now = view(context.phase());
    boolean changed = !now.sameButForContact(view);
    view = now;
    if (changed) {
      clusterChanged();
    }
  }

  private ClusterView view(Phase phase) {
    ClusterView.Discovery discovery = context.desired().view();
    if (discovery != null && phase instanceof Founding founding) {
      discovery = discovery.waiting(founding.why());
    }
    return phase.view().with(discovery);
  }

  private Load look() {
    long takeovers = context.takeovers();
    return context.phase() instanceof ActiveMaster active
        ? new Load(active.appendsWaiting(), active.inFlightBytes(), takeovers)
        : new Load(0, Map.of(), takeovers);
  }

  private void durableGrew() {
    switch (context.phase()) {
      case ActiveMaster active -> active.durableGrew();
      case Takeover takeover -> takeover.durableGrew();
      default -> {}
    }
  }

  @Override
  void goOut() {
    Phase now = context.phaseOrNull();
    if (now == null || now instanceof Mending || now instanceof Stopping) {
      return;
    }
    leadNoMore();
    context.become(new Mending(context));
    refresh();
  }

  @Override
  void beginAgain() {
    Phase now = context.phaseOrNull();
    if (!stopped && !(now instanceof Founding || now instanceof Mending)) {
      leadNoMore();
      context.become(first(false));
      refresh();
    }
  }

  private void leadNoMore() {
    if (context.phaseOrNull() instanceof ActiveMaster active) {
      active.release();
    }
  }

  @Override
  void comeBack() {
    if (context.phaseOrNull() instanceof Mending) {
      context.become(first(true));
      refresh();
    }
  }

  /** What this node is doing now, null before it has begun. On the node's thread only. */
  @Nullable Phase phase() {
    return context.phaseOrNull();
  }

  @Override
  public void desired(List<Member> members) {
    loop.execute(
        () -> {
          context.desired().members(members);
          locator.tick();
        });
  }

  @Override
  public void located(Set<String> urls) {
    loop.execute(
        () -> {
          context.desired().urls(urls);
          locator.tick();
        });
  }

  @Override
  public void unavailable(String why) {
    loop.execute(() -> context.desired().unavailable(why));
  }

  @Override
  public void reported(PeerSession session, Standing standing) {
    if (context.desired().told() && !session.node().equals(standing.node())) {
      locator.mistaken(session, standing.node());
    } else if (registrar.named(session, standing.node())) {
      context.phase().reported(session, standing);
      refresh();
    }
  }

  @Override
  public void said(PeerSession session, FromSecondary message) {
    switch (message) {
      case Evidence evidence -> witness.heard(session.node(), evidence);
      case Attest(Signed<Attestation> said) when !witness.believes(session.node(), said) -> {}
      default -> context.phase().said(session, message);
    }
  }

  @Override
  void passOn(Evidence evidence) {
    context.peers().all().forEach(session -> session.send(evidence));
  }

  /** What it says counts no more; whether to lead on is not this node's question. */
  @Override
  void proven(String liar) {
    refresh();
  }

  @Override
  public void disconnected(PeerSession session) {
    context.phase().disconnected(session);
  }

  @Override
  public NodeRole role() {
    return view.role();
  }

  @Override
  public ClusterView cluster() {
    Watermarks marks = watermarks();
    return view.at(marks.lastSequence(), marks.committedSequence());
  }

  @Override
  public void cluster(Consumer<ClusterView> answer) {
    loop.execute(() -> answer.accept(view(context.phase())));
  }

  @Override
  public NodeNumbers numbers() {
    Load now = load;
    return copy.numbers(
        now.appendsWaiting, now.inFlightBytes, now.takeovers, witness.badSignatures());
  }

  @Override
  public Refusal.@Nullable Overloaded overloaded() {
    return arrivals.full();
  }

  @Override
  public Subscription append(AppendRequest request, Consumer<AppendOutcome> answer, Executor via) {
    Refusal full = arrivals.enter(request);
    if (full != null) {
      answer.accept(new AppendOutcome.Refused(full));
      return () -> {};
    }
    DeferredHandle handle = new DeferredHandle();
    Duration delay = faults().delay();
    via.execute(() -> loop.execute(() -> begin(request, answer, handle, delay)));
    return handle;
  }

  private void begin(
      AppendRequest request,
      Consumer<AppendOutcome> answer,
      DeferredHandle handle,
      Duration delay) {
    arrivals.leave(request);
    if (delay.isZero()) {
      append(request, answer, handle);
    } else {
      loop.schedule(delay, () -> append(request, answer, handle));
    }
  }

  private void append(
      AppendRequest request, Consumer<AppendOutcome> answer, DeferredHandle handle) {
    try {
      handle.waiting(context.phase().append(request, answer));
    } catch (StorageException refusal) {
      // it has no number yet: only what an earlier append of its key had was looked for
      Refusal why = new Refusal.NotActive(String.valueOf(refusal.getMessage()));
      answer.accept(new AppendOutcome.Refused(why));
      throw refusal;
    }
  }

  @Override
  public void linearizable(Consumer<ReadPermit> answer) {
    loop.execute(() -> context.phase().linearizable(answer));
  }

  @Override
  public void verify(Consumer<@Nullable VerifyReport> answer) {
    loop.execute(() -> context.phase().verify(answer));
  }

  @Override
  public void trace(long sequence, Consumer<@Nullable EntryTrace> answer) {
    loop.execute(() -> context.phase().trace(sequence, answer));
  }

  @Override
  public Subscription receipt(long sequence, Duration patience, Consumer<Receipting> answer) {
    DeferredHandle handle = new DeferredHandle();
    asked(
        answer,
        new Receipting.NotMaster(null),
        () -> handle.waiting(context.phase().receipt(sequence, patience, answer)));
    return handle;
  }

  @Override
  public void register(String id, String url, Consumer<Registration> answer) {
    asked(
        answer, new Registration.NotMaster(null), () -> context.phase().register(id, url, answer));
  }

  @Override
  public void deregister(String id, Consumer<Registration> answer) {
    asked(answer, new Registration.NotMaster(null), () -> context.phase().deregister(id, answer));
  }

  @Override
  public void trim(long before, Consumer<Trimming> answer) {
    asked(answer, new Trimming.NotMaster(null), () -> context.phase().trim(before, answer));
  }

  /** Answers too where the disk refuses, which is before anything has been answered. */
  private <A> void asked(Consumer<A> answer, A refused, Runnable question) {
    loop.execute(
        () -> {
          try {
            question.run();
          } catch (StorageException refusal) {
            answer.accept(refused);
            throw refusal;
          }
        });
  }

  @Override
  public void handFeed(long sequence, byte[] payload, Consumer<HandFeed> answer) {
    answer.accept(new HandFeed.NotByHand());
  }

  @Override
  public List<String> handFed() {
    return List.of();
  }

  @Override
  public @Nullable PeerLinkHandler accept(PeerLink link) {
    return null;
  }

  /** Active, read-only too; or able to pass requests on to the one that is. */
  @Override
  public boolean ready() {
    ClusterView now = view;
    return now.active() != null
        && !(now.role() == NodeRole.MASTER
            && now.readOnlyReason() == ClusterView.ReadOnlyReason.NOT_ACTIVE);
  }

  @Override
  public void handOver(Duration grace) {
    CountDownLatch released = new CountDownLatch(1);
    loop.execute(
        () -> {
          stopped = true;
          leadNoMore();
          context.become(new Stopping(context));
          refresh();
          loop.atEndOfTurn(released::countDown);
        });
    try {
      if (!released.await(grace.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("the node did not stop in time node={} graceMs={}", id(), grace.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void stop(Duration grace) {
    endThread();
    locator.close();
    context.peers().close();
    copy.close(grace);
  }
}
