package io.replog.node;

import io.replog.replication.PeerMessage.FromSecondary;
import io.replog.replication.PeerMessage.Standing;

/**
 * A master-capable node that is about to end: it leads nothing and tries nothing any more, and says
 * so at once to whoever still asks, so that nobody waits for an answer that never comes.
 */
final class Stopping extends Inactive {
  Stopping(MasterContext context) {
    super(context);
  }

  @Override
  String why() {
    return "this master is stopping";
  }

  @Override
  public void enter() {
    context().active(null);
  }

  @Override
  public void leave() {}

  @Override
  public void tick() {}

  @Override
  public void reported(PeerSession session, Standing standing) {}

  @Override
  public void said(PeerSession session, FromSecondary message) {}

  @Override
  public void disconnected(PeerSession session) {}
}
