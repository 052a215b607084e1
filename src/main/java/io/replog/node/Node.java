package io.replog.node;

import io.replog.core.AppendOutcome;
import io.replog.core.AppendRequest;
import io.replog.core.NodeRole;
import io.replog.core.Refusal;
import io.replog.evidence.Equivocation;
import io.replog.evidence.Receipt;
import io.replog.replication.PeerLink;
import io.replog.replication.PeerLinkHandler;
import io.replog.storage.DamagedLogException;
import io.replog.storage.SegmentedLog;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One running node as its surroundings (HTTP, command line, tests) see it. Every method may be
 * called from any thread and returns at once; callbacks come on the node's thread, exactly once,
 * and must not block: hand over to another executor for anything longer.
 */
public interface Node {
  /** The node id. */
  String id();

  /** Master, standby or secondary, now. */
  NodeRole role();

  /** The log, for reading up to {@link #watermarks()}; reads never block the node. */
  SegmentedLog log();

  /**
   * Tells of damage that anyone comes upon who reads the log, from now on. Whoever listens puts it
   * right, between {@link #withdraw} and {@link #rejoin}; without a listener damage that the node
   * itself comes upon ends it.
   *
   * @param listener called on the thread that read; must not block
   */
  void onDamage(Consumer<DamagedLogException> listener);

  /**
   * Takes the node out of all quorums: to the others it is as if it had stopped. Its log may still
   * be read.
   *
   * @param out called on the node's thread once it is out; at once if it was
   */
  void withdraw(Runnable out);

  /**
   * Lets the node take part again, as after a start; nothing happens if it was never out.
   *
   * @param first run on the node's thread before that, with the rights of the log's writer; false
   *     leaves the node out
   */
  void rejoin(BooleanSupplier first);

  /** How far this node's log may be shown now. */
  Watermarks watermarks();

  /**
   * The cluster as this node knows it; a new object whenever something changed, at most a heartbeat
   * old.
   */
  ClusterView cluster();

  /** The cluster as this node knows it at this very moment. */
  void cluster(Consumer<ClusterView> answer);

  /** What this node counts. */
  NodeNumbers numbers();

  /**
   * Calls back after each change of {@link #watermarks()} (several changes may come as one call)
   * until closed. For tails and long polls. The callback comes on the node's thread.
   */
  Subscription onAdvance(Runnable changed);

  /** Calls back after each change of {@link #cluster()} until closed. */
  Subscription onClusterChange(Runnable changed);

  /**
   * Appends. The answer may come before this returns; it comes even if the handle is cancelled
   * later than it was decided.
   *
   * @param via by what it is handed over to the node's thread: a caller that has more of them lets
   *     them go together. Counts as come from now on, and must be handed over
   * @return a handle to stop waiting (a client that went away); the message stays
   */
  Subscription append(AppendRequest request, Consumer<AppendOutcome> answer, Executor via);

  /** The same, handed over at once. */
  default Subscription append(AppendRequest request, Consumer<AppendOutcome> answer) {
    return append(request, answer, Runnable::run);
  }

  /**
   * How an append that comes now is refused whatever it says, since too many are there that are not
   * begun; null if it is looked at. From any thread, and so cheap that each may be asked about.
   */
  Refusal.@Nullable Overloaded overloaded();

  /**
   * Asks for the committed sequence that a {@code linearizable} read may be answered at.
   *
   * @param answer the sequence once this node has proven that it still leads, or the reason why not
   */
  void linearizable(Consumer<ReadPermit> answer);

  /** Compares all nodes at the committed sequence; on a master only (a secondary answers null). */
  void verify(Consumer<@Nullable VerifyReport> answer);

  /**
   * Who has an entry and what happened to it, null where it is not (or no longer) remembered, or on
   * a secondary.
   */
  void trace(long sequence, Consumer<@Nullable EntryTrace> answer);

  /**
   * The receipt of a committed entry, once a quorum of the ring has signed for it.
   *
   * @param patience how long to wait for that
   * @return a handle to stop waiting (a client that went away)
   */
  Subscription receipt(long sequence, Duration patience, Consumer<Receipting> answer);

  /**
   * The proofs that this node holds against others, at most one for each; null where it was given
   * no public keys to check any with.
   */
  @Nullable List<Equivocation> evidence();

  /** Adds a secondary or moves it to another URL. */
  void register(String id, String url, Consumer<Registration> answer);

  /** Asks that a secondary leaves the configuration. */
  void deregister(String id, Consumer<Registration> answer);

  /**
   * Drops the entries below a sequence, on all nodes, as far as every node that ought to have them
   * has them on disk; each node drops whole segments.
   */
  void trim(long before, Consumer<Trimming> answer);

  /**
   * An entry written by hand to a secondary that belongs to no cluster, to show the reorder rule.
   *
   * @param payload the message's UTF-8, not to be changed
   */
  void handFeed(long sequence, byte[] payload, Consumer<HandFeed> answer);

  /** The hand-fed messages, contiguous from 1; empty where the node belongs to a cluster. */
  List<String> handFed();

  /** The faults in force. */
  Faults faults();

