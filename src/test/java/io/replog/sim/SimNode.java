package io.replog.sim;

import io.replog.core.NodeState;
import io.replog.node.EvidenceKeys;
import io.replog.node.Faults;
import io.replog.node.MasterNode;
import io.replog.node.Node;
import io.replog.node.NodeConfig;
import io.replog.node.NodeProbe;
import io.replog.node.Outside;
import io.replog.node.SecondaryNode;
import io.replog.replication.PeerLink;
import io.replog.replication.PeerLinkHandler;
import io.replog.storage.DamagedFileException;
import io.replog.storage.DamagedLogException;
import io.replog.storage.DataDirectory;
import io.replog.storage.Fate;
import io.replog.storage.LogOptions;
import io.replog.storage.SimDisk;
import io.replog.storage.SimulatedCrash;
import io.replog.storage.StorageException;
import java.time.Duration;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.random.RandomGenerator.SplittableGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One machine: a disk, and the process that runs on it now and then. Everything but the disk is of
 * one incarnation; a restart begins another.
 */
final class SimNode {
  /** What the simulation hears of a node. */
  interface Watcher {
    void started(SimNode node);

    /** After each of the node's turns. */
    void turned(SimNode node);

    void goesDown(SimNode node);

    /** It went down by itself, by a crash that was planted in its disk. */
    void crashed(SimNode node);
  }

  private static final LogOptions SMALL = new LogOptions(2048, 256, 512, 2);
  private static final long FASTEST_SYNC_NANOS = 100_000;
  private static final long STALL_NANOS = 400_000_000;

  private final NodeConfig config;
  private final boolean master;
  private final SimClock clock;
  private final SimNetwork network;
  private final Trace trace;
  private final SplittableGenerator random;
  private final long slowestSyncNanos;
  private final Watcher watcher;
  private final Sabotage sabotage;
  private final long skewMillis;
  private final Outside outside;
  private final EvidenceKeys keys;
  private SimDisk disk;
  private boolean diskHarmed;
  private boolean joins;
  private boolean lies;
  private long lostNanos = Long.MIN_VALUE / 2;
  private long fixedSyncNanos;
  private long incarnation;
  private long downs;
  private @Nullable SimLoop loop;
  private @Nullable DataDirectory directory;
  private @Nullable Node node;
  private @Nullable Mirror mirror;

  SimNode(
      NodeConfig config,
      boolean master,
      SimClock clock,
      SimNetwork network,
      Trace trace,
      SplittableGenerator random,
      long slowestSyncNanos,
      Watcher watcher,
      Sabotage sabotage,
      Outside outside,
      EvidenceKeys keys) {
    this.keys = keys;
    this.outside = outside;
    this.config = config;
    this.master = master;
    this.clock = clock;
    this.network = network;
    this.trace = trace;
    this.random = random;
    this.slowestSyncNanos = slowestSyncNanos;
    this.watcher = watcher;
    this.sabotage = sabotage;
    this.skewMillis = random.nextLong(4000) - 2000;
    this.disk = new SimDisk(config.id());
  }

  String id() {
    return config.id();
  }

  String url() {
    return config.url();
  }

  /** What it signs with, and checks others with. */
  EvidenceKeys keys() {
    return keys;
  }

  NodeConfig config() {
    return config;
  }

  boolean master() {
    return master;
  }

  boolean up() {
    return node != null;
  }

  boolean paused() {
    return loop != null && loop.paused();
  }

  long incarnation() {
    return incarnation;
  }

  /** How often it went down. */
  long downs() {
    return downs;
  }

  SimDisk disk() {
    return disk;
  }

  RandomGenerator random() {
    return random;
  }

  /** The node that runs; only while {@link #up()}. */
  Node node() {
    return present(node);
  }

  DataDirectory directory() {
    return present(directory);
  }

  NodeState state() {
    return directory().state();
  }

  /** What its log is known to hold; only while {@link #up()}. */
  Mirror mirror() {
    return present(mirror);
  }

  long committed() {
    return node().watermarks().committedSequence();
  }

  /** The epoch that it leads, 0 if it does not. */
  long activeEpoch() {
    return up() ? NodeProbe.activeEpoch(node()) : 0;
  }

