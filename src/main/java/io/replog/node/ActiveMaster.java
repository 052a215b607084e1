package io.replog.node;

import io.replog.core.AppendOutcome;
import io.replog.core.AppendRequest;
import io.replog.core.CommitTracker;
import io.replog.core.FeedState;
import io.replog.core.Membership;
import io.replog.core.NodeState;
import io.replog.core.Refusal;
import io.replog.evidence.Attestation;
import io.replog.evidence.Signed;
import io.replog.node.Node.EntryTrace;
import io.replog.node.Node.ReadPermit;
import io.replog.node.Node.Receipting;
import io.replog.node.Node.Registration;
import io.replog.node.Node.Subscription;
import io.replog.node.Node.Trimming;
import io.replog.node.Node.VerifyReport;
import io.replog.replication.PeerMessage.Acknowledge;
import io.replog.replication.PeerMessage.Attest;
import io.replog.replication.PeerMessage.Fenced;
import io.replog.replication.PeerMessage.Foreign;
import io.replog.replication.PeerMessage.FromSecondary;
import io.replog.replication.PeerMessage.HashAnswer;
import io.replog.replication.PeerMessage.Heartbeat;
import io.replog.replication.PeerMessage.Leave;
import io.replog.replication.PeerMessage.LeaveAnswer;
import io.replog.replication.PeerMessage.Reign;
import io.replog.replication.PeerMessage.Release;
import io.replog.replication.PeerMessage.Standing;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A master that leads: it sequences, feeds every secondary, answers appends as their write concerns
 * are met, and changes the configuration one step at a time (protocol, <i>Normal operation</i>).
 */
