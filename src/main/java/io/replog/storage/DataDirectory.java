package io.replog.storage;

import io.replog.core.Hash;
import io.replog.core.HashChain;
import io.replog.core.NodeRole;
import io.replog.core.NodeState;
import java.io.Closeable;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's data directory, open and locked: its state and its log. For the node thread, but for
 * what {@link SegmentedLog} and {@link GroupCommit} offer to others.
 */
public final class DataDirectory implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(DataDirectory.class);

  private final Disk disk;
  private final Closeable lock;
  private final StateFile stateFile;
  private final Reserve reserve;
  private final SegmentedLog log;
  private final @Nullable LostTail lost;
  private NodeState state;
  private @Nullable GroupCommit groupCommit;
  private boolean closed;

  private DataDirectory(
      Disk disk,
      Closeable lock,
      StateFile stateFile,
      Reserve reserve,
      NodeState state,
      SegmentedLog log,
      @Nullable LostTail lost) {
    this.disk = disk;
    this.lock = lock;
    this.stateFile = stateFile;
    this.reserve = reserve;
    this.state = state;
    this.log = log;
    this.lost = lost;
  }

  /**
   * Locks the directory, formats it if it is empty, recovers the log. If the log has lost what it
   * had acknowledged, the store has a new id on disk before anything else is done.
   *
   * @param node the node id, or null to take the directory's own
   * @param ids where new store ids come from
   * @throws DirectoryInUseException if another has it open
   * @throws WrongNodeException if it belongs to another node
   * @throws DamagedLogException at damage in the middle of the log; nothing was changed
   * @throws DamagedFileException if the state is damaged, or missing beside a log
   * @throws UnsupportedFormatException if a later release wrote it
   */
  public static DataDirectory open(
      Disk disk, @Nullable String node, Supplier<UUID> ids, LogOptions options) {
    return open(disk, node, null, ids, options);
  }

  /**
   * The same for a node of a kind, which the directory keeps.
   *
   * @param role {@code MASTER} or {@code SECONDARY}, or null to take the directory as it is
   * @throws WrongRoleException if it is a directory of the other kind; one whose master led before
   *     kinds were noted is a master's. Nothing was changed
   */
  public static DataDirectory open(
      Disk disk,
      @Nullable String node,
      @Nullable NodeRole role,
      Supplier<UUID> ids,
      LogOptions options) {
    Closeable lock;
    try {
      disk.createDirectory("");
      lock = disk.lock(LogFiles.LOCK, false);
    } catch (IOException e) {
      throw StorageException.of(disk.describe(""), e);
    }
    DataDirectory opened = null;
    try {
      opened = open(disk, lock, node, role, ids, options);
      return opened;
    } catch (IOException e) {
      throw StorageException.of(disk.describe(""), e);
    } finally {
      if (opened == null) {
        unlock(disk, lock);
      }
    }
  }

  private static void unlock(Disk disk, Closeable lock) {
    try {
      lock.close();
    } catch (IOException e) {
      LOG.warn("could not unlock {}: {}", disk.describe(""), e.getMessage());
    }
  }

  private static DataDirectory open(
      Disk disk,
      Closeable lock,
      @Nullable String node,
      @Nullable NodeRole role,
      Supplier<UUID> ids,
      LogOptions options)
      throws IOException {
    StateFile stateFile = new StateFile(disk);
    Optional<NodeState> stored = stateFile.read();
    NodeState state = stored.isPresent() ? stored.get() : format(disk, stateFile, node, ids.get());
    if (node != null && !node.equals(state.node())) {
      throw new WrongNodeException(disk.describe(""), state.node(), node);
    }
    checkRole(disk, state, role);
    // a process that died between rename and sync leaves a state that is read but not durable yet
    disk.syncDirectory("");
    LogRecovery recovery = LogRecovery.scan(disk);
    Hash origin = state.clusterId() == null ? null : HashChain.origin(state.clusterId());
    checkOrigin(disk, recovery, origin);
    LostTail lost = recovery.lost();
    if (lost != null) {
      NodeState renewed = state.asNewStore(ids.get());
      LOG.warn(
          "acknowledged entries are lost: from={} to={} store={} newStore={} cause={}",
          lost.fromSequence(),
          lost.toSequence(),
          state.store(),
          renewed.store(),
          lost.cause());
      stateFile.write(renewed);
      state = renewed;
    }
    if (role != null && state.role() == null) {
      state = state.withRole(role);
      stateFile.write(state);
    }
    SegmentedLog log = recovery.apply(options, origin);
    Reserve reserve = new Reserve(disk, options);
    reserve.make();
    LOG.info(
        "opened {}: node={} store={} firstSequence={} lastSequence={}",
        disk.describe(""),
        state.node(),
        state.store(),
        log.firstSequence(),
        log.lastSequence());
    return new DataDirectory(disk, lock, stateFile, reserve, state, log, lost);
  }

  private static void checkRole(Disk disk, NodeState state, @Nullable NodeRole role) {
    NodeRole noted = state.role();
    NodeRole found = noted == null && state.incumbentEpoch() > 0 ? NodeRole.MASTER : noted;
    if (role != null && found != null && found != role) {
      throw new WrongRoleException(disk.describe(""), state.node(), found, role);
    }
  }

  /** The state file comes last: a directory without one is one whose formatting was interrupted. */
  private static NodeState format(Disk disk, StateFile stateFile, @Nullable String node, UUID store)
      throws IOException {
    if (!LogFiles.segments(disk).isEmpty()) {
      throw new DamagedFileException(
          disk.describe(LogFiles.STATE),
          disk.describe(LogFiles.STATE)
              + " is missing beside a log; the node must be formatted anew");
    }
    if (node == null) {
      throw new DamagedFileException(
          disk.describe(""), disk.describe("") + " is no data directory, and no node id was given");
    }
    disk.createDirectory(LogFiles.LOG);
    DurableMark.create(disk).close();
    disk.syncDirectory("");
    NodeState formatted = NodeState.formatted(node, store);
    stateFile.write(formatted);
    LOG.info("formatted {}: node={} store={}", disk.describe(""), node, store);
    return formatted;
  }

  private static void checkOrigin(Disk disk, LogRecovery recovery, @Nullable Hash origin) {
    Hash found = recovery.origin();
    if (found != null && !Objects.equals(found, origin)) {
      throw new DamagedFileException(
          disk.describe(LogFiles.STATE),
          "%s and the log beside it are not of one cluster"
              .formatted(disk.describe(LogFiles.STATE)));
    }
  }

  /**
   * Goes on with this copy under a forced configuration: the log ends where it ends, whatever was
   * known to be committed beyond. On return it is durable.
   */
  public void force(NodeState forced) {
    saveState(forced);
    long last = log.lastSequence();
    Hash hash = last == 0 ? Mark.NO_HASH : log.lastHash();
    try {
      var _ =
          log.durableMark()
              .update(
                  () -> true,
                  mark -> mark.committedSequence() > last ? mark.withCommitted(last, hash) : mark);
    } catch (IOException e) {
      throw log.fail(e);
    }
  }

  /** What a disk of this directory has. */
  public Disk disk() {
    return disk;
  }

  /** The state as it was last saved. */
  public NodeState state() {
    return state;
  }

  /**
   * Saves the state; on return it is durable. On a full disk the reserve is given up for it.
   *
   * @throws DiskFullException if there is no room all the same; the old state is still there
   * @throws DiskFailedException if the disk failed; which state is there shows only after a restart
   * @throws IllegalArgumentException if the cluster would change under a log that has entries
   */
  public void saveState(NodeState next) {
    DiskFailedException failed = log.failure();
    if (failed != null) {
      throw failed;
    }
    boolean newCluster = !Objects.equals(next.clusterId(), state.clusterId());
    if (newCluster && log.lastSequence() > 0) {
      throw new IllegalArgumentException(
          "a log with entries of cluster %s cannot become one of cluster %s"
              .formatted(state.clusterId(), next.clusterId()));
    }
    try {
      write(next);
    } catch (IOException e) {
      throw StorageException.isFull(e)
          ? new DiskFullException(disk.describe(LogFiles.STATE), e)
          : log.fail(e);
    }
    state = next;
    if (newCluster && next.clusterId() != null) {
      log.origin(HashChain.origin(next.clusterId()));
    }
  }

  private void write(NodeState next) throws IOException {
    try {
      stateFile.write(next);
    } catch (IOException e) {
      if (!StorageException.isFull(e) || !reserve.release()) {
        throw e;
      }
      stateFile.write(next);
    }
  }

  /**
   * Whether there is room to append again after {@link DiskFullException}: for the reserve, and for
   * as much again.
   */
  public boolean hasRoom() {
    if (log.failure() != null) {
      return false;
    }
    try {
      return reserve.make() && disk.usableBytes() >= reserve.bytes();
    } catch (IOException e) {
      LOG.warn("cannot tell whether there is room in {}: {}", disk.describe(""), e.getMessage());
      return false;
    }
  }

  public SegmentedLog log() {
    return log;
  }

  /** What the log had lost when it was opened, null if nothing. */
  public @Nullable LostTail lost() {
    return lost;
  }

  /**
   * The group commit of this log; there is one.
   *
   * @param syncThread runs one round at a time; its thread must never be interrupted
   * @param listener hears of each round, on that thread
   */
  public GroupCommit groupCommit(Executor syncThread, Consumer<SyncResult> listener) {
    if (groupCommit != null) {
      throw new IllegalStateException("there is a group commit already");
    }
    groupCommit = new GroupCommit(log, syncThread, listener);
    return groupCommit;
  }

  /**
   * Syncs, trims, closes and unlocks. To be called when no round runs any more and none is
   * requested.
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      if (log.failure() == null) {
        GroupCommit last =
            groupCommit == null ? new GroupCommit(log, Runnable::run, r -> {}) : groupCommit;
        last.sync();
      }
      log.close();
      log.durableMark().close();
    } catch (IOException e) {
      throw StorageException.of(disk.describe(LogFiles.LOG), e);
    } finally {
      unlock(disk, lock);
    }
  }
}
