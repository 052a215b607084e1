package io.replog.node;

import io.replog.core.Configuration;
import io.replog.core.Membership;
import io.replog.core.NodeStatus;
import io.replog.core.Seat;
import io.replog.replication.PeerMessage.Standing;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which seats the next configuration ought to have: one step at a time towards the members that are
 * wanted.
 *
 * <p>On the node's thread only.
 */
final class Seating {
  /** Entries that a learner may be behind when it is voted in. */
  private static final long SMALL_LAG = 1000;

  private final MasterContext context;
  private final Map<PeerSession, Feed> feeds;
  private final long beganNanos;

  /**
   * @param feeds the present feeds, as they are when looked at
   */
  Seating(MasterContext context, Map<PeerSession, Feed> feeds) {
    this.context = context;
    this.feeds = feeds;
    this.beganNanos = context.loop().nanoTime();
  }

  /** Whether a store answers now and could acknowledge a proposal. */
  boolean votesNow(UUID store) {
    return feeds.values().stream().anyMatch(f -> store.equals(f.store()) && healthy(f));
  }

  private static boolean healthy(Feed feed) {
    return feed.streaming() && feed.session().status() == NodeStatus.HEALTHY;
  }

  /**
   * The first configuration: the declared seats, filled with the stores that caught up, at least a
   * write quorum, else vacant. No seats while there are not enough.
   */
  List<Seat> first() {
    if (context.desired().told() && !context.desired().known()) {
      return List.of();
    }
    List<Seat> seats = new ArrayList<>();
    long filled = 0;
    boolean allKnown = true;
    for (PeerSession session : context.peers().all()) {
      if (context.desired().told() && context.desired().member(session.node()).isEmpty()) {
        continue;
      }
      Feed feed = feeds.get(session);
      boolean fills = feed != null && healthy(feed) && caughtUp(feed);
      filled += fills ? 1 : 0;
      allKnown &= fills;
      seats.add(seat(session, fills && feed != null ? feed.store() : null));
    }
    boolean patient =
        context.loop().nanoTime() - beganNanos < context.config().electionTimeout().toNanos();
    int needed = new Configuration(0, 0, seats).writeQuorum();
    return filled < needed || (patient && !allKnown) ? List.of() : sorted(seats);
  }

  /**
   * The next step from these seats; the same seats where there is nothing to do.
   *
   * @param leaving node ids that are to be taken out
   */
  List<Seat> oneStep(List<Seat> seats, Set<String> leaving) {
    Optional<Seat> out =
        seats.stream()
            .filter(seat -> leaving.contains(seat.node()) || undeclared(seat))
            .filter(seat -> votesWithout(seats, seat))
            .min(Comparator.comparing(this::votes).thenComparing(Seat::node));
    if (out.isPresent()) {
      return without(seats, out.get());
    }
    for (Seat seat : seats) {
      Standing standing = standingOf(seat);
      if (seat.store() != null && standing != null && !seat.store().equals(standing.store())) {
        return with(without(seats, seat), new Seat(seat.node(), null, seat.url()));
      }
    }
    return filled(seats, leaving);
  }

  /**
   * Whether the stores that would remain make a write quorum. A seat that cannot go yet must not
   * hold up the step that lets it: filling the seat of a lost store.
   */
  private boolean votesWithout(List<Seat> seats, Seat seat) {
    Configuration rest = new Configuration(0, 0, without(seats, seat));
    return new Membership(rest, null).writeQuorum(this::votesNow);
  }

  /** Those that do not vote go first: what is left must be able to commit the next step. */
  private boolean votes(Seat seat) {
    UUID store = seat.store();
    return store != null && votesNow(store);
  }

  private List<Seat> filled(List<Seat> seats, Set<String> leaving) {
    for (PeerSession session : context.peers().all()) {
      Feed feed = feeds.get(session);
      if (feed != null
          && session.known()
          && healthy(feed)
          && caughtUp(feed)
          && !leaving.contains(session.node())
          && wanted(session)) {
        Seat filled = seat(session, feed.store());
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

  private boolean wanted(PeerSession session) {
    return !context.desired().known() || context.desired().member(session.node()).isPresent();
  }

  /**
   * Whether a declared list, all of whose nodes have said who they are, does not name this seat's
   * node; or whoever says so from outside does not. A seat that nobody filled yet bears the
   * declared URL in place of an id.
   */
  private boolean undeclared(Seat seat) {
    if (context.desired().told()) {
      return context.desired().unwanted(seat);
    }
    return context.config().membersDeclared()
        && context.peers().all().stream().allMatch(PeerSession::known)
        && context.peers().byNode(seat.node()).isEmpty()
        && context.peers().byUrl(seat.node()).isEmpty();
  }

  private Seat seat(PeerSession session, @Nullable UUID store) {
    String node = session.node();
    return new Seat(node, store, context.stableUrl(node, session.url()));
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
