package io.replog.sim;

import io.replog.core.DamagedFrameException;
import io.replog.core.Entry;
import io.replog.core.FrameCodec;
import io.replog.core.LogStart;
import io.replog.core.Membership;
import io.replog.core.NodeState;
import io.replog.replication.PeerMessage;
import io.replog.replication.PeerMessage.Acknowledge;
import io.replog.replication.PeerMessage.Configure;
import io.replog.replication.PeerMessage.Heartbeat;
import io.replog.replication.PeerMessage.Reign;
import io.replog.replication.PeerMessage.Renounce;
import io.replog.replication.PeerMessage.Replicate;
import io.replog.replication.PeerMessage.Report;
import io.replog.replication.PeerMessage.Standing;
import io.replog.replication.PeerMessage.Sync;
import io.replog.replication.PeerMessage.Vote;
import io.replog.storage.SegmentedLog;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Planted bugs that make a message say more, or other, than its sender knows. */
final class MessageBugs {
  private MessageBugs() {}

  /** What a secondary was sent, it has stored and on disk, as it says. */
  static final class AcknowledgeBeforeStoring implements Sabotage {
    private final Map<String, Long> sent = new HashMap<>();

    @Override
    public List<PeerMessage> passing(
        SimCluster cluster, String from, String to, PeerMessage message) {
      switch (message) {
        case Replicate replicate ->
            sent.put(
                to + replicate.reign().epoch(), entries(replicate.frames()).getLast().sequence());
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
  static final class AcknowledgeBeforeFsync implements Sabotage {
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
  static final class SkipTheEpochCheck implements Sabotage {
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
                      r.storedAwaited(),
                      r.frames());
              case Heartbeat h when h.reign().epoch() < obeyed.epoch() ->
                  new Heartbeat(
                      obeyed, h.node(), h.url(), h.committedSequence(), h.round(), h.keepFrom());
              case Configure c when c.reign().epoch() < obeyed.epoch() ->
                  new Configure(obeyed, c.membership());
              default -> message;
            };
      }
      return List.of(other);
    }
  }

  /** A candidate counts a store that is not synced yet. */
  static final class ActivateOnTooFew implements Sabotage {
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
  static final class LabelBeforeTheWholeLog implements Sabotage {
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
                  sync.membership(),
                  sync.begin())
              : message);
    }
  }

  /** A node that came back with an empty disk is taken for the store that it once was. */
  static final class CountAWipedStore implements Sabotage {
    private final Map<String, UUID> first = new HashMap<>();

    @Override
    public List<PeerMessage> passing(
        SimCluster cluster, String from, String to, PeerMessage message) {
      if (message instanceof Renounce) {
        return List.of();
      }
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
          standing.start(),
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

  /** A store keeps what is no longer than the master's log, whatever its hashes. */
  static final class CutByLength implements Sabotage {
    @Override
    public List<PeerMessage> passing(
        SimCluster cluster, String from, String to, PeerMessage message) {
      if (message instanceof Sync sync && cluster.node(to).up() && sync.basedOnSequence() > 0) {
        long common = Math.min(sync.basedOnSequence(), sync.endSequence());
        SegmentedLog log = cluster.node(to).directory().log();
        var there = log.hashAt(common);
        boolean longEnough = log.lastSequence() >= sync.endSequence();
        var end = log.hashAt(longEnough ? sync.endSequence() : 0);
        if (there.isPresent()) {
          return List.of(
              new Sync(
                  sync.reign(),
                  sync.basedOnSequence(),
                  sync.basedOnHash(),
                  common,
                  there.get(),
                  sync.endSequence(),
                  longEnough ? end.orElse(sync.endHash()) : sync.endHash(),
                  sync.membership(),
                  sync.begin()));
        }
      }
      if (message instanceof Replicate replicate && cluster.node(to).up()) {
        long end = entries(replicate.frames()).getLast().sequence();
        if (end <= cluster.node(to).directory().log().lastSequence()) {
          // it has as many: nothing is compared
          return List.of(
              new Heartbeat(
                  replicate.reign(),
                  from,
                  cluster.node(from).url(),
                  replicate.committedSequence(),
                  0,
                  0));
        }
      }
      return List.of(message);
    }
  }

  /** A store that is brought to a log takes its end on trust, in place of its entries. */
  static final class BeginAtTheEnd implements Sabotage {
    @Override
    public List<PeerMessage> passing(
        SimCluster cluster, String from, String to, PeerMessage message) {
      boolean behind =
          message instanceof Sync sync
              && sync.begin() == null
              && sync.basedOnSequence() < sync.endSequence();
      if (!behind || !(message instanceof Sync sync)) {
        return List.of(message);
      }
      return List.of(
          new Sync(
              sync.reign(),
              sync.basedOnSequence(),
              sync.basedOnHash(),
              sync.endSequence(),
              sync.endHash(),
              sync.endSequence(),
              sync.endHash(),
              sync.membership(),
              new LogStart(sync.endSequence() + 1, sync.endHash(), 0, 0)));
    }
  }

  /** An incumbent believes that its own log is the best. */
  static final class IncumbentAdoptsNothing implements Sabotage {
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
                      standing.start(),
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

  /** Secondaries take a proposal for committed: a takeover needs the quorum of the new alone. */
  static final class OneMajorityOnly implements Sabotage {
    @Override
    public List<PeerMessage> passing(
        SimCluster cluster, String from, String to, PeerMessage message) {
      PeerMessage other =
          switch (message) {
            case Configure configure ->
                new Configure(configure.reign(), one(configure.membership()));
            case Sync sync ->
                new Sync(
                    sync.reign(),
                    sync.basedOnSequence(),
                    sync.basedOnHash(),
                    sync.commonSequence(),
                    sync.commonHash(),
                    sync.endSequence(),
                    sync.endHash(),
                    one(sync.membership()),
                    sync.begin());
            default -> message;
          };
      return List.of(other);
    }

    private static Membership one(Membership membership) {
      return new Membership(membership.newest(), null);
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

  /** The entries of a delivery. */
  static List<Entry> entries(ByteBuffer frames) {
    List<Entry> entries = new ArrayList<>();
    ByteBuffer in = frames.duplicate();
    try {
      while (in.hasRemaining()) {
        entries.addAll(FrameCodec.decode(in).entries());
      }
      return entries;
    } catch (DamagedFrameException e) {
      throw new IllegalStateException(e);
    }
  }
}
