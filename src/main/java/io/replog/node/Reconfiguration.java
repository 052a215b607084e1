package io.replog.node;

import io.replog.core.Configuration;
import io.replog.core.Membership;
import io.replog.core.NodeStatus;
import io.replog.core.Seat;
import io.replog.node.Node.Registration;
import io.replog.replication.PeerMessage.Configure;
import io.replog.replication.PeerMessage.Reign;
import io.replog.replication.PeerMessage.Standing;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the configuration to the members that ought to be there, one change at a time (protocol,
 * <i>Changing the configuration</i>): from the proposal on, majority means the majority of the old
 * and of the new; it is committed when both have acknowledged it, with every entry before it on
 * disk. None is proposed that the voting stores now healthy could not commit.
 *
 * <p>On the node's thread only.
 */
final class Reconfiguration {
  private static final Logger LOG = LoggerFactory.getLogger(Reconfiguration.class);

  /** Entries that a learner may be behind when it is voted in. */
  private static final long SMALL_LAG = 1000;

  /** Heartbeats between two repetitions of the configuration. */
  private static final int REPEAT = 4;

  private final MasterContext context;
  private final Reign reign;
  private final Map<PeerSession, Feed> feeds;
  private final Consumer<Membership> changed;
  private final Set<String> leaving = new HashSet<>();
  private final long beganNanos;
  private long proposalSequence;
  private int ticks;

  /**
   * @param feeds the present feeds, as they are when looked at
   * @param changed called with the new configurations in force, once they are on this node's disk
   */
  Reconfiguration(
      MasterContext context,
      Reign reign,
      Map<PeerSession, Feed> feeds,
      Consumer<Membership> changed) {
    this.context = context;
    this.reign = reign;
    this.feeds = feeds;
    this.changed = changed;
    this.beganNanos = context.loop().nanoTime();
  }

  /**
   * A transition that an earlier master left open is proposed again under this epoch, before
   * anything else.
   */
  void proposeOpenTransition() {
    Configuration open = membership().proposed();
    if (open != null) {
      propose(new Configuration(reign.epoch(), open.version(), open.seats()));
    }
  }

  /** Asks for a node to be taken out of the configuration. */
  Registration leave(String node) {
    boolean known =
        context.peers().byNode(node).isPresent() || membership().newest().seat(node).isPresent();
    if (!known) {
      return new Registration.NotFound();
    }
    leaving.add(node);
    reconcile();
    return new Registration.Leaving();
  }

  void tick() {
    ticks++;
    if (ticks % REPEAT == 0) {
      tell();
    }
    reconcile();
  }

  /** Commits the proposal if both majorities have it. */
  void settle() {
    Configuration proposed = membership().proposed();
    if (proposed == null || context.copy().durableSequence() < proposalSequence) {
      return;
    }
    boolean acknowledged =
        membership().inForce().stream().allMatch(c -> 1 + holders(c, proposed) >= c.majority());
    if (acknowledged) {
      context.copy().save(state -> state.withMembership(new Membership(proposed, null)));
      LOG.info(
          "configuration committed epoch={} version={} seats={}",
          proposed.epoch(),
          proposed.version(),
          proposed.seats());
      changed.accept(membership());
      tell();
      forgetThoseWhoLeft();
    }
  }

  private long holders(Configuration configuration, Configuration proposed) {
    return configuration.seats().stream()
        .filter(
            seat ->
                feedFor(seat)
                    .filter(Feed::streaming)
                    .filter(feed -> feed.progress().durable() >= proposalSequence)
                    .filter(feed -> feed.hasConfiguration(proposed.epoch(), proposed.version()))
                    .isPresent())
        .count();
  }

  private Optional<Feed> feedFor(Seat seat) {
    return feeds.values().stream().filter(feed -> seat.heldBy(feed.store())).findFirst();
  }

  private void forgetThoseWhoLeft() {
    for (String node : Set.copyOf(leaving)) {
      if (membership().newest().seat(node).isEmpty()) {
        leaving.remove(node);
        context.peers().byNode(node).ifPresent(context.peers()::remove);
      }
    }
  }

  private void tell() {
    Configure configure = new Configure(reign, membership());
    for (Feed feed : feeds.values()) {
      if (feed.streaming()) {
        feed.session().send(configure);
      }
    }
  }

