package io.replog.sim;

import io.replog.core.AppendOutcome;
import io.replog.core.Entry;
import io.replog.core.NodeState;
import io.replog.node.NodeConfig;
import io.replog.replication.PeerMessage;
import io.replog.replication.PeerMessage.Replicate;
import io.replog.storage.DataDirectory;
import io.replog.storage.SegmentedLog;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Planted bugs in what a node finds at a start, in its state, and in what its clients see. */
final class NodeBugs {
  private NodeBugs() {}

  /** A restarted store knows only the promise that its log was synced under. */
  static final class ForgetAPromiseAtRestart implements Sabotage {
    @Override
    public void opened(SimNode node, DataDirectory directory) {
      NodeState state = directory.state();
      directory.saveState(state.withPromise(state.logEpoch(), state.logEpochStore()));
    }
  }

  /** A secondary whose disk was lost comes back as the store that it was, and votes. */
  static final class AnAmnesiacVotes implements Sabotage {
    @Override
    public void opened(SimNode node, DataDirectory directory) {
      if (!node.master()) {
        directory.log().truncateAfter(0);
      }
    }
  }

  /** A secondary takes damage in the middle of its log for a torn tail: it cuts, and votes on. */
  static final class DamageTakenForTheEnd implements Sabotage {
    @Override
    public void opened(SimNode node, DataDirectory directory) {
      SegmentedLog log = directory.log();
      if (!node.master() && log.lastSequence() > 1) {
        long damaged = log.lastSequence() - node.random().nextLong(log.lastSequence() / 2);
        log.frameAt(damaged).ifPresent(frame -> log.truncateAfter(frame.first().sequence() - 1));
      }
    }
  }

  /** A new master does not read the keys out of its log. */
  static final class LoseTheKeysOnFailover implements Sabotage {
    @Override
    public NodeConfig configured(NodeConfig config, long incarnation) {
      return new NodeConfig(
          config.id(),
          config.url(),
          config.heartbeat(),
          config.suspectedAfter(),
          config.unhealthyAfter(),
          config.electionTimeout(),
          config.requestTimeout(),
          config.backoffBase(),
          config.backoffCeiling(),
          config.inFlightBytes(),
          config.batchBytes(),
          config.maxWaiting(),
          config.declared(),
          config.founder(),
          config.quorumAppend(),
          config.deduplicateByContent(),
          1,
          config.deduplicationWindow(),
          config.retainedBytes(),
          config.retainedFor());
    }
  }

  /** A master trims what is committed, whether all seats have it or not. */
  static final class TrimWhatASeatLacks implements Sabotage {
    @Override
    public void turned(SimNode node) {
      if (node.activeEpoch() > 0) {
        node.directory().log().trimBefore(node.committed() + 1);
      }
    }
  }

  /** A secondary trims what it has on its disk, whether it is committed or not. */
  static final class TrimWhatIsNotCommitted implements Sabotage {
    @Override
    public void turned(SimNode node) {
      if (!node.master()) {
        SegmentedLog log = node.directory().log();
        log.trimBefore(log.lastSequence() + 1);
      }
    }
  }

  /** A takeover that was begun counts as one that was completed. */
  static final class IncumbencyByLogEpoch implements Sabotage {
    @Override
    public void turned(SimNode node) {
      NodeState state = node.state();
      if (node.master() && state.incumbentEpoch() < state.logEpoch()) {
        node.directory().saveState(state.withIncumbentEpoch(state.logEpoch()));
      }
    }
  }

  /** A secondary shows what came early and waits for what belongs before it. */
  static final class ShowAGap implements Sabotage {
    private final Map<String, TreeMap<Long, Entry>> early = new HashMap<>();

    @Override
    public void arrived(SimNode node, PeerMessage message) {
      if (message instanceof Replicate replicate) {
        for (Entry entry : MessageBugs.entries(replicate.frames())) {
          early.computeIfAbsent(node.id(), id -> new TreeMap<>()).put(entry.sequence(), entry);
        }
      }
    }

    @Override
    public List<Entry> shown(SimNode node, List<Entry> entries, long upTo) {
      List<Entry> more = new ArrayList<>(entries);
      if (upTo == node.mirror().last()) {
        more.addAll(early.getOrDefault(node.id(), new TreeMap<>()).tailMap(upTo + 2).values());
      }
      return more;
    }
  }

  /** An append waits for its copies only a moment after it was sent; what came before is missed. */
  static final class RegisterTheWaiterAfterTheSend implements Sabotage {
    private static final long MOMENT_NANOS = 1_000_000;

    @Override
    public Consumer<AppendOutcome> asking(SimCluster cluster, Consumer<AppendOutcome> answer) {
      long registered = cluster.nowNanos() + MOMENT_NANOS;
      return outcome -> {
        boolean met = outcome instanceof AppendOutcome.Appended;
        if (!met || cluster.nowNanos() >= registered) {
          answer.accept(outcome);
        }
      };
    }
  }
}
