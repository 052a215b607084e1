package io.replog.node;

import io.replog.core.AppendOutcome;
import io.replog.core.AppendRequest;
import io.replog.core.NodeRole;
import io.replog.core.Refusal;
import io.replog.replication.PeerLink;
import io.replog.replication.PeerLinkHandler;
import io.replog.replication.PeerMessage;
import io.replog.replication.PeerMessage.Evidence;
import io.replog.replication.PeerTransport;
import io.replog.storage.DataDirectory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node that copies the log: the shell around {@link SecondaryRole}, which holds the rules. */
public final class SecondaryNode extends LocalNode {
  private static final Logger LOG = LoggerFactory.getLogger(SecondaryNode.class);

  private final HandFed handFed = new HandFed();
  private final SecondaryRole role;
  private final Neighbours neighbours;
  private volatile ClusterView view;
  private volatile boolean ready;
  private volatile boolean wantsRegistration = true;

  /**
   * @param directory open and recovered; this node closes it
   * @param syncThread where syncs run, one at a time
   * @param transport the way to other secondaries, which only evidence takes
   * @param keys of those that sign what they say
   */
  public SecondaryNode(
      NodeConfig config,
      DataDirectory directory,
      NodeLoop loop,
      Executor syncThread,
      PeerTransport transport,
      RandomGenerator random,
      Faults initialFaults,
      EvidenceKeys keys) {
    super(config, directory, loop, syncThread, random, initialFaults, keys);
    this.role =
        new SecondaryRole(config, this.loop, copy, faultGate, handFed, random, keys, witness);
    this.neighbours = new Neighbours(config, this.loop, transport, faultGate);
    this.view = role.view();
    this.loop.execute(copy::sync);
    this.loop.execute(this::refresh);
  }

  /** Looks again, every heartbeat, at what may have changed by the passing of time. */
  private void refresh() {
    // first of all: what follows may be given up at damage, and this must go on
    loop.schedule(config.heartbeat(), this::refresh);
    copy.rememberCommitted();
    role.leave();
    copy.lookForRoom();
    exchange();
    show();
  }

  /** Where statements are checked, this node tells the others what it has seen. */
  private void exchange() {
    if (keys.ring() != null && !role.isOut()) {
      neighbours.tick(copy.state().membership().newest());
      witness.tick();
    }
  }

  @Override
  void passOn(Evidence evidence) {
    if (!role.isOut()) {
      role.passOn(evidence);
      neighbours.tell(evidence);
    }
  }

  @Override
  void proven(String liar) {
    role.proven(liar);
  }

  private void show() {
    ClusterView now = role.view();
    ready = role.ready();
    wantsRegistration = role.wantsRegistration();
    boolean changed = !now.sameButForContact(view);
    view = now;
    if (changed) {
      clusterChanged();
    }
  }

  @Override
  void goOut() {
    role.goOut();
    show();
  }

  @Override
  void beginAgain() {
    if (!role.isOut()) {
      role.goOut();
      comeBack();
    }
  }

  @Override
  void comeBack() {
    role.comeBack();
    show();
  }

  /** Whether this node has to make itself known to a master. From any thread. */
  public boolean wantsRegistration() {
    return wantsRegistration;
  }

  @Override
  public NodeRole role() {
    return NodeRole.SECONDARY;
  }

  @Override
  public ClusterView cluster() {
    Watermarks marks = watermarks();
    return view.at(
        Math.max(marks.lastSequence(), handFed.lastSequence()), marks.committedSequence());
  }

  @Override
  public void cluster(Consumer<ClusterView> answer) {
    loop.execute(() -> answer.accept(role.view()));
  }

  @Override
  public NodeNumbers numbers() {
    return copy.numbers(0, Map.of(), 0, witness.badSignatures());
  }

  @Override
  public Subscription append(AppendRequest request, Consumer<AppendOutcome> answer, Executor via) {
    answer.accept(new AppendOutcome.Refused(new Refusal.NotMaster(activeUrl())));
    return () -> {};
  }

  /** It takes none, so there are never too many. */
  @Override
  public Refusal.@Nullable Overloaded overloaded() {
    return null;
  }

  @Override
  public void linearizable(Consumer<ReadPermit> answer) {
    answer.accept(new ReadPermit.NotMaster(activeUrl()));
  }

  @Override
  public void verify(Consumer<@Nullable VerifyReport> answer) {
    answer.accept(null);
  }

  @Override
  public void trace(long sequence, Consumer<@Nullable EntryTrace> answer) {
    answer.accept(null);
  }

  @Override
  public Subscription receipt(long sequence, Duration patience, Consumer<Receipting> answer) {
    answer.accept(new Receipting.NotMaster(activeUrl()));
    return () -> {};
  }

  @Override
  public void register(String id, String url, Consumer<Registration> answer) {
    answer.accept(new Registration.NotMaster(activeUrl()));
  }

  @Override
  public void deregister(String id, Consumer<Registration> answer) {
    answer.accept(new Registration.NotMaster(activeUrl()));
  }

  @Override
  public void trim(long before, Consumer<Trimming> answer) {
    answer.accept(new Trimming.NotMaster(activeUrl()));
  }

  @Override
  public void handFeed(long sequence, byte[] payload, Consumer<HandFeed> answer) {
    loop.execute(
        () ->
            answer.accept(
                copy.state().clusterId() == null
                    ? handFed.put(sequence, payload)
                    : new HandFeed.NotByHand()));
  }

  @Override
  public List<String> handFed() {
    return handFed.contiguous().stream().map(p -> new String(p, StandardCharsets.UTF_8)).toList();
  }

  @Override
  public PeerLinkHandler accept(PeerLink link) {
    Peer peer = new Peer(link);
    return new PeerLinkHandler() {
      @Override
      public void received(PeerMessage message) {
        loop.execute(() -> role.received(peer, message));
      }

      @Override
      public void closed(String why) {
        loop.execute(() -> role.closed(peer));
      }
    };
  }

  @Override
  public boolean ready() {
    return ready;
  }

  /** There is nothing to hand over: a secondary leads nothing. */
  @Override
  public void handOver(Duration grace) {}

  /**
   * Asks the active master whether this node may stop, and serves until it may; returns when it
   * may, or the time is over. From any thread but the node's, before {@link #stop}.
   */
  public void leave(Duration atMost) {
    CountDownLatch letGo = new CountDownLatch(1);
    askToLeave(letGo::countDown);
    try {
      if (!letGo.await(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("not let go in time node={} waitedMs={}", id(), atMost.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Asks the active master whether this node may stop.
   *
   * @param mayStop called on the node's thread, once, when it may
   */
  public void askToLeave(Runnable mayStop) {
    loop.execute(
        () -> {
          role.departure().begin(mayStop);
          role.leave();
        });
  }

  @Override
  public void stop(Duration grace) {
    endThread();
    neighbours.close();
    copy.close(grace);
  }

  private @Nullable String activeUrl() {
    ClusterView.Active active = view.active();
    return active == null ? null : active.url();
  }
}