final class ActiveMaster implements Phase, Feed.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(ActiveMaster.class);

  /** Heartbeats between two comparisons of all logs. */
  private static final int COMPARE_EVERY = 40;

  /** How long a new committed sequence waits for entries to ride on. */
  private static final Duration TELL_AFTER = Duration.ofMillis(5);

  private final MasterContext context;
  private final Reign reign;
  private final Map<PeerSession, Feed> feeds = new LinkedHashMap<>();
  private final CommitTracker<Appends.Pending> tracker;
  private final Appends appends;
  private final LinearizableReads reads;
  private final RecordKeeper keeper;
  private final Reconfiguration reconfiguration;
  private final Traces traces;
  private final Verification verification;
  private final Registrar registrar;
  private final Departures departures;
  private final Availability availability;
  private final Admission admission;
  private final Certification certification;
  private final Retention retention;
  private boolean settling;
  private int ticks;
  private boolean telling;

  /**
   * @param begun feeds that the takeover has begun, under the same epoch
   */
  ActiveMaster(MasterContext context, Reign reign, Collection<Feed> begun) {
    this.context = context;
    this.reign = reign;
    LocalCopy copy = context.copy();
    this.tracker =
        new CommitTracker<>(
            context.state().membership(),
            copy.lastSequence(),
            copy.durableSequence(),
            copy.committedSequence());
    this.traces = new Traces(context, feeds.values());
    this.appends =
        new Appends(
            context.config(),
            context.loop(),
            copy,
            reign.epoch(),
            tracker,
            traces::copies,
            this::stored);
    traces.master(appends.appendedTimes(), appends.durableTimes());
    this.reads = new LinearizableReads(context, feeds.values(), this::beat);
    this.keeper =
        new RecordKeeper(context, reign, () -> context.phase() == this, this::foundingLost);
    this.reconfiguration =
        new Reconfiguration(context, reign, feeds, this::membershipChanged, keeper::founded);
    this.verification = new Verification(context);
    this.registrar = new Registrar(context);
    this.departures = new Departures(context);
    this.availability = new Availability(context, reign, feeds);
    this.admission = new Admission(context, availability, appends);
    this.certification = new Certification(context, reign, feeds.values(), tracker, this::settle);
    this.retention = new Retention(context, feeds, appends::oldestKey);
    for (Feed feed : begun) {
      feed.listenTo(this);
      feeds.put(feed.session(), feed);
      UUID store = feed.store();
      if (feed.streaming() && store != null) {
        tracker.acknowledged(
            feed.node(), store, feed.progress().stored(), feed.progress().durable());
      }
    }
  }

  @Override
  public void enter() {
    LOG.info(
        "active node={} epoch={} lastSequence={} cluster={}",
        context.config().id(),
        reign.epoch(),
        context.copy().lastSequence(),
        reign.clusterId());
    context.active(new ClusterView.Active(context.config().id(), context.config().url()));
    reconfiguration.proposeOpenTransition();
    for (PeerSession session : context.peers().all()) {
      Standing standing = session.standing();
      if (!feeds.containsKey(session) && session.introduced() && standing != null) {
        reported(session, standing);
      }
    }
    settle();
    beat();
  }

  @Override
  public void leave() {
    LOG.info("no longer active node={} epoch={}", context.config().id(), reign.epoch());
    context.active(null);
    appends.abandon();
    certification.abandon();
    reads.abandon();
    verification.abandon();
    feeds.values().forEach(Feed::down);
  }

  /** The epoch that this master leads. */
  long epoch() {
    return reign.epoch();
  }

  /** The local disk has synced more. */
  void durableGrew() {
    settle();
  }

  /** Stops in order: secondaries need not wait for an election timeout. */
  void release() {
    for (Feed feed : feeds.values()) {
      feed.session().send(new Release(reign));
    }
  }

  // ---- appends

  @Override
  public Subscription append(AppendRequest request, Consumer<AppendOutcome> answer) {
    Refusal invalid = admission.never(request);
    if (invalid != null) {
      answer.accept(new AppendOutcome.Refused(invalid));
      return () -> {};
    }
    Refusal full = admission.full();
    if (full != null) {
      answer.accept(new AppendOutcome.Refused(full));
      return () -> {};
    }
    Subscription replayed = appends.replay(request, answer);
    if (replayed != null) {
      return replayed;
    }
    Refusal refusal = admission.notNow(request);
    if (refusal != null) {
      answer.accept(new AppendOutcome.Refused(refusal));
      return () -> {};
    }
    boolean fails = context.faults().fails();
    boolean failsAfter = fails && context.faults().faults().errorAfter();
    if (fails && !failsAfter) {
      answer.accept(new AppendOutcome.Injected(false));
      return () -> {};
    }
    return appends.append(request, answer, failsAfter);
  }

  /** The frames of a turn are written: they are sent and synced at the same time. */
  private void stored() {
    feeds.values().forEach(Feed::pump);
    settle();
  }

  /** Once a turn: what was learnt moves the committed sequence and answers appends. */
  private void settle() {
    if (!settling) {
      settling = true;
      context.loop().atEndOfTurn(this::settleNow);
    }
  }

  private void settleNow() {
    settling = false;
    if (context.phase() != this) {
      // fenced in this very turn: the log may be another's already
      return;
    }
    LocalCopy copy = context.copy();
    appends.durableTimes().passed(copy.durableSequence(), context.loop().nanoTime());
    tracker.masterHas(copy.lastSequence(), copy.durableSequence());
    long before = copy.committedSequence();
    copy.commit(tracker.committed());
    if (copy.committedSequence() > before) {
      tellCommitted();
    }
    reconfiguration.settle();
    certification.settle();
    appends.answerSatisfied();
  }

  /** A new committed sequence that has no entries to ride on soon goes out with a heartbeat. */
  private void tellCommitted() {
    if (!telling) {
      telling = true;
      long news = context.copy().committedSequence();
      context.loop().schedule(TELL_AFTER, () -> tellUnlessKnown(news));
    }
  }

  private void tellUnlessKnown(long news) {
    telling = false;
    if (context.phase() != this) {
      return;
    }
    if (!feeds.values().stream().allMatch(feed -> feed.knowsCommitted(news))) {
      beat();
    } else if (context.copy().committedSequence() > news) {
      tellCommitted();
    }
  }

  // ---- feeds

  @Override
  public void reported(PeerSession session, Standing standing) {
    Feed feed =
        feeds.computeIfAbsent(
            session,
            s ->
                new Feed(
                    context.config(),
                    context.loop(),
                    context.copy(),
                    s,
                    reign,
                    () -> context.state().membership(),
                    context.backoff(),
                    this));
    if (standing.promisedEpoch() > reign.epoch()) {
      fenced(session, standing.promisedEpoch());
    } else {
      feed.begin(standing);
    }
  }

  @Override
  public void said(PeerSession session, FromSecondary message) {
    switch (message) {
      case Fenced fenced -> {
        boolean another =
            fenced.promisedEpoch() == reign.epoch() && !reign.store().equals(fenced.promisedTo());
        if (fenced.promisedEpoch() > reign.epoch() || another) {
          fenced(session, fenced.promisedEpoch());
        }
      }
      case Foreign foreign ->
          LOG.warn(
              "refused by a secondary of another cluster secondary={} itsCluster={} ours={}",
              session.node(),
              foreign.clusterId(),
              reign.clusterId());
      case Leave leave -> session.send(farewell(leave));
      case Attest(Signed<Attestation> said) -> certification.attested(said);
      case HashAnswer answer -> {
        verification.answered(session, answer);
        feed(session, message);
      }
      default -> feed(session, message);
    }
  }

  /** A secondary is told to terminate: may it? */
  LeaveAnswer farewell(Leave leave) {
    return departures.answer(leave, reign);
  }

  private void feed(PeerSession session, FromSecondary message) {
    Feed feed = feeds.get(session);
    if (feed != null) {
      feed.said(message);
    }
  }

  @Override
  public void disconnected(PeerSession session) {
    Feed feed = feeds.get(session);
    if (feed != null) {
      feed.down();
    }
  }

  @Override
  public void acknowledged(Feed feed, Acknowledge acknowledge) {
    tracker.acknowledged(
        feed.node(),
        acknowledge.store(),
        acknowledge.storedSequence(),
        acknowledge.durableSequence());
    reads.acknowledged();
    settle();
  }

  @Override
  public boolean awaitsStored() {
    return tracker.awaitsStored();
  }

  @Override
  public void changed(Feed feed) {
    if (feed.state() == FeedState.DIVERGED) {
      tracker.forget(feed.node());
    }
    settle();
  }

  private void fenced(PeerSession session, long epoch) {
    LOG.warn(
        "fenced node={} epoch={} by={} promisedEpoch={}",
        context.config().id(),
        reign.epoch(),
        session.node(),
        epoch);
    context.become(new Standby(context));
  }

  /**
   * Another store founds the cluster, or has: nothing was appended here, and nothing is claimed.
   */
  private void foundingLost() {
    LOG.warn("founding lost to another node={} epoch={}", context.config().id(), reign.epoch());
    context.copy().save(NodeState::withoutFounding);
    context.become(new Founding(context));
  }

  private void membershipChanged(Membership now) {
    tracker.membership(now);
    settle();
  }

  @Override
  public void tick() {
    if (context.phase() != this) {
      return;
    }
    context.copy().rememberCommitted();
    feeds.keySet().removeIf(session -> !context.peers().all().contains(session));
    feeds.values().forEach(Feed::tick);
    reads.tick();
    verification.tick();
    keeper.tick();
    certification.tick();
    reconfiguration.tick();
    if (++ticks % COMPARE_EVERY == 0) {
      verification.ask(this::compared);
      retention.tick();
    }
    beat();
    settle();
  }

  /** The comparison in the background: who disagrees is reported, and counts for nothing. */
  private void compared(@Nullable VerifyReport report) {
    if (report == null || context.phase() != this) {
      return;
    }
    for (VerifyReport.NodeReport node : report.nodes()) {
      Long difference = node.firstDifference();
      if (difference != null && difference <= report.sequence()) {
        feeds.values().stream()
            .filter(feed -> feed.node().equals(node.node()) && feed.streaming())
            .filter(feed -> feed.progress().stored() >= report.sequence())
            .forEach(feed -> feed.diverge("another hash from sequence " + difference + " on"));
      }
    }
  }

  private void beat() {
    Heartbeat heartbeat =
        new Heartbeat(
            reign,
            context.config().id(),
            context.config().url(),
            context.copy().committedSequence(),
            reads.round(),
            retention.keepFrom());
    feeds.values().forEach(feed -> feed.heartbeat(heartbeat));
  }

  // ---- questions

  @Override
  public void linearizable(Consumer<ReadPermit> answer) {
    reads.ask(answer);
  }

  @Override
  public void verify(Consumer<@Nullable VerifyReport> answer) {
    verification.ask(answer);
  }

  @Override
  public void trace(long sequence, Consumer<@Nullable EntryTrace> answer) {
    answer.accept(traces.of(sequence));
  }

  @Override
  public Subscription receipt(long sequence, Duration patience, Consumer<Receipting> answer) {
    return certification.receipt(sequence, patience, answer);
  }

  @Override
  public void register(String id, String url, Consumer<Registration> answer) {
    answer.accept(registrar.register(id, url));
  }

  @Override
  public void deregister(String id, Consumer<Registration> answer) {
    answer.accept(reconfiguration.leave(id));
  }

  @Override
  public void trim(long before, Consumer<Trimming> answer) {
    answer.accept(retention.trim(before, context.copy().committedSequence()));
    beat();
  }

  /** Appends that wait for their copies. */
  int appendsWaiting() {
    return appends.waiting();
  }

  /** What is on its way to each secondary, by node id. */
  Map<String, Long> inFlightBytes() {
    Map<String, Long> bytes = new LinkedHashMap<>();
    feeds.values().forEach(feed -> bytes.put(feed.node(), feed.inFlightBytes()));
    return bytes;
  }

  @Override
  public ClusterView view() {
    return availability.view();
  }
}
