package io.replog.sim;

import io.replog.core.DamagedFrameException;
import io.replog.core.Frame;
import io.replog.core.FrameCodec;
import io.replog.core.NodeState;
import io.replog.node.NodeConfig;
import io.replog.replication.PeerMessage;
import io.replog.replication.PeerMessage.Acknowledge;
import io.replog.replication.PeerMessage.Configure;
import io.replog.replication.PeerMessage.Heartbeat;
import io.replog.replication.PeerMessage.Reign;
import io.replog.replication.PeerMessage.Replicate;
import io.replog.replication.PeerMessage.Report;
import io.replog.replication.PeerMessage.Standing;
import io.replog.replication.PeerMessage.Sync;
import io.replog.replication.PeerMessage.Vote;
import io.replog.storage.DataDirectory;
import io.replog.storage.SegmentedLog;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A bug that the simulator must find, planted through the ports of nodes that have none.
 *
 * @param profileName the runs that find it
 * @param from the seed to begin with
 */
record PlantedBug(String name, String profileName, long from, Supplier<Sabotage> sabotage) {
  /** Those that are found. */
  static final List<PlantedBug> FOUND =
      List.of(
          new PlantedBug("acknowledge-before-storing", "masters", 1, AcknowledgeBeforeStoring::new),
          new PlantedBug("acknowledge-before-fsync", "masters", 101, AcknowledgeBeforeFsync::new),
          new PlantedBug("skip-the-epoch-check", "masters", 1, SkipTheEpochCheck::new),
          new PlantedBug("cut-by-length", "masters", 1, CutByLength::new),
          new PlantedBug("lose-the-keys-on-failover", "masters", 1, LoseTheKeysOnFailover::new),
          new PlantedBug("an-amnesiac-votes", "ambushes", 1, AnAmnesiacVotes::new),
          new PlantedBug("damage-taken-for-the-end", "ambushes", 1, DamageTakenForTheEnd::new),
          new PlantedBug("activate-on-too-few", "ambushes", 1, ActivateOnTooFew::new),
          new PlantedBug("label-before-the-whole-log", "ambushes", 1, LabelBeforeTheWholeLog::new),
          new PlantedBug(
              "forget-a-promise-at-restart", "ambushes", 1, ForgetAPromiseAtRestart::new),
          new PlantedBug("incumbency-by-log-epoch", "ambushes", 1, IncumbencyByLogEpoch::new),
          new PlantedBug("incumbent-adopts-nothing", "ambushes", 1, IncumbentAdoptsNothing::new));

  /** Those that are found, by runs that are too long for a build. */
  static final List<PlantedBug> SLOW =
      List.of(new PlantedBug("count-a-wiped-store", "lost", 11, CountAWipedStore::new));

