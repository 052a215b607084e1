package io.replog.replication;

import io.replog.core.Hash;
import io.replog.core.LogStart;
import io.replog.core.Membership;
import io.replog.evidence.Attestation;
import io.replog.evidence.Equivocation;
import io.replog.evidence.Head;
import io.replog.evidence.Signed;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a master-capable node and a secondary say to each other. */
public sealed interface PeerMessage {

  /** From a master-capable node to a secondary. */
  sealed interface ToSecondary extends PeerMessage {}

  /** From a secondary to a master-capable node. */
  sealed interface FromSecondary extends PeerMessage {}

  /**
   * Signed words that go either way, also between two secondaries: they have no authority beyond
   * their signatures (protocol, <i>Evidence against a lying node</i>).
   */
  sealed interface Evidence extends ToSecondary, FromSecondary {}

  /**
   * Whose word a message is. A secondary obeys the highest epoch it has promised, and in it one
   * store alone.
   *
   * @param clusterId the cluster
   * @param epoch the master's epoch
   * @param store the master's store
   */
  record Reign(UUID clusterId, long epoch, UUID store) {}

  /**
   * The first message on a link, and repeated while idle by a node that does not lead: who I am,
   * tell me who you are. No authority.
   *
   * @param clusterId null while the sender belongs to no cluster
   */
  record Introduce(String node, UUID store, String url, @Nullable UUID clusterId)
      implements ToSecondary {}

  /**
   * Asks for a promise of an epoch (protocol, <i>Becoming master</i>, step 1).
   *
   * @param preVote only ask whether it would be granted; nothing is stored
   */
  record Promise(Reign reign, boolean preVote) implements ToSecondary {}

  /**
   * Brings a store to the master's log (step 4): keep what is common, cut the rest, take what
   * follows, and be synced once the end is there and durable. It is heeded only by a store whose
   * log still ends as the sender believes, so a late or doubled one does nothing.
   *
   * @param basedOnSequence end of the secondary's log as the sender knows it
   * @param basedOnHash hash there
   * @param commonSequence last entry that both have
   * @param commonHash its hash
   * @param endSequence end of the adopted log
   * @param endHash its hash
   * @param membership configurations in force
   * @param begin null, or where the store has to begin anew: its log ends before the sender's
   *     begins, or differs there. The last common entry is then the one before, and none of the
   *     store's own
   */
  record Sync(
      Reign reign,
      long basedOnSequence,
      Hash basedOnHash,
      long commonSequence,
      Hash commonHash,
      long endSequence,
      Hash endHash,
      Membership membership,
      @Nullable LogStart begin)
      implements ToSecondary {}

  /**
   * Entries in order.
   *
   * @param previousSequence the entry before the first of them
   * @param previousHash its hash
   * @param committedSequence the master's committed sequence
   * @param storedAwaited whether an append waits for what is stored: if not, one acknowledgement
   *     after the sync does for both
   * @param frames whole frames as they lie in the log, read-only; at least one
   */
  record Replicate(
      Reign reign,
      long previousSequence,
      Hash previousHash,
      long committedSequence,
      boolean storedAwaited,
      ByteBuffer frames)
      implements ToSecondary {}

  /**
   * Sent at every heartbeat, and alone when a new committed sequence has nothing to ride on.
   *
   * @param round number that the answer repeats, so that a linearizable read knows it was said
   *     after it began
   * @param url where the master is
   * @param keepFrom what is below it may be trimmed, as far as it is committed where this arrives
   */
  record Heartbeat(
      Reign reign, String node, String url, long committedSequence, long round, long keepFrom)
      implements ToSecondary {}

  /** The configurations in force; acknowledging them means holding every entry before them. */
  record Configure(Reign reign, Membership membership) implements ToSecondary {}

  /** Asks for the hash at a sequence. No authority. */
  record HashQuery(long sequence) implements ToSecondary {}

  /**
   * Asks for frames from a sequence on. No authority: a standby tails so, a candidate adopts a
   * longer log so.
   */
  record Fetch(long fromSequence) implements ToSecondary {}

  /** The master stops in order: the election timeout need not be waited for. */
  record Release(Reign reign) implements ToSecondary {}

  /**
   * The master has seen that this store is not what it was (it has less, or has promised less, than
   * it acknowledged): it must take a new store id, and counts again once it has been fed (protocol,
   * <i>Losing a disk</i>).
   *
   * @param discredited the store that is meant, so that a late message does not hit its successor
   */
  record Renounce(Reign reign, UUID discredited, String why) implements ToSecondary {}

