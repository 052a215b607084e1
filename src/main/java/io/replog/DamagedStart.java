package io.replog;

import io.replog.config.NodeSettings;
import io.replog.core.NodeState;
import io.replog.storage.DamagedLogException;
import io.replog.storage.Disk;
import io.replog.storage.LogOptions;
import io.replog.storage.LogRepair;
import io.replog.storage.StorageException;
import java.io.IOException;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A start that found damage in the middle of the log. Before there is a node, so that none of its
 * words counts anywhere, the other nodes are asked for just what is damaged. Where nobody has it,
 * or nobody is there, the start has failed.
 */
final class DamagedStart {
  private static final Logger LOG = LoggerFactory.getLogger(DamagedStart.class);
  private static final long PAUSE_MILLIS = 250;

  private final NodeSettings settings;
  private final NodeTrust trust;
  private final Disk disk;
  private final LogOptions options;

  DamagedStart(NodeSettings settings, NodeTrust trust, Disk disk, LogOptions options) {
    this.settings = settings;
    this.trust = trust;
    this.disk = disk;
    this.options = options;
  }

  /** Whether the log is whole again; what happened is in the log of the program. */
  boolean repaired(DamagedLogException damage) {
    NodeState state = LogRepair.state(disk);
    Set<URI> peers = new OtherCopies(settings).urls(state);
    LOG.error(
        "damage found file={} offset={} sequence={} node={} asking={}",
        damage.file(),
        damage.offset(),
        damage.sequence(),
        state == null ? "-" : state.node(),
        peers);
    long deadline = System.nanoTime() + settings.repairTimeout().toNanos();
    String why = "no other node is known";
    while (!peers.isEmpty() && System.nanoTime() < deadline) {
      for (URI peer : peers) {
        String failure = repaired(damage, peer);
        if (failure == null) {
          return true;
        }
        why = failure;
      }
      pause();
    }
    LOG.error("damage not repaired file={} offset={} why={}", damage.file(), damage.offset(), why);
    return false;
  }

  /** Null if the peer had what was missing, else why not. */
  private @Nullable String repaired(DamagedLogException damage, URI peer) {
    try (PeerFrames frames = new PeerFrames(peer, trust)) {
      // the peer first: to find out what is missing, the whole log has to be read
      frames.frames(Math.max(1, damage.sequence()), damage.sequence());
      LogRepair.Repaired repaired = LogRepair.repair(disk, options, frames);
      LOG.warn(
          "damage repaired files={} frames={} from={}", repaired.files(), repaired.frames(), peer);
      return null;
    } catch (IOException | StorageException e) {
      return peer + ": " + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
