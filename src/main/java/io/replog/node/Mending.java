package io.replog.node;

import io.replog.replication.PeerMessage.FromSecondary;
import io.replog.replication.PeerMessage.Standing;

/**
 * A master-capable node that has found its log damaged: it leads nothing and tries nothing until
 * what is damaged has been put back, and is then what it is after a start.
 */
final class Mending extends Inactive {
  Mending(MasterContext context) {
    super(context);
  }

  @Override
  String why() {
    return "this master's log is damaged, and is being put right from the other copies";
  }

  @Override
  ClusterView.ReadOnlyReason reason() {
    return ClusterView.ReadOnlyReason.LOG_DAMAGED;
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
