package io.replog.node;

import io.replog.core.AppendOutcome;
import io.replog.core.AppendRequest;
import io.replog.core.Backoff;
import io.replog.core.NodeRole;
import io.replog.core.Seat;
import io.replog.replication.PeerLink;
import io.replog.replication.PeerLinkHandler;
import io.replog.replication.PeerMessage.FromSecondary;
import io.replog.replication.PeerMessage.Introduce;
import io.replog.replication.PeerMessage.Standing;
import io.replog.replication.PeerTransport;
import io.replog.storage.DataDirectory;
import io.replog.storage.SegmentedLog;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A master-capable node: the shell around its phases, {@link Founding}, {@link Standby}, {@link
 * Takeover}, {@link ActiveMaster}.
 */
public final class MasterNode implements Node, PeerSession.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(MasterNode.class);
  private static final Duration STUCK = Duration.ofSeconds(30);

  private final NodeConfig config;
  private final NodeLoop loop;
  private final LocalCopy copy;
  private final FaultGate faults;
  private final MasterContext context;
  private final Registrar registrar;
  private final CopyOnWriteArrayList<Runnable> subscribers = new CopyOnWriteArrayList<>();
  private volatile ClusterView view;
  private volatile boolean stopped;

  /**
   * @param directory open and recovered; this node closes it
   * @param syncThread where syncs run, one at a time
   */
  public MasterNode(
      NodeConfig config,
      DataDirectory directory,
      NodeLoop loop,
      Executor syncThread,
      PeerTransport transport,
      RandomGenerator random,
      Faults initialFaults) {
    this.config = config;
    this.loop = loop;
    this.faults = new FaultGate(initialFaults, random);
    this.copy = new LocalCopy(directory, loop, syncThread);
    this.context = new MasterContext(config, loop, copy, faults, random);
    this.registrar = new Registrar(context);
    context.peers(
        new Peers(
            (url, node) ->
                new PeerSession(
                    url,
                    node,
                    config,
                    loop,
                    transport,
                    faults,
                    new Backoff(config.backoffBase(), config.backoffCeiling(), random),
                    this::introduction,
                    this)));
    this.view = new Standby(context).view();
    copy.onDurable(this::durableGrew);
    loop.execute(this::begin);
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
    boolean unborn = copy.state().clusterId() == null;
    context.become(unborn ? new Founding(context) : new Standby(context, true));
    tick();
  }

  private void tick() {
    if (stopped) {
      return;
    }
    copy.lookForRoom();
    context.peers().all().forEach(PeerSession::tick);
    context.phase().tick();
    refresh();
    loop.schedule(config.heartbeat(), this::tick);
  }

  private void refresh() {
    ClusterView now = context.phase().view();
    boolean changed = !now.sameButForContact(view);
    view = now;
    if (changed) {
      subscribers.forEach(Runnable::run);
    }
  }

  private void durableGrew() {
    switch (context.phase()) {
      case ActiveMaster active -> active.durableGrew();
      case Takeover takeover -> takeover.durableGrew();
      default -> {}
    }
  }

  /** What this node is doing now, null before it has begun. On the node's thread only. */
  @Nullable Phase phase() {
    return context.phaseOrNull();
  }

  @Override
  public void reported(PeerSession session, Standing standing) {
    if (registrar.named(session, standing.node())) {
      context.phase().reported(session, standing);
      refresh();
    }
  }

  @Override
  public void said(PeerSession session, FromSecondary message) {
    context.phase().said(session, message);
  }

  @Override
  public void disconnected(PeerSession session) {
    context.phase().disconnected(session);
  }

  @Override
  public String id() {
    return config.id();
  }

  @Override
  public NodeRole role() {
    return view.role();
  }

  @Override
  public SegmentedLog log() {
    return copy.log();
  }

  @Override
  public Watermarks watermarks() {
    return copy.watermarks();
  }

  @Override
  public ClusterView cluster() {
    Watermarks marks = watermarks();
    return view.at(marks.lastSequence(), marks.committedSequence());
  }

  @Override
  public void cluster(Consumer<ClusterView> answer) {
    loop.execute(() -> answer.accept(context.phase().view()));
  }

  @Override
  public Subscription onAdvance(Runnable changed) {
    return copy.subscribe(changed);
  }

  @Override
  public Subscription onClusterChange(Runnable changed) {
    subscribers.add(changed);
    return () -> subscribers.remove(changed);
  }

  @Override
  public Subscription append(AppendRequest request, Consumer<AppendOutcome> answer) {
    AppendHandle handle = new AppendHandle();
    Duration delay = faults.faults().delay();
    if (delay.isZero()) {
      loop.execute(() -> handle.waiting(context.phase().append(request, answer)));
    } else {
      loop.execute(
          () ->
              loop.schedule(delay, () -> handle.waiting(context.phase().append(request, answer))));
    }
    return handle;
  }

  /**
   * What a client holds while its append waits: cancelled before or after the append was begun, it
   * frees what waits.
   */
  private static final class AppendHandle implements Subscription {
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile @Nullable Subscription waiting;

    void waiting(Subscription begun) {
      waiting = begun;
      if (closed.get()) {
        begun.close();
      }
    }

    @Override
    public void close() {
      Subscription begun = waiting;
      if (closed.compareAndSet(false, true) && begun != null) {
        begun.close();
      }
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
  public void register(String id, String url, Consumer<Registration> answer) {
    loop.execute(() -> context.phase().register(id, url, answer));
  }

  @Override
  public void deregister(String id, Consumer<Registration> answer) {
    loop.execute(() -> context.phase().deregister(id, answer));
  }

  @Override
  public void handFeed(long sequence, byte[] payload, Consumer<@Nullable Long> answer) {
    answer.accept(null);
  }

  @Override
  public List<String> handFed() {
    return List.of();
  }

  @Override
  public Faults faults() {
    return faults.faults();
  }

  @Override
  public void setFaults(Faults now) {
    faults.set(now);
    loop.execute(() -> copy.setFull(now.diskFull()));
  }

  @Override
  public Faults initialFaults() {
    return faults.initial();
  }

  @Override
  public @Nullable PeerLinkHandler accept(PeerLink link) {
    return null;
  }

  @Override
  public boolean alive() {
    return !(loop instanceof NodeThread thread) || thread.alive(STUCK);
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
  public void stop(Duration grace) {
    CountDownLatch released = new CountDownLatch(1);
    loop.execute(
        () -> {
          stopped = true;
          if (context.phase() instanceof ActiveMaster active) {
            active.handOver();
          }
          context.phase().leave();
          loop.atEndOfTurn(released::countDown);
        });
    try {
      if (!released.await(grace.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("the node did not stop in time node={} graceMs={}", id(), grace.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (loop instanceof NodeThread thread) {
      thread.close();
    }
    context.peers().close();
    copy.close(grace);
  }
}
