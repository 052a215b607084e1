package io.replog.node;

import io.replog.core.Configuration;
import io.replog.core.Membership;
import io.replog.core.Seat;
import io.replog.node.Node.Registration;
import io.replog.replication.PeerMessage.Configure;
import io.replog.replication.PeerMessage.Reign;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
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

  /** Heartbeats between two repetitions of the configuration. */
  private static final int REPEAT = 4;

  private final MasterContext context;
  private final Reign reign;
  private final Map<PeerSession, Feed> feeds;
  private final Consumer<Membership> changed;
  private final BooleanSupplier founded;
  private final Seating seating;
  private final Set<String> leaving = new HashSet<>();
  private long proposalSequence;
  private int ticks;

  /**
   * @param feeds the present feeds, as they are when looked at
   * @param changed called with the new configurations in force, once they are on this node's disk
   * @param founded whether a configuration may be proposed; asks for it where it may not yet
   */
  Reconfiguration(
      MasterContext context,
      Reign reign,
      Map<PeerSession, Feed> feeds,
      Consumer<Membership> changed,
      BooleanSupplier founded) {
    this.context = context;
    this.reign = reign;
    this.feeds = feeds;
    this.changed = changed;
    this.founded = founded;
    this.seating = new Seating(context, feeds);
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
    if (context.desired().member(node).isPresent()) {
      return new Registration.Conflict(
          node + " is wanted, as " + context.desired().name() + " says; scale there instead");
    }
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
        committed.version() == 0 && context.membersDeclared()
            ? seating.first()
            : seating.oneStep(committed.seats(), leaving);
    if (next.equals(committed.seats())) {
      forgetThoseWhoLeft();
      return;
    }
    Configuration proposal = new Configuration(reign.epoch(), committed.version() + 1, next);
    Membership joint = new Membership(committed, proposal);
    if (joint.writeQuorum(seating::votesNow) && founded.getAsBoolean()) {
      propose(proposal);
    }
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

  private Membership membership() {
    return context.state().membership();
  }
}
