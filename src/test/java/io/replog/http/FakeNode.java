package io.replog.http;

import io.replog.core.AppendOutcome;
import io.replog.core.AppendOutcome.Appended;
import io.replog.core.AppendOutcome.Copy;
import io.replog.core.AppendRequest;
import io.replog.core.FrameCodec;
import io.replog.core.Hash;
import io.replog.core.HashChain;
import io.replog.core.LogStart;
import io.replog.core.Membership;
import io.replog.core.NodeRole;
import io.replog.core.Refusal;
import io.replog.evidence.Equivocation;
import io.replog.node.ClusterView;
import io.replog.node.Faults;
import io.replog.node.Node;
import io.replog.node.NodeNumbers;
import io.replog.replication.PeerLink;
import io.replog.replication.PeerLinkHandler;
import io.replog.storage.DamagedLogException;
import io.replog.storage.DataDirectory;
import io.replog.storage.FileDisk;
import io.replog.storage.LogOptions;
import io.replog.storage.SegmentedLog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A node that does what a test tells it, over a real log in a directory. Callbacks come on a thread
 * of its own, as a node's do.
 */
final class FakeNode implements Node, AutoCloseable {
  static final UUID CLUSTER = UUID.fromString("6f1c5a3e-0000-4000-8000-000000000001");

  private final DataDirectory directory;
  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private final HashChain chain = new HashChain();
  private final Set<Waiter> waiters = ConcurrentHashMap.newKeySet();
  private final List<Runnable> advance = new CopyOnWriteArrayList<>();
  private final List<Runnable> clusterChange = new CopyOnWriteArrayList<>();
  private final List<String> handFed = new CopyOnWriteArrayList<>();
  private Hash hash;
  private long epoch = 1;
  private volatile long committed;

  final List<AppendRequest> appends = new CopyOnWriteArrayList<>();
  volatile Refusal.@Nullable Overloaded overloaded;
  volatile Function<AppendRequest, AppendOutcome> outcome = this::append;
  volatile boolean answers = true;
  volatile boolean ready = true;
  volatile boolean alive = true;
  volatile ReadPermit permit = new ReadPermit.Granted(0);
  volatile Registration registration = new Registration.Added();
  volatile Registration deregistration = new Registration.Leaving();
  volatile Receipting receipting = new Receipting.NotMaster(null);
  volatile List<Equivocation> evidence;
  volatile Trimming trimming = new Trimming.Done(1, null);
  volatile VerifyReport report;
  volatile EntryTrace trace;
  volatile boolean takesHandFeed;
  volatile ClusterView view = view(NodeRole.MASTER, List.of());
  volatile NodeNumbers numbers = new NodeNumbers(0, 0, Map.of(), 0, 0, 0, 0, 0);
  volatile Faults faults = Faults.NONE;
  volatile Faults initialFaults = Faults.NONE;

  FakeNode(Path root) {
    directory =
        DataDirectory.open(new FileDisk(root), "master-0", UUID::randomUUID, LogOptions.DEFAULT);
    hash = HashChain.origin(CLUSTER);
    directory.log().origin(hash);
  }

  static ClusterView view(NodeRole role, List<ClusterView.Secondary> nodes) {
    boolean master = role == NodeRole.MASTER;
    return new ClusterView(
        role == NodeRole.SECONDARY ? null : CLUSTER,
        "master-0",
        role,
        master,
        master ? null : ClusterView.ReadOnlyReason.NOT_ACTIVE,
        1,
        1,
        0,
        0,
        new ClusterView.Active("master-0", "http://127.0.0.1:8080"),
        master ? 3 : null,
        master ? 2 : null,
        master ? 3 : null,
        Membership.FOUNDING,
        nodes,
        1000,
        60_000);
  }

