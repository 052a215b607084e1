package io.replog.node;

import io.replog.core.AppendOutcome;
import io.replog.core.AppendRequest;
import io.replog.core.NodeRole;
import io.replog.core.Refusal;
import io.replog.replication.PeerLink;
import io.replog.replication.PeerLinkHandler;
import io.replog.replication.PeerMessage;
import io.replog.storage.DataDirectory;
import io.replog.storage.SegmentedLog;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A node that copies the log: the shell around {@link SecondaryRole}, which holds the rules. */
public final class SecondaryNode implements Node {
  private static final Duration STUCK = Duration.ofSeconds(30);

  private final NodeConfig config;
  private final NodeLoop loop;
  private final LocalCopy copy;
  private final FaultGate faults;
  private final HandFed handFed = new HandFed();
  private final SecondaryRole role;
  private final CopyOnWriteArrayList<Runnable> subscribers = new CopyOnWriteArrayList<>();
  private volatile ClusterView view;
  private volatile boolean ready;
  private volatile boolean wantsRegistration = true;

  /**
   * @param directory open and recovered; this node closes it
   * @param syncThread where syncs run, one at a time
   */
  public SecondaryNode(
      NodeConfig config,
      DataDirectory directory,
      NodeLoop loop,
      Executor syncThread,
      RandomGenerator random,
      Faults initialFaults) {
    this.config = config;
    this.loop = loop;
    this.faults = new FaultGate(initialFaults, random);
    this.copy = new LocalCopy(directory, loop, syncThread);
    this.role = new SecondaryRole(config, loop, copy, faults, handFed, random);
    this.view = role.view();
    loop.execute(copy::sync);
    loop.execute(this::refresh);
  }

  /** Looks again, every heartbeat, at what may have changed by the passing of time. */
  private void refresh() {
    copy.rememberCommitted();
    copy.lookForRoom();
    ClusterView now = role.view();
    ready = role.ready();
    wantsRegistration = role.wantsRegistration();
    boolean changed = !now.sameButForContact(view);
    view = now;
    if (changed) {
      subscribers.forEach(Runnable::run);
    }
    loop.schedule(config.heartbeat(), this::refresh);
  }

  /** Whether this node has to make itself known to a master. From any thread. */
  public boolean wantsRegistration() {
    return wantsRegistration;
  }

  @Override
  public String id() {
    return config.id();
  }

  @Override
  public NodeRole role() {
    return NodeRole.SECONDARY;
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
    loop.execute(() -> answer.accept(role.view()));
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
    answer.accept(new AppendOutcome.Refused(new Refusal.NotMaster(activeUrl())));
    return () -> {};
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
  public void register(String id, String url, Consumer<Registration> answer) {
    answer.accept(new Registration.NotMaster(activeUrl()));
  }

  @Override
  public void deregister(String id, Consumer<Registration> answer) {
    answer.accept(new Registration.NotMaster(activeUrl()));
  }

  @Override
  public void handFeed(long sequence, byte[] payload, Consumer<@Nullable Long> answer) {
    loop.execute(
        () ->
            answer.accept(
                copy.state().clusterId() == null ? handFed.put(sequence, payload) : null));
  }

  @Override
  public List<String> handFed() {
    return handFed.contiguous().stream().map(p -> new String(p, StandardCharsets.UTF_8)).toList();
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
  public boolean alive() {
    return !(loop instanceof NodeThread thread) || thread.alive(STUCK);
  }

  @Override
  public boolean ready() {
    return ready;
  }

  @Override
  public void stop(Duration grace) {
    if (loop instanceof NodeThread thread) {
      thread.close();
    }
    copy.close(grace);
  }

  private @Nullable String activeUrl() {
    ClusterView.Active active = view.active();
    return active == null ? null : active.url();
  }
}