  private <T> T present(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException(id() + " is down");
    }
    return part;
  }

  /** Reads what the node shows; its disk may bring it down. */
  void read(Runnable reading) {
    SimLoop mine = loop;
    if (mine != null) {
      mine.guarded(reading);
    }
  }

  // ---- its life

  void start() {
    if (up()) {
      return;
    }
    incarnation++;
    SimLoop mine =
        new SimLoop(
            clock, id(), random.split(), skewMillis, () -> watcher.turned(this), this::died);
    loop = mine;
    try {
      open(mine);
    } catch (SimulatedCrash crash) {
      down(true, "in recovery: " + crash.getMessage());
      watcher.crashed(this);
    } catch (DamagedLogException | DamagedFileException damaged) {
      damaged(damaged);
    } catch (StorageException failed) {
      if (!diskHarmed) {
        throw failed;
      }
      down(false, "could not start: " + failed.getMessage());
      watcher.crashed(this);
    }
  }

  private void open(SimLoop mine) {
    DataDirectory opened = DataDirectory.open(disk, id(), this::uuid, SMALL);
    directory = opened;
    sabotage.opened(this, opened);
    if (opened.lost() != null && !diskHarmed) {
      throw new Violation("3", id() + " lost acknowledged entries by itself: " + opened.lost());
    }
    RandomGenerator dice = random.split();
    NodeConfig running =
        sabotage.configured(joins ? SimCluster.joining(config) : config, incarnation);
    node =
        master
            ? new MasterNode(
                running,
                opened,
                mine,
                task -> mine.elsewhere(syncNanos(), "sync", task),
                network.of(this),
                dice,
                Faults.NONE,
                outside,
                keys)
            : new SecondaryNode(
                running,
                opened,
                mine,
                task -> mine.elsewhere(syncNanos(), "sync", task),
                network.of(this),
                dice,
                Faults.NONE,
                keys);
    mirror = new Mirror(id());
    diskHarmed &= !disk.isRoomy();
    trace.note(id() + " started: " + opened.state());
    watcher.started(this);
  }

  /** Damage before the tail stops the node; its operator gives it a new disk. */
  private void damaged(StorageException damaged) {
    if (!diskHarmed) {
      throw new Violation("7", id() + " found damage that nobody did", damaged);
    }
    trace.note(id() + " found damage and is formatted anew: " + damaged.getMessage());
    loseDisk();
    start();
  }

  private UUID uuid() {
    return new UUID(random.nextLong(), random.nextLong());
  }

  /** From now on each of its syncs takes this long. */
  void slowSyncs(long nanos) {
    fixedSyncNanos = nanos;
  }

  private long syncNanos() {
    if (fixedSyncNanos > 0) {
      return fixedSyncNanos;
    }
    return random.nextInt(100) == 0
        ? random.nextLong(STALL_NANOS)
        : FASTEST_SYNC_NANOS + random.nextLong(slowestSyncNanos);
  }

  /** The process dies; what it wrote stays. */
  void kill() {
    if (up()) {
      down(false, "killed");
    }
  }

  /** The process stops in order: a master that leads hands over. */
  void stop() {
    SimLoop mine = loop;
    Node running = node;
    if (mine == null || running == null || mine.paused()) {
      return;
    }
    trace.note(id() + " stops in order");
    mine.untilTheEnd();
    mine.guarded(() -> running.stop(Duration.ZERO));
    if (up()) {
      down(false, "stopped");
    }
  }

  /** Puts faults in force; a node that is down comes up without. */
  void switchFaults(Faults faults) {
    if (up()) {
      node().setFaults(faults);
    }
  }

  /** The machine goes down: what was not synced meets its fate. */
  void powerFailure() {
    if (up()) {
      down(true, "power failure");
    }
  }

  private void down(boolean machine, String why) {
    trace.note(id() + " is down: " + why);
    downs++;
    if (loop != null) {
      loop.end();
    }
    if (node != null) {
      watcher.goesDown(this);
    }
    loop = null;
    node = null;
    directory = null;
    mirror = null;
    if (machine) {
      disk.crash(Fate.MIXED, random);
    } else {
      disk.killProcess();
    }
    network.gone(this, !machine || random.nextBoolean());
  }

  private void died(Throwable escaped) {
    switch (escaped) {
      case SimulatedCrash crash -> down(true, String.valueOf(crash.getMessage()));
      case StorageException storage when diskHarmed ->
          down(false, "gave up: " + storage.getMessage());
      case RuntimeException broke when lies -> down(false, "broke over its own lies: " + broke);
      default -> throw new Violation("invariant", id() + " broke: " + escaped, escaped);
    }
    watcher.crashed(this);
  }

  void pause() {
    if (loop != null) {
      loop.pause();
    }
  }

  void resume() {
    if (loop != null) {
      loop.resume();
    }
  }

  /**
   * Replaces the disk by an empty one. Only while down. Where no members are declared and no record
   * of the founding is kept, only its operator can tell a master that its log is lost and not new.
   */
  void loseDisk() {
    disk = new SimDisk(id());
    lostNanos = clock.nowNanos();
    joins |= config.declared().isEmpty() && outside.equals(Outside.NONE);
    diskHarmed = false;
  }

  /** Puts another disk in. Only while down. */
  void replaceDisk(SimDisk other) {
    disk = other;
    lostNanos = clock.nowNanos();
    diskHarmed = true;
  }

  /** When its disk was last lost or replaced. */
  long lostNanos() {
    return lostNanos;
  }

  /** Whether its disk misbehaves. */
  boolean harmed() {
    return diskHarmed;
  }

  /** The disk is to misbehave: what follows from it is no violation. */
  void harmDisk() {
    diskHarmed = true;
  }

  /** It is not the node that it ought to be: what becomes of it is no violation. */
  void lies() {
    lies = true;
  }

  @Nullable PeerLinkHandler accept(PeerLink link) {
    return node().accept(link);
  }
}
