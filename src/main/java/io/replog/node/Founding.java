package io.replog.node;

import io.replog.cluster.ClusterRecord;
import io.replog.cluster.ClusterRecords.Answer;
import io.replog.core.Membership;
import io.replog.core.NodeState;
import io.replog.replication.PeerMessage.FromSecondary;
import io.replog.replication.PeerMessage.Reign;
import io.replog.replication.PeerMessage.Standing;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An empty master: it begins a new log if it is the founder and nothing speaks against it, else it
 * joins the cluster that its secondaries belong to. It never assumes that a cluster is new
 * (protocol, <i>Bootstrap</i>).
 *
 * <p>Where more than one may found, the cluster record decides: a store founds only in its name. A
 * founder that comes back before the record was formed is here again, and so is one that lost the
 * founding to another.
 */
final class Founding extends Inactive {
  private static final Logger LOG = LoggerFactory.getLogger(Founding.class);

  private static final Duration ASK_EVERY = Duration.ofSeconds(1);

  private final boolean contested;
  private @Nullable Answer record;
  private @Nullable ClusterRecord rival;
  private boolean asking;
  private boolean asked;
  private long askedAtNanos;
  private long rivalSinceNanos;
  private long beganNanos;
  private String waitsFor = "the secondaries to answer";
  private String said = "";

  Founding(MasterContext context) {
    super(context);
    this.contested = context.records().contested();
  }

  @Override
  public void enter() {
    beganNanos = context().loop().nanoTime();
    ask();
    consider();
  }

  @Override
  public void leave() {}