  private void reconcile() {
    if (membership().proposed() != null) {
      return;
    }
    Configuration committed = membership().committed();
    List<Seat> next =
        committed.version() == 0 && context.config().membersDeclared()
            ? first()
            : oneStep(committed.seats());
    if (next.equals(committed.seats())) {
      forgetThoseWhoLeft();
      return;
    }
    Configuration proposal = new Configuration(reign.epoch(), committed.version() + 1, next);
    Membership joint = new Membership(committed, proposal);
    if (joint.writeQuorum(this::votesNow)) {
      propose(proposal);
    }
  }

  private boolean votesNow(UUID store) {
    return feeds.values().stream().anyMatch(f -> store.equals(f.store()) && healthy(f));
  }

  private static boolean healthy(Feed feed) {
    return feed.streaming() && feed.session().status() == NodeStatus.HEALTHY;
  }

  private void propose(Configuration proposal) {
    proposalSequence = context.copy().lastSequence();
    Membership joint = new Membership(membership().committed(), proposal);
    context.copy().save(state -> state.withMembership(joint));
    LOG.info(
        "configuration proposed epoch={} version={} seats={}",
        proposal.epoch(),
        proposal.version(),
        proposal.seats());
    changed.accept(joint);
    tell();
  }

  /**
   * The first configuration: the declared seats, filled with the stores that caught up, at least a
   * write quorum, else vacant.
   */
  private List<Seat> first() {
    List<Seat> seats = new ArrayList<>();
    long filled = 0;
    boolean allKnown = true;
    for (PeerSession session : context.peers().all()) {
      Feed feed = feeds.get(session);
      boolean fills = feed != null && healthy(feed) && caughtUp(feed);
      filled += fills ? 1 : 0;
      allKnown &= fills;
      UUID store = fills && feed != null ? feed.store() : null;
      seats.add(new Seat(session.node(), store, session.url()));
    }
    boolean patient =
        context.loop().nanoTime() - beganNanos < context.config().electionTimeout().toNanos();
    int needed = new Configuration(0, 0, seats).writeQuorum();
    return filled < needed || (patient && !allKnown) ? List.of() : sorted(seats);
  }

  private List<Seat> oneStep(List<Seat> seats) {
    for (Seat seat : seats) {
      List<Seat> rest = without(seats, seat);
      boolean goes = leaving.contains(seat.node()) || undeclared(seat);
      // while it cannot go, it must not hold up the step that lets it: a lost store's replacement
      if (goes && new Membership(new Configuration(0, 0, rest), null).writeQuorum(this::votesNow)) {
        return rest;
      }
    }
    for (Seat seat : seats) {
      Standing standing = standingOf(seat);
      if (seat.store() != null && standing != null && !seat.store().equals(standing.store())) {
        return with(without(seats, seat), new Seat(seat.node(), null, seat.url()));
      }
    }
    for (PeerSession session : context.peers().all()) {
      Feed feed = feeds.get(session);
      if (feed != null
          && session.known()
          && healthy(feed)
          && caughtUp(feed)
          && !leaving.contains(session.node())) {
        Seat filled = new Seat(session.node(), feed.store(), session.url());
        Optional<Seat> mine =
            seats.stream()
                .filter(s -> s.node().equals(session.node()) || s.node().equals(session.url()))
                .findFirst();
        if (mine.isEmpty()) {
          return with(seats, filled);
        }
        if (mine.get().store() == null) {
          return with(without(seats, mine.get()), filled);
        }
      }
    }
    return seats;
  }

  /**
   * Whether a declared list, all of whose nodes have said who they are, does not name this seat's
   * node. A seat that nobody filled yet bears the declared URL in place of an id.
   */
  private boolean undeclared(Seat seat) {
    return context.config().membersDeclared()
        && context.peers().all().stream().allMatch(PeerSession::known)
        && context.peers().byNode(seat.node()).isEmpty()
        && context.peers().byUrl(seat.node()).isEmpty();
  }

  private @Nullable Standing standingOf(Seat seat) {
    return context
        .peers()
        .byNode(seat.node())
        .filter(PeerSession::introduced)
        .map(PeerSession::standing)
        .orElse(null);
  }

  private boolean caughtUp(Feed feed) {
    return context.copy().lastSequence() - feed.progress().durable() <= SMALL_LAG;
  }

  private Membership membership() {
    return context.state().membership();
  }

  private static List<Seat> without(List<Seat> seats, Seat gone) {
    return seats.stream().filter(seat -> !seat.equals(gone)).toList();
  }

  private static List<Seat> with(List<Seat> seats, Seat more) {
    List<Seat> all = new ArrayList<>(seats);
    all.add(more);
    return sorted(all);
  }

  private static List<Seat> sorted(List<Seat> seats) {
    return new Configuration(0, 0, seats).seats();
  }
}