  /** Puts messages into the log, committed, as one append. */
  synchronized Appended append(String... messages) {
    List<byte[]> payloads = new ArrayList<>();
    for (String message : messages) {
      payloads.add(message.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    return append(
        new AppendRequest(
            payloads, new io.replog.core.WriteConcern.Copies(1), true, null, null, null));
  }

  /** As above, and not committed. */
  synchronized void appendUncommitted(String message) {
    long before = committed;
    append(message);
    committed = before;
    advanced();
  }

  private synchronized Appended append(AppendRequest request) {
    long first = log().lastSequence() + 1;
    var frame =
        FrameCodec.encode(
            chain, hash, first, epoch, 1000 + first, request.key(), request.payloads());
    log().append(frame);
    hash = frame.last().hash();
    committed = log().lastSequence();
    advanced();
    return new Appended(
        first,
        log().lastSequence(),
        epoch,
        request.concern(),
        request.journal(),
        true,
        true,
        false,
        List.of(new Copy("master-0", true, true, 0.4), new Copy("secondary-0", true, false, -1)));
  }

  /** Has the log begin later, as if what is before had been trimmed. */
  synchronized void beginAfter(long sequence, Hash hashBefore) {
    log().restartAt(new LogStart(sequence + 1, hashBefore, 1, 1));
    hash = hashBefore;
    committed = sequence;
    advanced();
  }

  /** Cuts the log back, as a secondary's log is when another master takes over. */
  synchronized void cutAfter(long sequence) {
    log().truncateAfter(sequence);
    hash = log().lastHash();
    committed = Math.min(committed, sequence);
    epoch++;
    advanced();
  }

  void changeCluster(ClusterView next) {
    view = next;
    clusterChange.forEach(thread::execute);
  }

  /** How many appends still wait. */
  int waiting() {
    return waiters.size();
  }

  /** How many listen to the log's growth. */
  int listeners() {
    return advance.size();
  }

  int clusterListeners() {
    return clusterChange.size();
  }

  void answerWaiters(AppendOutcome outcome) {
    waiters.forEach(waiter -> thread.execute(() -> waiter.answer.accept(outcome)));
    waiters.clear();
  }

  void feedByHand(String message) {
    handFed.add(message);
    advanced();
  }

  private void advanced() {
    advance.forEach(thread::execute);
  }

  @Override
  public String id() {
    return "master-0";
  }

  @Override
  public NodeRole role() {
    return view.role();
  }

  @Override
  public SegmentedLog log() {
    return directory.log();
  }

  @Override
  public void onDamage(Consumer<DamagedLogException> listener) {
    directory.log().cold().onDamage(listener);
  }

  @Override
  public void withdraw(Runnable out) {
    thread.execute(out);
  }

  @Override
  public void rejoin(BooleanSupplier first) {
    thread.execute(
        () -> {
          var _ = first.getAsBoolean();
        });
  }

  @Override
  public Watermarks watermarks() {
    return new Watermarks(log().lastSequence(), committed);
  }

  @Override
  public ClusterView cluster() {
    return view;
  }

  @Override
  public void cluster(Consumer<ClusterView> answer) {
    answer.accept(cluster());
  }

  @Override
  public Subscription onAdvance(Runnable changed) {
    advance.add(changed);
    return () -> advance.remove(changed);
  }

  @Override
  public Subscription onClusterChange(Runnable changed) {
    clusterChange.add(changed);
    return () -> clusterChange.remove(changed);
  }

  @Override
  public Refusal.@Nullable Overloaded overloaded() {
    return overloaded;
  }

  @Override
  public Subscription append(AppendRequest request, Consumer<AppendOutcome> answer, Executor via) {
    appends.add(request);
    Waiter waiter = new Waiter(answer);
    if (!answers) {
      waiters.add(waiter);
      return () -> waiters.remove(waiter);
    }
    thread.execute(() -> answer.accept(outcome.apply(request)));
    return () -> {};
  }

  @Override
  public void linearizable(Consumer<ReadPermit> answer) {
    thread.execute(() -> answer.accept(permit));
  }

  @Override
  public void verify(Consumer<VerifyReport> answer) {
    thread.execute(() -> answer.accept(report));
  }

  @Override
  public void trace(long sequence, Consumer<EntryTrace> answer) {
    thread.execute(() -> answer.accept(trace));
  }

  @Override
  public Subscription receipt(long sequence, Duration patience, Consumer<Receipting> answer) {
    thread.execute(() -> answer.accept(receipting));
    return () -> {};
  }

  @Override
  public List<Equivocation> evidence() {
    return evidence;
  }

  @Override
  public void register(String id, String url, Consumer<Registration> answer) {
    thread.execute(() -> answer.accept(registration));
  }

  @Override
  public void trim(long before, Consumer<Trimming> answer) {
    thread.execute(() -> answer.accept(trimming));
  }

  @Override
  public void deregister(String id, Consumer<Registration> answer) {
    thread.execute(() -> answer.accept(deregistration));
  }

  @Override
  public void handFeed(long sequence, byte[] payload, Consumer<HandFeed> answer) {
    boolean contradicts =
        sequence <= handFed.size()
            && !handFed
                .get((int) sequence - 1)
                .equals(new String(payload, java.nio.charset.StandardCharsets.UTF_8));
    if (takesHandFeed && sequence == handFed.size() + 1) {
      feedByHand(new String(payload, java.nio.charset.StandardCharsets.UTF_8));
    }
    HandFeed result =
        !takesHandFeed
            ? new HandFeed.NotByHand()
            : contradicts ? new HandFeed.Contradicts(sequence) : new HandFeed.Taken(handFed.size());
    thread.execute(() -> answer.accept(result));
  }

  @Override
  public NodeNumbers numbers() {
    return numbers;
  }

  @Override
  public List<String> handFed() {
    return handFed;
  }

  @Override
  public Faults faults() {
    return faults;
  }

  @Override
  public void setFaults(Faults next) {
    faults = next;
  }

  @Override
  public Faults initialFaults() {
    return initialFaults;
  }

  @Override
  public PeerLinkHandler accept(PeerLink link) {
    return null;
  }

  @Override
  public boolean alive() {
    return alive;
  }

  @Override
  public boolean ready() {
    return ready;
  }

  @Override
  public void handOver(Duration grace) {}

  @Override
  public void stop(Duration grace) {
    close();
  }

  @Override
  public void close() {
    thread.shutdown();
    directory.close();
  }

  /** Not a record: two are never equal. */
  private static final class Waiter {
    private final Consumer<AppendOutcome> answer;

    Waiter(Consumer<AppendOutcome> answer) {
      this.answer = answer;
    }
  }
}