  static PlantedBug named(String name) {
    return Stream.concat(FOUND.stream(), SLOW.stream())
        .filter(bug -> bug.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  Profile profile() {
    return Profile.named(profileName);
  }

  Sabotage plant() {
    return sabotage.get();
  }

  @Override
  public String toString() {
    return name;
  }

  /** What a secondary was sent, it has stored and on disk, as it says. */
  private static final class AcknowledgeBeforeStoring implements Sabotage {
    private final Map<String, Long> sent = new HashMap<>();

    @Override
    public List<PeerMessage> passing(
        SimCluster cluster, String from, String to, PeerMessage message) {
      switch (message) {
        case Replicate replicate ->
            sent.put(to + replicate.reign().epoch(), lastSequence(replicate.frames()));
        case Acknowledge said -> {
          long sequence =
              Math.max(said.storedSequence(), sent.getOrDefault(from + said.epoch(), 0L));
          return List.of(acknowledging(said, said.epoch(), said.logEpoch(), sequence, sequence));
        }
        default -> {}
      }
      return List.of(message);
    }
  }

  /** What is stored is on disk, as a secondary says. */
  private static final class AcknowledgeBeforeFsync implements Sabotage {
    @Override
    public List<PeerMessage> passing(
        SimCluster cluster, String from, String to, PeerMessage message) {
      return List.of(
          message instanceof Acknowledge said
              ? acknowledging(
                  said, said.epoch(), said.logEpoch(), said.storedSequence(), said.storedSequence())
              : message);
    }
  }

  /** Secondaries take the word of any master for that of the one they promised to. */
  private static final class SkipTheEpochCheck implements Sabotage {
    @Override
    public List<PeerMessage> passing(
        SimCluster cluster, String from, String to, PeerMessage message) {
      PeerMessage other = message;
      if (message instanceof Acknowledge said) {
        long epoch = cluster.node(to).activeEpoch();
        if (epoch != 0 && said.epoch() == said.logEpoch()) {
          other = acknowledging(said, epoch, epoch, said.storedSequence(), said.durableSequence());
        }
      } else if (cluster.node(to).up()) {
        NodeState state = cluster.node(to).state();
        Reign obeyed = new Reign(state.clusterId(), state.promisedEpoch(), state.promisedTo());
        other =
            switch (message) {
              case Replicate r when r.reign().epoch() < obeyed.epoch() ->
                  new Replicate(
                      obeyed,
                      r.previousSequence(),
                      r.previousHash(),
                      r.committedSequence(),
                      r.frames());
              case Heartbeat h when h.reign().epoch() < obeyed.epoch() ->
                  new Heartbeat(obeyed, h.node(), h.url(), h.committedSequence(), h.round());
              case Configure c when c.reign().epoch() < obeyed.epoch() ->
                  new Configure(obeyed, c.membership());
              default -> message;
            };
      }
      return List.of(other);
    }
  }

  /** A candidate counts a store that is not synced yet. */
  private static final class ActivateOnTooFew implements Sabotage {
    @Override
    public List<PeerMessage> passing(
        SimCluster cluster, String from, String to, PeerMessage message) {
      return List.of(
          message instanceof Acknowledge said && cluster.node(to).activeEpoch() == 0
              ? acknowledging(
                  said, said.epoch(), said.epoch(), said.storedSequence(), said.durableSequence())
              : message);
    }
  }

  /** A store takes the label of the new epoch as soon as it has the common prefix. */
  private static final class LabelBeforeTheWholeLog implements Sabotage {
    @Override
    public List<PeerMessage> passing(
        SimCluster cluster, String from, String to, PeerMessage message) {
      return List.of(
          message instanceof Sync sync
              ? new Sync(
                  sync.reign(),
                  sync.basedOnSequence(),
                  sync.basedOnHash(),
                  sync.commonSequence(),
                  sync.commonHash(),
                  sync.commonSequence(),
                  sync.commonHash(),
                  sync.membership())
              : message);
    }
  }

  /** A restarted store knows only the promise that its log was synced under. */
  private static final class ForgetAPromiseAtRestart implements Sabotage {
    @Override
    public void opened(SimNode node, DataDirectory directory) {
      NodeState state = directory.state();
      directory.saveState(state.withPromise(state.logEpoch(), state.logEpochStore()));
    }
  }

  /** A secondary whose disk was lost comes back as the store that it was, and votes. */
  private static final class AnAmnesiacVotes implements Sabotage {
    @Override
    public void opened(SimNode node, DataDirectory directory) {
      if (!node.master()) {
        directory.log().truncateAfter(0);
      }
    }
  }

  /** A node that came back with an empty disk is taken for the store that it once was. */
  private static final class CountAWipedStore implements Sabotage {
    private final Map<String, UUID> first = new HashMap<>();

    @Override
    public List<PeerMessage> passing(
        SimCluster cluster, String from, String to, PeerMessage message) {
      PeerMessage other =
          switch (message) {
            case Report report -> new Report(as(report.standing()));
            case Vote vote ->
                new Vote(
                    vote.epoch(),
                    vote.preVote(),
                    vote.granted(),
                    vote.reason(),
                    as(vote.standing()));
            case Acknowledge said ->
                new Acknowledge(
                    said.epoch(),
                    first.getOrDefault(from, said.store()),
                    said.logEpoch(),
                    said.receivedSequence(),
                    said.storedSequence(),
                    said.storedHash(),
                    said.durableSequence(),
                    said.configurationEpoch(),
                    said.configurationVersion(),
                    said.round());
            default -> message;
          };
      return List.of(other);
    }

    private Standing as(Standing standing) {
      UUID store = first.computeIfAbsent(standing.node(), node -> standing.store());
      return new Standing(
          standing.node(),
          store,
          standing.clusterId(),
          standing.promisedEpoch(),
          standing.promisedTo(),
          standing.logEpoch(),
          standing.logEpochStore(),
          standing.lastSequence(),
          standing.lastHash(),
          standing.durableSequence(),
          standing.committedSequence(),
          standing.committedHash(),
          standing.membership(),
          standing.activeNode(),
          standing.activeUrl());
    }
  }

  /** A secondary takes damage in the middle of its log for a torn tail: it cuts, and votes on. */
  private static final class DamageTakenForTheEnd implements Sabotage {
    @Override
    public void opened(SimNode node, DataDirectory directory) {
      SegmentedLog log = directory.log();
      if (!node.master() && log.lastSequence() > 1) {
        long damaged = log.lastSequence() - node.random().nextLong(log.lastSequence() / 2);
        log.frameAt(damaged).ifPresent(frame -> log.truncateAfter(frame.first().sequence() - 1));
      }
    }
  }

  /** A store keeps what is no longer than the master's log, whatever its hashes. */
  private static final class CutByLength implements Sabotage {
    @Override
    public List<PeerMessage> passing(
        SimCluster cluster, String from, String to, PeerMessage message) {
      if (message instanceof Sync sync && cluster.node(to).up() && sync.basedOnSequence() > 0) {
        long common = Math.min(sync.basedOnSequence(), sync.endSequence());
        var there = cluster.node(to).directory().log().hashAt(common);
        if (there.isPresent()) {
          return List.of(
              new Sync(
                  sync.reign(),
                  sync.basedOnSequence(),
                  sync.basedOnHash(),
                  common,
                  there.get(),
                  sync.endSequence(),
                  sync.endHash(),
                  sync.membership()));
        }
      }
      return List.of(message);
    }
  }

  /** A new master does not read the keys out of its log. */
  private static final class LoseTheKeysOnFailover implements Sabotage {
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
          config.deduplicationWindow());
    }
  }

