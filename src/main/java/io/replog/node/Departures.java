package io.replog.node;

import io.replog.core.Membership;
import io.replog.replication.PeerMessage.Leave;
import io.replog.replication.PeerMessage.LeaveAnswer;
import io.replog.replication.PeerMessage.Reign;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * What an active master says to a secondary that is told to terminate (protocol, <i>Changing the
 * configuration</i>). One that is still wanted only restarts: it may stop at once, and keeps its
 * seat. One that is not wanted any more goes on until it is out of the configuration, so that
 * taking several out at once stays safe.
 *
 * <p>On the node's thread only.
 */
final class Departures {
  /** A store that did not ask again for so long asks anew. */
  private static final long FORGOTTEN_NANOS = 5_000_000_000L;

  private final MasterContext context;
  private final Map<UUID, Asked> asked = new HashMap<>();

  private record Asked(long firstNanos, long lastNanos) {}

  Departures(MasterContext context) {
    this.context = context;
  }

  /** The answer; the secondary asks again while it is not let go. */
  LeaveAnswer answer(Leave leave, Reign reign) {
    Membership membership = context.state().membership();
    boolean seated = membership.inForce().stream().anyMatch(c -> c.seat(leave.node()).isPresent());
    if (!seated) {
      return new LeaveAnswer(reign, true, "it is out of the configuration");
    }
    if (!context.desired().told()) {
      return new LeaveAnswer(reign, true, "it keeps its seat");
    }
    if (!context.desired().lookedSince(firstAsked(leave.store()))) {
      // the order to terminate may be younger than what is known of the members
      context.desired().look();
      return new LeaveAnswer(reign, false, "it is being asked whether it is still wanted");
    }
    if (context.desired().wants(leave.node(), membership.newest())) {
      return new LeaveAnswer(reign, true, "it is still wanted and keeps its seat");
    }
    return new LeaveAnswer(reign, false, "it is being taken out of the configuration");
  }

  private long firstAsked(UUID store) {
    long now = context.loop().nanoTime();
    asked.values().removeIf(a -> now - a.lastNanos() > FORGOTTEN_NANOS);
    Asked before = asked.get(store);
    Asked latest = new Asked(before == null ? now : before.firstNanos(), now);
    asked.put(store, latest);
    return latest.firstNanos();
  }
}
