package io.replog.node;

import io.replog.core.DamagedFrameException;
import io.replog.core.Era;
import io.replog.core.Frame;
import io.replog.core.FrameChecker;
import io.replog.core.Hash;
import io.replog.core.NodeState;
import io.replog.core.PrefixSearch;
import io.replog.replication.PeerMessage.Fetch;
import io.replog.replication.PeerMessage.Fetched;
import io.replog.replication.PeerMessage.HashAnswer;
import io.replog.replication.PeerMessage.HashQuery;
import io.replog.replication.PeerMessage.Reign;
import io.replog.replication.PeerMessage.Standing;
import io.replog.replication.PeerMessage.Vote;
import io.replog.storage.StorageException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A candidate takes over the best log among its own and the grants' (protocol, <i>Becoming
 * master</i>, step 3): finds the common prefix, cuts its own beyond that, fetches the rest, and has
 * it on its own disk. Begun once, and over with one of {@link Listener#adopted}, {@link
 * Listener#failed} and {@link Listener#diverged}.
 *
 * <p>On the node's thread only.
 */
final class Adoption {
  private static final Logger LOG = LoggerFactory.getLogger(Adoption.class);

  /** Told of how it goes. */
  interface Listener {
    /** It is not stuck. */
    void progressed();

    /** The best log is here, whole and durable. */
    void adopted();

    /** It came to nothing this time; another attempt may succeed. */
    void failed(String why);

    /** The best log lacks what is committed: it must not be adopted. */
    void diverged(String why);
  }

  private sealed interface Step {
    /** Looking for the common prefix with the store whose log is adopted. */
    record Comparing(PeerSession session, Standing best, PrefixSearch search) implements Step {}

    /** Copying what that store has beyond it. */
    record Fetching(PeerSession session, Standing best) implements Step {}

    /** The adopted log is being synced to this node's own disk. */
    record Storing() implements Step {}
  }

  private final MasterContext context;
  private final Reign reign;
  private final Collection<Vote> grants;
  private final Listener listener;
  private @Nullable Step step;
  private long adoptedEpoch;

  /**
   * @param grants the grants of this epoch; none comes any more
   */
  Adoption(MasterContext context, Reign reign, Collection<Vote> grants, Listener listener) {
    this.context = context;
    this.reign = reign;
    this.grants = grants;
    this.listener = listener;
  }

  void begin() {
    LocalCopy copy = context.copy();
    NodeState own = context.state();
    Standing best = null;
    long bestEpoch = own.logEpoch();
    long bestLast = copy.lastSequence();
    for (Vote vote : grants) {
      Standing standing = vote.standing();
      boolean better =
          standing.logEpoch() > bestEpoch
              || (standing.logEpoch() == bestEpoch && standing.lastSequence() > bestLast);
      if (better) {
        best = standing;
        bestEpoch = standing.logEpoch();
        bestLast = standing.lastSequence();
      }
    }
    adoptedEpoch = bestEpoch;
    if (best == null) {
      store();
      return;
    }
    Standing theirs = best;
    var session = context.peers().byStore(theirs.store()).filter(PeerSession::introduced);
    if (session.isEmpty()) {
      listener.failed("the store with the best log went away: " + theirs.node());
      return;
    }
    LOG.info(
        "adopting a log node={} epoch={} from={} lastSequence={} ownLastSequence={}",
        own.node(),
        reign.epoch(),
        theirs.node(),
        bestLast,
        copy.lastSequence());
    // what one of both has trimmed cannot be compared; one below the lowest that can stands for it
    long lowest = Math.max(copy.start().before(), theirs.start().before());
    long low = lowest == 0 ? 0 : lowest - 1;
    long high = Math.min(copy.lastSequence(), theirs.lastSequence());
    PrefixSearch search = new PrefixSearch(low, Math.max(low, high));
    compare(new Step.Comparing(session.get(), theirs, search));
  }

  /** A store answered with the hash of an entry. */
  void compared(PeerSession session, HashAnswer answer) {
    if (step instanceof Step.Comparing comparing
        && session == comparing.session()
        && answer.sequence() == comparing.search().probe()) {
      if (answer.trimmed()) {
        listener.failed(session.node() + " no longer has the log that it granted with");
        return;
      }
      Hash theirs = answer.hash();
      boolean equal = theirs != null && context.copy().has(answer.sequence(), theirs);
      compare(new Step.Comparing(session, comparing.best(), comparing.search().after(equal)));
    }
  }

  /** A store answered with entries. */
  void fetched(PeerSession session, Fetched fetched) {
    LocalCopy copy = context.copy();
    if (!(step instanceof Step.Fetching fetching)
        || session != fetching.session()
        || fetched.fromSequence() != copy.lastSequence() + 1) {
      return;
    }
    FrameChecker checker = new FrameChecker(copy.lastSequence(), copy.lastHash());
    List<Frame> frames = new ArrayList<>();
    ByteBuffer in = fetched.frames().duplicate();
    try {
      while (in.hasRemaining()) {
        frames.add(checker.next(in));
      }
    } catch (DamagedFrameException e) {
      listener.failed("damaged entries from " + session.node() + ": " + e.getMessage());
      return;
    }
    if (frames.isEmpty()) {
      listener.failed(session.node() + " no longer has the log that it granted with");
      return;
    }
    listener.progressed();
    try {
      copy.append(frames);
    } catch (StorageException e) {
      listener.failed("cannot store: " + e.getMessage());
      return;
    }
    fetchMore(session, fetching.best());
  }

  void disconnected(PeerSession session) {
    boolean adoptedFrom =
        (step instanceof Step.Comparing comparing && comparing.session() == session)
            || (step instanceof Step.Fetching fetching && fetching.session() == session);
    if (adoptedFrom) {
      listener.failed("the store whose log is adopted went away: " + session.node());
    }
  }

  /** The local disk has synced more. */
  void durableGrew() {
    LocalCopy copy = context.copy();
    if (step instanceof Step.Storing
        && copy.durableSequence() >= copy.lastSequence()
        && copy.failure() == null) {
      listener.adopted();
    }
  }

  private void compare(Step.Comparing comparing) {
    step = comparing;
    listener.progressed();
    if (!comparing.search().done()) {
      comparing.session().send(new HashQuery(comparing.search().probe()));
      return;
    }
    LocalCopy copy = context.copy();
    long common = comparing.search().low();
    Standing best = comparing.best();
    boolean beyond = common < best.start().before();
    if (beyond
        && best.start()
            .mayReplace(context.state().logEpoch(), copy.committedSequence(), best.logEpoch())) {
      beginAt(comparing.session(), best);
      return;
    }
    if (common < copy.committedSequence() || beyond) {
      listener.diverged("the best log lacks what is committed here, after entry " + common);
      return;
    }
    try {
      copy.cutAfter(common, "adopting the log of " + comparing.best().node());
    } catch (StorageException e) {
      listener.failed("cannot cut: " + e.getMessage());
      return;
    }
    step = new Step.Fetching(comparing.session(), comparing.best());
    fetchMore(comparing.session(), comparing.best());
  }

  /**
   * The best log begins where this one has ended, or differs. What is before its first entry was
   * committed, so what is here of that is in it, and what is not in it was never committed.
   */
  private void beginAt(PeerSession session, Standing best) {
    try {
      context.copy().beginAt(best.start(), false, "adopting the log of " + best.node());
    } catch (StorageException e) {
      listener.failed("cannot begin anew: " + e.getMessage());
      return;
    }
    step = new Step.Fetching(session, best);
    fetchMore(session, best);
  }

  private void fetchMore(PeerSession session, Standing best) {
    LocalCopy copy = context.copy();
    if (copy.lastSequence() < best.lastSequence()) {
      session.send(new Fetch(copy.lastSequence() + 1));
    } else if (copy.has(best.lastSequence(), best.lastHash())) {
      store();
    } else {
      listener.failed(best.node() + " no longer has the log that it granted with");
    }
  }

  private void store() {
    String missing = missingCommitted();
    if (missing != null) {
      listener.diverged(missing);
      return;
    }
    step = new Step.Storing();
    listener.progressed();
    context.copy().sync();
    durableGrew();
  }

  /**
   * A log without an entry that this node or a grant knows as committed is not adopted. What a
   * store of an earlier era knows was given up by the operator who forced the configuration.
   */
  private @Nullable String missingCommitted() {
    for (Vote vote : grants) {
      Standing standing = vote.standing();
      boolean givenUp = Era.of(standing.logEpoch()) < Era.of(adoptedEpoch);
      // what is before the first entry was committed as this is: one line has one committed log
      boolean trimmed = context.copy().beginsAfter(standing.committedSequence());
      if (!givenUp
          && !trimmed
          && !context.copy().has(standing.committedSequence(), standing.committedHash())) {
        return "the best log lacks entry "
            + standing.committedSequence()
            + ", which is committed at "
            + standing.node();
      }
    }
    return null;
  }
}
