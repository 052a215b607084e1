package io.replog.node;

import io.replog.storage.SegmentedLog;
import java.time.Duration;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;

/**
 * What both kinds of node are: a copy of the log on a thread of its own, with faults on request and
 * a view of the cluster that others look at. The kinds are the shells around their rules.
 */
abstract sealed class LocalNode implements Node permits MasterNode, SecondaryNode {
  private static final Duration STUCK = Duration.ofSeconds(30);

  final NodeConfig config;
  final NodeLoop loop;
  final LocalCopy copy;
  final FaultGate faultGate;
  private final CopyOnWriteArrayList<Runnable> subscribers = new CopyOnWriteArrayList<>();

  LocalNode(
      NodeConfig config,
      NodeLoop loop,
      LocalCopy copy,
      RandomGenerator random,
      Faults initialFaults) {
    this.config = config;
    this.loop = loop;
    this.copy = copy;
    this.faultGate = new FaultGate(initialFaults, random);
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
    return !(loop instanceof NodeThread thread) || thread.alive(STUCK);
  }
}