  /** A takeover that was begun counts as one that was completed. */
  private static final class IncumbencyByLogEpoch implements Sabotage {
    @Override
    public void turned(SimNode node) {
      NodeState state = node.state();
      if (node.master() && state.incumbentEpoch() < state.logEpoch()) {
        node.directory().saveState(state.withIncumbentEpoch(state.logEpoch()));
      }
    }
  }

  /** An incumbent believes that its own log is the best. */
  private static final class IncumbentAdoptsNothing implements Sabotage {
    @Override
    public List<PeerMessage> passing(
        SimCluster cluster, String from, String to, PeerMessage message) {
      if (message instanceof Vote vote && vote.granted() && cluster.node(to).up()) {
        Standing standing = vote.standing();
        long led = cluster.node(to).state().incumbentEpoch();
        if (led > 0 && standing.logEpoch() <= led) {
          return List.of(
              new Vote(
                  vote.epoch(),
                  vote.preVote(),
                  true,
                  vote.reason(),
                  new Standing(
                      standing.node(),
                      standing.store(),
                      standing.clusterId(),
                      standing.promisedEpoch(),
                      standing.promisedTo(),
                      0,
                      standing.logEpochStore(),
                      standing.lastSequence(),
                      standing.lastHash(),
                      standing.durableSequence(),
                      standing.committedSequence(),
                      standing.committedHash(),
                      standing.membership(),
                      standing.activeNode(),
                      standing.activeUrl())));
        }
      }
      return List.of(message);
    }
  }

  private static Acknowledge acknowledging(
      Acknowledge said, long epoch, long logEpoch, long stored, long durable) {
    return new Acknowledge(
        epoch,
        said.store(),
        logEpoch,
        Math.max(said.receivedSequence(), stored),
        stored,
        said.storedHash(),
        durable,
        said.configurationEpoch(),
        said.configurationVersion(),
        said.round());
  }

  private static long lastSequence(ByteBuffer frames) {
    try {
      ByteBuffer in = frames.duplicate();
      Frame frame = FrameCodec.decode(in);
      while (in.hasRemaining()) {
        frame = FrameCodec.decode(in);
      }
      return frame.last().sequence();
    } catch (DamagedFrameException e) {
      throw new IllegalStateException(e);
    }
  }
}