  /**
   * Answers {@link Leave}.
   *
   * @param mayStop false while the secondary is needed until it is out of the configuration
   * @param why one line for people
   */
  record LeaveAnswer(Reign reign, boolean mayStop, String why) implements ToSecondary {}

  /**
   * The entry at the head is committed: sign that you have it so. Repeated at every heartbeat until
   * enough have.
   *
   * @param head by the master's node, in this reign
   */
  record Certify(Reign reign, Signed<Head> head) implements ToSecondary {}

  /**
   * Where a log and a store stand.
   *
   * @param start where its log begins
   */
  record Standing(
      String node,
      UUID store,
      @Nullable UUID clusterId,
      long promisedEpoch,
      @Nullable UUID promisedTo,
      long logEpoch,
      @Nullable UUID logEpochStore,
      LogStart start,
      long lastSequence,
      Hash lastHash,
      long durableSequence,
      long committedSequence,
      Hash committedHash,
      Membership membership,
      @Nullable String activeNode,
      @Nullable String activeUrl) {}

  /**
   * Answers {@link Introduce}, and whatever needs a log epoch that the store does not have yet
   * (<i>unsynced</i>).
   */
  record Report(Standing standing) implements FromSecondary {}

  /**
   * Answers {@link Promise}.
   *
   * @param granted whether it was granted (or would be)
   * @param reason one line for people when it was not
   */
  record Vote(long epoch, boolean preVote, boolean granted, String reason, Standing standing)
      implements FromSecondary {}

  /**
   * What the store has, under the epoch it was fed in.
   *
   * @param epoch epoch of the master that is answered
   * @param store the answering store
   * @param logEpoch its log epoch: below {@code epoch} the numbers only say how far a sync is, and
   *     count for nothing
   * @param receivedSequence highest contiguous sequence received, stored or still waiting for an
   *     artificial delay
   * @param storedSequence highest contiguous sequence in its log
   * @param storedHash hash there
   * @param durableSequence highest sequence it has on disk
   * @param configurationEpoch newest configuration that it has on disk: epoch of its proposal
   * @param configurationVersion and its version
   * @param round round of the newest heartbeat that was answered
   */
  record Acknowledge(
      long epoch,
      UUID store,
      long logEpoch,
      long receivedSequence,
      long storedSequence,
      Hash storedHash,
      long durableSequence,
      long configurationEpoch,
      long configurationVersion,
      long round)
      implements FromSecondary {}

  /**
   * Refused: a higher epoch was promised, or this one to another store. The sender has lost its
   * role.
   */
  record Fenced(long promisedEpoch, @Nullable UUID promisedTo) implements FromSecondary {}

  /** Refused: the sender belongs to another cluster. */
  record Foreign(UUID clusterId) implements FromSecondary {}

  /** This store's log contradicts the sender's where it must not. */
  record Diverged(long epoch, long sequence, String detail) implements FromSecondary {}

  /**
   * Answers {@link HashQuery}.
   *
   * @param hash null where the log does not have the sequence
   * @param firstSequence where the log begins: an earlier hash than the one before it is not known
   */
  record HashAnswer(long sequence, @Nullable Hash hash, long firstSequence)
      implements FromSecondary {
    /** Whether the hash is gone with the entries that were trimmed, and says nothing of the log. */
    public boolean trimmed() {
      return sequence < firstSequence - 1;
    }
  }

  /**
   * Answers {@link Fetch}.
   *
   * @param frames whole frames from the asked sequence on; empty at the end of the log, and where
   *     that was trimmed
   */
  record Fetched(long fromSequence, ByteBuffer frames, Standing standing)
      implements FromSecondary {}

  /** A delivery failed (an injected fault, a full disk); it is to be repeated after a backoff. */
  record Failed(long epoch, String why) implements FromSecondary {}

  /**
   * The secondary is told to terminate and asks whether it may: repeated until it is answered so.
   */
  record Leave(String node, UUID store) implements FromSecondary {}

  /** Answers {@link Certify}, on every link: what the secondary has signed. */
  record Attest(Signed<Attestation> said) implements FromSecondary {}

  /**
   * Heads that the sender has seen, for others to compare with those that they have.
   *
   * @param heads at most {@value #MOST}
   */
  record Heads(List<Signed<Head>> heads) implements Evidence {
    /** Most in one message. */
    public static final int MOST = 64;

    public Heads {
      if (heads.size() > MOST) {
        throw new IllegalArgumentException(heads.size() + " heads in a message, over " + MOST);
      }
      heads = List.copyOf(heads);
    }
  }

  /** A node has been caught lying: here is the proof. */
  record Accuse(Equivocation proof) implements Evidence {}
}
