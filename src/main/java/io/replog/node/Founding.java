package io.replog.node;

import io.replog.core.Membership;
import io.replog.replication.PeerMessage.FromSecondary;
import io.replog.replication.PeerMessage.Reign;
import io.replog.replication.PeerMessage.Standing;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An empty master: it begins a new log if it is the founder and nothing speaks against it, else it
 * joins the cluster that its secondaries belong to. It never assumes that a cluster is new
 * (protocol, <i>Bootstrap</i>).
 */
final class Founding extends Inactive {
  private static final Logger LOG = LoggerFactory.getLogger(Founding.class);

  private long beganNanos;
  private String waitsFor = "the secondaries to answer";
  private String said = "";

  Founding(MasterContext context) {
    super(context);
  }

  @Override
  public void enter() {
    beganNanos = context().loop().nanoTime();
    consider();
  }

  @Override
  public void leave() {}

  @Override
  public void tick() {
    context().peers().all().forEach(PeerSession::introduce);
    consider();
  }

  @Override
  public void reported(PeerSession session, Standing standing) {
    consider();
  }

  @Override
  public void said(PeerSession session, FromSecondary message) {}

  @Override
  public void disconnected(PeerSession session) {}

  @Override
  String why() {
    return "this master belongs to no cluster yet and waits for " + waitsFor;
  }

  private void consider() {
    if (context().phase() != this) {
      return;
    }
    List<Standing> answers =
        context().peers().all().stream()
            .filter(PeerSession::introduced)
            .map(PeerSession::standing)
            .filter(standing -> standing != null)
            .toList();
    for (Standing standing : answers) {
      UUID cluster = standing.clusterId();
      if (cluster != null) {
        join(cluster, standing.node());
        return;
      }
    }
    if (!context().config().founder()) {
      waitFor("a secondary that belongs to a cluster (this node does not begin a new log)");
      return;
    }
    int declared = context().config().declared().size();
    int needed = (declared + 1) / 2;
    boolean patient =
        context().loop().nanoTime() - beganNanos < context().config().electionTimeout().toNanos();
    if (answers.size() == declared || (answers.size() >= needed && !patient)) {
      found();
    } else {
      waitFor(
          needed
              + " of the "
              + declared
              + " declared secondaries to answer, of which "
              + answers.size()
              + " do");
    }
  }

  private void waitFor(String what) {
    waitsFor = what;
    if (!what.equals(said)) {
      said = what;
      LOG.info("waiting node={} for={}", context().config().id(), what);
    }
  }

  private void join(UUID cluster, String secondary) {
    LOG.info("joining node={} cluster={} foundAt={}", context().config().id(), cluster, secondary);
    context().copy().begin(cluster);
    context().become(new Standby(context()));
  }

  private void found() {
    UUID cluster = new UUID(context().random().nextLong(), context().random().nextLong());
    LocalCopy copy = context().copy();
    UUID store = copy.state().store();
    copy.begin(cluster);
    copy.save(
        state ->
            state
                .withPromise(1, store)
                .withLogEpoch(1, store)
                .withIncumbentEpoch(1)
                .withMembership(Membership.FOUNDING));
    LOG.info("founding node={} cluster={}", context().config().id(), cluster);
    context().become(new ActiveMaster(context(), new Reign(cluster, 1, store), List.of()));
  }
}
