package io.replog.node;

import io.replog.evidence.Equivocation;
import io.replog.replication.PeerMessage.Evidence;
import io.replog.storage.DamagedLogException;
import io.replog.storage.DataDirectory;
import io.replog.storage.DiskFailedException;
import io.replog.storage.DiskFullException;
import io.replog.storage.ProofFiles;
import io.replog.storage.SegmentedLog;
import io.replog.storage.StorageException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What both kinds of node are: a copy of the log that one thread changes, with faults on request
 * and a view of the cluster that others look at. The kinds are the shells around their rules.
 */
abstract sealed class LocalNode implements Node permits MasterNode, SecondaryNode {
  private static final Logger LOG = LoggerFactory.getLogger(LocalNode.class);
  private static final Duration STUCK = Duration.ofSeconds(30);

  final NodeConfig config;
  private final NodeLoop thread;

  /** The same, guarded against what the disk refuses. */
  final NodeLoop loop;

  final LocalCopy copy;
  final FaultGate faultGate;
  final EvidenceKeys keys;
  final Witness witness;
  private volatile boolean mends;
  private String lastRefusal = "";
  private final CopyOnWriteArrayList<Runnable> subscribers = new CopyOnWriteArrayList<>();

  /**
   * @param directory open and recovered; the copy closes it
   * @param syncThread where syncs run, one at a time
   * @param keys of those that sign what they say
   */
  LocalNode(
      NodeConfig config,
      DataDirectory directory,
      NodeLoop loop,
      Executor syncThread,
      RandomGenerator random,
      Faults initialFaults,
      EvidenceKeys keys) {
    this.config = config;
    this.thread = loop;
    this.loop = new DiskGuard(loop, this::refused);
    this.copy = new LocalCopy(directory, this.loop, syncThread);
    this.faultGate = new FaultGate(initialFaults, random);
    this.keys = keys;
    this.witness =
        new Witness(
            config.id(),
            keys.ring(),
            copy,
            new Proofs(config.id(), keys.ring(), new ProofFiles(directory)),
            new Witness.Listener() {
              @Override
              public void passOn(Evidence evidence) {
                LocalNode.this.passOn(evidence);
              }

              @Override
              public void proven(String liar) {
                LocalNode.this.proven(liar);
                clusterChanged();
              }
            });
  }

  /** To every node that this one is linked with. On the node's thread. */
  abstract void passOn(Evidence evidence);

  /** A node was caught lying, just now. On the node's thread. */
  abstract void proven(String liar);

  @Override
  public final @Nullable List<Equivocation> evidence() {
    return keys.ring() == null ? null : witness.proofs();
  }

  /**
   * Out of all quorums, at once: nothing is acknowledged, promised or led, and nothing that was
   * begun is gone on with. On the node's thread; again while it is out changes nothing.
   */
  abstract void goOut();

  /** Takes part again, as after a start. On the node's thread. */
  abstract void comeBack();

  /**
   * Gives up what it leads or has begun, and begins again; not while it is out, which only {@link
   * #comeBack} ends. On the node's thread.
   */
  abstract void beginAgain();

  private boolean refused(StorageException refusal) {
    return switch (refusal) {
      case DamagedLogException damage -> {
        if (mends) {
          goOut();
        }
        yield mends;
      }
      case DiskFailedException failed -> refused(failed, "disk failed");
      case DiskFullException full -> refused(full, "disk full");
      default -> false;
    };
  }

  private boolean refused(StorageException refusal, String what) {
    String reason = String.valueOf(refusal.getMessage());
    if (!reason.equals(lastRefusal)) {
      lastRefusal = reason;
      LOG.warn("{} node={} reason={}", what, config.id(), reason);
    }
    beginAgain();
    return true;
  }

  @Override
  public final void onDamage(Consumer<DamagedLogException> listener) {
    copy.log().cold().onDamage(listener);
    mends = true;
  }

  @Override
  public final void withdraw(Runnable out) {
    thread.execute(
        () -> {
          goOut();
          out.run();
        });
  }

  @Override
  public final void rejoin(BooleanSupplier first) {
    thread.execute(
        () -> {
          if (first.getAsBoolean()) {
            comeBack();
          }
        });
  }

  /** Ends the node's thread, after its present turn. */
  final void endThread() {
    if (thread instanceof NodeThread nodeThread) {
      nodeThread.close();
    }
  }

  /** Tells those who look that the view of the cluster has changed. */
  final void clusterChanged() {
    subscribers.forEach(Runnable::run);
  }

  @Override
  public final String id() {
    return config.id();
  }

  @Override
  public final SegmentedLog log() {
    return copy.log();
  }

  @Override
  public final Watermarks watermarks() {
    return copy.watermarks();
  }

  @Override
  public final Subscription onAdvance(Runnable changed) {
    return copy.subscribe(changed);
  }

  @Override
  public final Subscription onClusterChange(Runnable changed) {
    subscribers.add(changed);
    return () -> subscribers.remove(changed);
  }

  @Override
  public final Faults faults() {
    return faultGate.faults();
  }

  @Override
  public final void setFaults(Faults now) {
    faultGate.set(now);
    loop.execute(() -> copy.setFull(now.diskFull()));
  }

  @Override
  public final Faults initialFaults() {
    return faultGate.initial();
  }

  @Override
  public final boolean alive() {
    return !(thread instanceof NodeThread nodeThread) || nodeThread.alive(STUCK);
  }
}