  @Override
  public void tick() {
    context().peers().all().forEach(PeerSession::introduce);
    ask();
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

  // ---- the record

  private void ask() {
    boolean due = !asked || context().loop().nanoTime() - askedAtNanos >= ASK_EVERY.toNanos();
    if (contested && due && !asking) {
      asking = true;
      asked = true;
      askedAtNanos = context().loop().nanoTime();
      context().records().read(onThisThread(answer -> record = answer));
    }
  }

  private void write(ClusterRecord next) {
    if (!asking) {
      asking = true;
      context().records().write(next, onThisThread(this::written));
    }
  }

  private Consumer<Answer> onThisThread(Consumer<Answer> then) {
    return answer ->
        context()
            .loop()
            .execute(
                () -> {
                  asking = false;
                  if (context().phase() == this) {
                    then.accept(answer);
                    consider();
                  }
                });
  }

  private void written(Answer answer) {
    if (answer instanceof Answer.Is(ClusterRecord mine)) {
      found(mine);
    } else {
      // somebody was first, or it is not known what became of it: look again
      record = answer instanceof Answer.Unavailable ? answer : null;
      asked = false;
    }
  }

  // ---- what is to be done

  private void consider() {
    if (context().phase() != this || asking) {
      return;
    }
    List<Standing> answers = answers();
    Optional<Standing> member = answers.stream().filter(this::belongs).findFirst();
    UUID found = member.map(Standing::clusterId).orElse(null);
    if (member.isPresent() && found != null) {
      join(found, member.get().node());
    } else if (!contested) {
      consider(answers);
    } else {
      switch (record) {
        case null -> waitFor(theRecord() + " to be read");
        case Answer.Unavailable(String why) -> waitFor(theRecord() + ": " + why);
        case Answer.Changed() -> waitFor(theRecord() + " to be read again");
        case Answer.None() -> consider(answers);
        case Answer.Is(ClusterRecord is) -> consider(is, answers);
      }
    }
  }

  private String theRecord() {
    return "the cluster record (" + context().records().name() + ")";
  }

  private List<Standing> answers() {
    return context().peers().all().stream()
        .filter(PeerSession::introduced)
        .map(PeerSession::standing)
        .filter(standing -> standing != null)
        .toList();
  }

  /**
   * Whether a secondary belongs to a cluster that was founded. One without a configuration may be
   * the remains of a founding that was not finished: then the record decides.
   */
  private boolean belongs(Standing standing) {
    return standing.clusterId() != null
        && (!contested || standing.membership().newest().version() > 0);
  }

  /** There is no record. */
  private void consider(List<Standing> answers) {
    if (!context().config().founder()) {
      waitFor("a secondary that belongs to a cluster (this node does not begin a new log)");
      return;
    }
    String missing = missing(answers);
    if (missing != null) {
      waitFor(missing);
      return;
    }
    UUID cluster =
        answers.stream()
            .map(Standing::clusterId)
            .filter(id -> id != null)
            .findFirst()
            .orElseGet(this::ownOrNewCluster);
    NodeState own = context().state();
    write(new ClusterRecord(cluster, own.store(), own.node(), nextEpoch(0), false, null));
  }

  private UUID ownOrNewCluster() {
    UUID own = context().state().clusterId();
    return own != null
        ? own
        : new UUID(context().random().nextLong(), context().random().nextLong());
  }

  /** Who has to answer before a log is begun, null once they do. */
  private @Nullable String missing(List<Standing> answers) {
    Desired desired = context().desired();
    if (desired.told() && !desired.known()) {
      return "word of the secondaries that ought to be there from " + desired.name();
    }
    int declared = context().knownCopies() - 1;
    int needed = (declared + 1) / 2;
    Duration patience =
        contested ? context().config().unhealthyAfter() : context().config().electionTimeout();
    boolean patient = context().loop().nanoTime() - beganNanos < patience.toNanos();
    return answers.size() >= declared || (answers.size() >= needed && !patient)
        ? null
        : needed
            + " of the "
            + declared
            + " declared secondaries to answer, of which "
            + answers.size()
            + " do";
  }

  /** There is a record. */
  private void consider(ClusterRecord is, List<Standing> answers) {
    boolean mine = is.founder().equals(context().state().store());
    if (is.formed() && is.leftOver() && gone(answers)) {
      NodeState own = context().state();
      LOG.warn(
          "the data of an earlier installation is gone: beginning a new log node={} itsCluster={}",
          own.node(),
          is.clusterId());
      UUID cluster = new UUID(context().random().nextLong(), context().random().nextLong());
      write(
          new ClusterRecord(
              cluster, own.store(), own.node(), nextEpoch(0), false, is.version(), false));
    } else if (is.formed() && is.leftOver() && unheard(answers)) {
      waitFor("all secondaries, since " + theRecord() + " is of an earlier installation");
    } else if (is.formed()) {
      if (mine) {
        resume(is);
      } else {
        join(is.clusterId(), "record of " + is.node());
      }
    } else if (!context().config().founder()) {
      waitFor("the cluster to be founded by " + is.node());
    } else if (mine || abandoned(is, answers)) {
      NodeState own = context().state();
      write(is.foundedBy(own.store(), own.node(), nextEpoch(is.epoch())));
    } else {
      waitFor("the cluster to be founded by " + is.node() + ", which has begun to");
    }
  }

  /** Whether all secondaries that ought to be there answer, and all are empty. */
  private boolean gone(List<Standing> answers) {
    return !unheard(answers)
        && context().config().founder()
        && context().state().clusterId() == null
        && answers.stream().allMatch(standing -> standing.clusterId() == null);
  }

  private boolean unheard(List<Standing> answers) {
    Desired desired = context().desired();
    return !desired.known()
        || desired.members().isEmpty()
        || answers.size() < desired.members().size();
  }

  /** Whether a founder was not heard for so long that somebody else may do its work. */
  private boolean abandoned(ClusterRecord is, List<Standing> answers) {
    boolean heard = answers.stream().anyMatch(standing -> standing.activeNode() != null);
    if (!is.equals(rival) || heard || missing(answers) != null) {
      rival = is;
      rivalSinceNanos = context().loop().nanoTime();
      return false;
    }
    return context().loop().nanoTime() - rivalSinceNanos
        >= context().config().unhealthyAfter().toNanos();
  }

  /** Above every epoch that anybody may have promised. */
  private long nextEpoch(long recorded) {
    long known = Math.max(recorded, context().state().promisedEpoch());
    for (Standing standing : answers()) {
      known = Math.max(known, standing.promisedEpoch());
    }
    return known + 1;
  }

  private void waitFor(String what) {
    waitsFor = what;
    if (!what.equals(said)) {
      said = what;
      LOG.info("waiting node={} for={}", context().config().id(), what);
    }
  }

  // ---- its end

  private void join(UUID cluster, String foundAt) {
    LOG.info("joining node={} cluster={} foundAt={}", context().config().id(), cluster, foundAt);
    context()
        .copy()
        .begin(
            state ->
                (state.clusterId() == null ? state.withCluster(cluster) : state).withoutFounding());
    context().become(new Standby(context()));
  }

  /** This store was recorded as the founder, and went down before it had written that down. */
  private void resume(ClusterRecord mine) {
    LOG.info("founded node={} cluster={}", context().config().id(), mine.clusterId());
    context().copy().begin(state -> founder(state, mine));
    context().become(new Standby(context(), true));
  }

  private void found(ClusterRecord mine) {
    LOG.info(
        "founding node={} cluster={} epoch={}",
        context().config().id(),
        mine.clusterId(),
        mine.epoch());
    context().copy().begin(state -> founder(state, mine));
    Reign reign = new Reign(mine.clusterId(), mine.epoch(), context().state().store());
    context().become(new ActiveMaster(context(), reign, List.of()));
  }

  private static NodeState founder(NodeState state, ClusterRecord mine) {
    NodeState begun =
        state
            .withCluster(mine.clusterId())
            .withPromise(Math.max(mine.epoch(), state.promisedEpoch()), state.store())
            .withLogEpoch(mine.epoch(), state.store())
            .withMembership(Membership.FOUNDING);
    return mine.formed() ? begun.withIncumbentEpoch(mine.epoch()) : begun;
  }
}
