package io.replog.node;

import io.replog.core.DamagedFrameException;
import io.replog.core.Frame;
import io.replog.core.FrameChecker;
import io.replog.core.Hash;
import io.replog.core.LogStart;
import io.replog.core.PrefixSearch;
import io.replog.replication.PeerMessage.Fetch;
import io.replog.replication.PeerMessage.Fetched;
import io.replog.replication.PeerMessage.HashAnswer;
import io.replog.replication.PeerMessage.HashQuery;
import io.replog.replication.PeerMessage.Standing;
import io.replog.storage.StorageException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a standby's log near the active master's, by copying from a secondary that is synced in its
 * epoch, so that a takeover has little to copy. What the standby has and that log has not (a fenced
 * master's unfinished appends) is cut off and reported. The label of the log, its log epoch, is not
 * touched: only a takeover earns one.
 *
 * <p>On the node's thread only.
 */
final class Tailing {
  private static final Logger LOG = LoggerFactory.getLogger(Tailing.class);

  private sealed interface Step {
    record Idle() implements Step {}

    record Comparing(PeerSession source, Standing standing, PrefixSearch search, long probe)
        implements Step {}

    record Fetching(PeerSession source) implements Step {}
  }

  private final MasterContext context;
  private Step step = new Step.Idle();
  private long askedAtNanos;
  private @Nullable String stopped;

  Tailing(MasterContext context) {
    this.context = context;
  }

  /** At every heartbeat: begins where there is something to copy and nothing is under way. */
  void tick() {
    boolean waiting =
        context.loop().nanoTime() - askedAtNanos < context.config().requestTimeout().toNanos();
    if (!(step instanceof Step.Idle) && waiting) {
      return;
    }
    step = new Step.Idle();
    PeerSession source = source();
    Standing standing = source == null ? null : source.standing();
    if (standing != null) {
      trimAs(standing.start());
    }
    if (source == null
        || standing == null
        || standing.lastSequence() < context.copy().committedSequence()
        || level(standing)) {
      return;
    }
    long high = Math.min(context.copy().lastSequence(), standing.lastSequence());
    long floor = Math.min(context.copy().committedSequence(), high);
    // one below the lowest that can be compared stands for all that cannot
    long low = Math.max(floor, standing.start().before() - 1);
    high = Math.max(low, high);
    compare(source, standing, new PrefixSearch(low, high), high);
  }

  /**
   * Drops what was trimmed there, if the log here is known to be the same up to that place: after a
   * configuration was forced, what is here and differs may be nowhere else.
   */
  private void trimAs(LogStart start) {
    if (context.copy().has(start.before(), start.hashBefore())) {
      context.copy().trimBefore(start.sequence());
    }
  }

  private boolean level(Standing standing) {
    LocalCopy copy = context.copy();
    boolean level =
        standing.lastSequence() == copy.lastSequence()
            && standing.lastHash().equals(copy.lastHash());
    if (level) {
      copy.commit(standing.committedSequence());
    }
    return level;
  }

  /** The secondary with the longest log among those that obey an active master and are synced. */
  private @Nullable PeerSession source() {
    PeerSession best = null;
    Standing longest = null;
    for (PeerSession session : context.peers().all()) {
      Standing standing = session.standing();
      boolean usable =
          session.introduced()
              && standing != null
              && standing.activeNode() != null
              && standing.clusterId() != null
              && standing.clusterId().equals(context.state().clusterId())
              && standing.logEpoch() == standing.promisedEpoch()
              && standing.logEpoch() > context.state().logEpoch();
      if (usable
          && standing != null
          && (longest == null
              || standing.logEpoch() > longest.logEpoch()
              || (standing.logEpoch() == longest.logEpoch()
                  && standing.lastSequence() > longest.lastSequence()))) {
        best = session;
        longest = standing;
      }
    }
    return best;
  }

  private void compare(PeerSession source, Standing standing, PrefixSearch search, long probe) {
    askedAtNanos = context.loop().nanoTime();
    if (probe <= search.low()) {
      common(source, standing, search.low());
      return;
    }
    step = new Step.Comparing(source, standing, search, probe);
    source.send(new HashQuery(probe));
  }

  void answered(PeerSession session, HashAnswer answer) {
    if (!(step instanceof Step.Comparing comparing)
        || comparing.source() != session
        || comparing.probe() != answer.sequence()) {
      return;
    }
    if (answer.trimmed()) {
      step = new Step.Idle();
      return;
    }
    Hash theirs = answer.hash();
    boolean equal = theirs != null && context.copy().has(answer.sequence(), theirs);
    long low = equal ? answer.sequence() : comparing.search().low();
    long high = equal ? comparing.search().high() : answer.sequence() - 1;
    PrefixSearch search = new PrefixSearch(low, Math.max(low, high));
    compare(session, comparing.standing(), search, search.done() ? search.low() : search.probe());
  }

  private void common(PeerSession source, Standing standing, long sequence) {
    boolean ahead = sequence == standing.lastSequence() && sequence < context.copy().lastSequence();
    if (ahead && epochAfter(sequence) >= standing.logEpoch()) {
      // all that was there when it reported is here: no reason to cut what came after
      step = new Step.Idle();
      return;
    }
    try {
      if (sequence < standing.start().before()) {
        beginAt(source, standing);
        return;
      }
      context
          .copy()
          .cutAfter(sequence, "the log of epoch " + standing.logEpoch() + " at " + source.node());
    } catch (StorageException e) {
      stop("cannot cut: " + e.getMessage());
      return;
    }
    step = new Step.Fetching(source);
    source.send(new Fetch(context.copy().lastSequence() + 1));
  }

  /**
   * The epoch of the entry after one that is here. A log that is synced in an epoch has all entries
   * of earlier ones that there are: what is here beyond it, and as old, can not be committed any
   * more.
   */
  private long epochAfter(long sequence) {
    return context
        .copy()
        .log()
        .frameAt(sequence + 1)
        .map(frame -> frame.first().epoch())
        .orElse(Long.MAX_VALUE);
  }

  /**
   * That log begins where this one has ended, or differs. What is before its first entry is
   * committed, so it has all that a majority has relied on of what is here.
   */
  private void beginAt(PeerSession source, Standing standing) {
    LocalCopy copy = context.copy();
    LogStart start = standing.start();
    if (!start.mayReplace(
        context.state().logEpoch(), copy.committedSequence(), standing.logEpoch())) {
      stop(
          "the log of %s begins with %d; the one here is to be looked at and formatted anew"
              .formatted(source.node(), start.sequence()));
      return;
    }
    copy.beginAt(start, false, "the log of epoch " + standing.logEpoch() + " at " + source.node());
    step = new Step.Fetching(source);
    source.send(new Fetch(start.sequence()));
  }

  void fetched(PeerSession session, Fetched fetched) {
    LocalCopy copy = context.copy();
    boolean mine =
        step instanceof Step.Fetching fetching
            && fetching.source() == session
            && fetched.fromSequence() == copy.lastSequence() + 1;
    if (!mine) {
      return;
    }
    askedAtNanos = context.loop().nanoTime();
    List<Frame> frames = new ArrayList<>();
    FrameChecker checker = new FrameChecker(copy.lastSequence(), copy.lastHash());
    ByteBuffer in = fetched.frames().duplicate();
    try {
      while (in.hasRemaining()) {
        frames.add(checker.next(in));
      }
      if (!frames.isEmpty()) {
        copy.append(frames);
      }
    } catch (DamagedFrameException e) {
      // the source's log has changed since it was compared: it is compared again
      step = new Step.Idle();
      return;
    } catch (StorageException e) {
      stop("cannot store: " + e.getMessage());
      return;
    }
    stopped = null;
    if (frames.isEmpty()) {
      level(fetched.standing());
      step = new Step.Idle();
    } else {
      session.send(new Fetch(copy.lastSequence() + 1));
    }
  }

  private void stop(String why) {
    step = new Step.Idle();
    if (!why.equals(stopped)) {
      stopped = why;
      LOG.warn("not tailing node={} why={}", context.config().id(), why);
    }
  }
}