  /** Puts faults in force at once. */
  void setFaults(Faults faults);

  /** The faults the node was started with. */
  Faults initialFaults();

  /**
   * A master-capable node has opened a stream to this node; null if this node takes none (it is no
   * secondary).
   */
  @Nullable PeerLinkHandler accept(PeerLink link);

  /**
   * Whether the writer thread is alive and answers: the liveness probe, which never depends on
   * peers.
   */
  boolean alive();

  /** Whether this node is to get requests: the readiness probe. */
  boolean ready();

  /**
   * Takes nothing more, before {@link #stop}: appends that wait are answered, others may lead at
   * once. What is there can still be read.
   *
   * @param grace how long it may take at most
   */
  void handOver(Duration grace);

  /**
   * Stops in order: the log is synced and closed. Nothing may be asked any more.
   *
   * @param grace how long it may take at most
   */
  void stop(Duration grace);

  /** Something to end. Ending it twice is the same as once. */
  @FunctionalInterface
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * How far a log may be shown.
   *
   * @param lastSequence end of the contiguous log
   * @param committedSequence what a majority is known to have on disk
   */
  record Watermarks(long lastSequence, long committedSequence) {}

  /** Whether a linearizable read may be answered. */
  sealed interface ReadPermit {
    /** It may, with everything up to {@code committedSequence}. */
    record Granted(long committedSequence) implements ReadPermit {}

    /** This node does not lead; {@code active} is the URL of the one that does, if known. */
    record NotMaster(@Nullable String active) implements ReadPermit {}

    /** It could not be confirmed in time that this node still leads. */
    record NoQuorum(int needed, int available) implements ReadPermit {}
  }

  /** What became of a wish for a receipt. */
  sealed interface Receipting {
    record Given(Receipt receipt) implements Receipting {}

    /** Nothing can be certified here: {@code why} says what is missing. */
    record NoEvidence(String why) implements Receipting {}

    /** There is no such entry; the log ends with {@code last}. */
    record NotFound(long last) implements Receipting {}

    /** Only what is committed is signed for, which ends with {@code committed}. */
    record NotCommitted(long committed) implements Receipting {}

    /** The log begins with {@code firstSequence}. */
    record Trimmed(long firstSequence) implements Receipting {}

    /** Too few of the nodes have signed in time; {@code missing} have not. */
    record NoQuorum(int needed, int signed, List<String> missing) implements Receipting {
      public NoQuorum {
        missing = List.copyOf(missing);
      }
    }

    /** As many receipts are waited for as may. */
    record Overloaded(int limit) implements Receipting {}

    /** This node does not lead; {@code active} is the URL of the one that does, if known. */
    record NotMaster(@Nullable String active) implements Receipting {}
  }

  /** What became of a registration. */
  sealed interface Registration {
    record Added() implements Registration {}

    record Known() implements Registration {}

    record Leaving() implements Registration {}

    record NotFound() implements Registration {}

    /** Refused by name: {@code why} says what is wrong and what is allowed. */
    record Conflict(String why) implements Registration {}

    record NotMaster(@Nullable String active) implements Registration {}
  }

  /** What became of a wish to trim. */
  sealed interface Trimming {
    /**
     * The master's log begins with {@code firstSequence} now.
     *
     * @param heldBy why not with the sequence that was asked for, one line for people; null if it
     *     does
     */
    record Done(long firstSequence, @Nullable String heldBy) implements Trimming {}

    /**
     * Refused: nothing below {@code firstSequence} is there, nor above {@code highest} committed.
     */
    record OutOfRange(long highest) implements Trimming {}

    /** This node does not lead; {@code active} is the URL of the one that does, if known. */
    record NotMaster(@Nullable String active) implements Trimming {}
  }

  /** What became of an entry that was fed by hand. */
  sealed interface HandFeed {
    /** It is there, or waits for those before it; {@code lastSequence} ends the contiguous list. */
    record Taken(long lastSequence) implements HandFeed {}

    /** Another message has this sequence. */
    record Contradicts(long sequence) implements HandFeed {}

    /** The node belongs to a cluster, or is no secondary. */
    record NotByHand() implements HandFeed {}
  }

  /** All nodes' logs against the master's at one sequence. */
  record VerifyReport(long sequence, boolean equal, List<NodeReport> nodes) {
    /**
     * One node against the master.
     *
     * @param equal null where the node did not answer
     * @param hash its hash there, null where it has none or did not answer
     * @param firstDifference the first sequence at which it differs, null if it does not
     */
    public record NodeReport(
        String node,
        @Nullable Boolean equal,
        @Nullable String hash,
        @Nullable Long firstDifference) {}
  }

  /** What is remembered of one entry. */
  record EntryTrace(List<AppendOutcome.Copy> copies, List<Event> timeline) {
    /**
     * Something that happened to the entry.
     *
     * @param at milliseconds since 1970 UTC
     * @param ms the same since the entry was appended, with three decimals; negative where that is
     *     no longer remembered
     * @param event appended, sent, stored, visible, durable, acknowledged or retried
     */
    public record Event(long at, double ms, String node, String event) {}
  }
}
