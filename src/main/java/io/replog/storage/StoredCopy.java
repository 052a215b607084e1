package io.replog.storage;

import io.replog.core.Hash;
import io.replog.core.HashChain;
import io.replog.core.NodeRole;
import io.replog.core.NodeState;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What a data directory holds, read while no node runs on it and without changing anything.
 *
 * @param state its state, as the last node left it
 * @param lastSequence the last sound entry, 0 without any
 * @param lastEpoch that entry's epoch, 0 without any
 * @param lastHash hash there, the origin's without an entry; null while it belongs to no cluster
 * @param mark what the durable mark says, empty where it cannot be read
 * @param lost what it had acknowledged and does not have, null if nothing is known to be
 */
public record StoredCopy(
    NodeState state,
    long lastSequence,
    long lastEpoch,
    @Nullable Hash lastHash,
    Mark mark,
    @Nullable LostTail lost) {

  /**
   * Reads a directory.
   *
   * @throws DirectoryInUseException if a node is using it
   * @throws DamagedFileException if it is no data directory, or its state is damaged
   * @throws DamagedLogException at damage in the middle of the log
   * @throws UnsupportedFormatException if a later release wrote it
   * @throws StorageException if it cannot be read
   */
  public static StoredCopy read(Disk disk) {
    try (Closeable _ = disk.exists(LogFiles.LOCK) ? disk.lock(LogFiles.LOCK, true) : () -> {}) {
      NodeState state =
          new StateFile(disk)
              .read()
              .orElseThrow(
                  () ->
                      new DamagedFileException(
                          disk.describe(LogFiles.STATE),
                          disk.describe("") + " is no data directory: there is no state"));
      LogRecovery scanned = LogRecovery.scan(disk);
      Hash origin = state.clusterId() == null ? null : HashChain.origin(state.clusterId());
      Hash last = scanned.lastHash();
      return new StoredCopy(
          state,
          scanned.last(),
          scanned.epoch(),
          last == null ? origin : last,
          DurableMark.read(disk).orElse(Mark.EMPTY),
          scanned.lost());
    } catch (IOException e) {
      throw StorageException.of(disk.describe(""), e);
    }
  }

  /** Which kind of node it is of. */
  public NodeRole role() {
    NodeRole said = state.role();
    if (said != null) {
      return said;
    }
    return state.incumbentEpoch() > 0 ? NodeRole.MASTER : NodeRole.SECONDARY;
  }
}
