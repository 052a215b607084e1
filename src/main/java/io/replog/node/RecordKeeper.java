package io.replog.node;

import io.replog.cluster.ClusterRecord;
import io.replog.cluster.ClusterRecords.Answer;
import io.replog.replication.PeerMessage.Reign;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An active master's part in the cluster record (protocol, <i>Bootstrap</i>): a founder makes it
 * formed before its first configuration, and so before its first append; any master sees to it that
 * there is one.
 *
 * <p>On the node's thread only.
 */
final class RecordKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(RecordKeeper.class);

  private final MasterContext context;
  private final Reign reign;
  private final BooleanSupplier leads;
  private final Runnable lost;
  private boolean wanted;
  private boolean settled;
  private boolean asking;
  private long askedAtNanos;
  private String said = "";

  /**
   * @param leads whether the reign goes on: a late answer must not touch another one
   * @param lost called when another store has founded the cluster, or founds it
   */
  RecordKeeper(MasterContext context, Reign reign, BooleanSupplier leads, Runnable lost) {
    this.context = context;
    this.reign = reign;
    this.leads = leads;
    this.lost = lost;
  }

  /** Whether the cluster is founded; if not, it is from now on to be. */
  boolean founded() {
    if (context.state().incumbentEpoch() > 0) {
      return true;
    }
    if (!wanted) {
      wanted = true;
      ask();
    }
    return false;
  }

  /** At every heartbeat. */
  void tick() {
    boolean alone = context.desired().known() && context.desired().members().isEmpty();
    if ((alone && founded()) || context.state().incumbentEpoch() > 0) {
      wanted = true;
    }
    boolean due =
        context.loop().nanoTime() - askedAtNanos >= context.config().suspectedAfter().toNanos();
    if (wanted && due) {
      ask();
    }
  }

  private void ask() {
    if (!asking && !settled && context.records().contested()) {
      asking = true;
      askedAtNanos = context.loop().nanoTime();
      context.records().read(onThisThread(this::found));
    }
  }

  private Consumer<Answer> onThisThread(Consumer<Answer> then) {
    return answer ->
        context
            .loop()
            .execute(
                () -> {
                  asking = false;
                  if (leads.getAsBoolean()) {
                    then.accept(answer);
                  }
                });
  }

  private void found(Answer answer) {
    switch (answer) {
      case Answer.None() -> write(mine());
      case Answer.Is(ClusterRecord record) -> found(record);
      case Answer.Changed() -> {}
      case Answer.Unavailable(String why) -> say("the cluster record cannot be read: " + why);
    }
  }

  private void found(ClusterRecord record) {
    boolean founder = record.founder().equals(reign.store());
    boolean led = context.state().incumbentEpoch() > 0;
    if (!record.clusterId().equals(reign.clusterId())) {
      LOG.error(
          "the cluster record names another cluster record={} itsCluster={} ours={}",
          context.records().name(),
          record.clusterId(),
          reign.clusterId());
      settled = true;
    } else if (record.formed() && !record.leftOver() && (founder || led)) {
      settled(record);
    } else if (founder || led) {
      write(record.asFormed());
    } else {
      lost.run();
    }
  }

  private ClusterRecord mine() {
    return new ClusterRecord(
        reign.clusterId(), reign.store(), context.config().id(), reign.epoch(), true, null);
  }

  private void write(ClusterRecord next) {
    asking = true;
    context.records().write(next, onThisThread(this::written));
  }

  private void written(Answer answer) {
    switch (answer) {
      case Answer.Is(ClusterRecord record) -> settled(record);
      case Answer.None(), Answer.Changed() -> {}
      case Answer.Unavailable(String why) -> say("the cluster record cannot be written: " + why);
    }
  }

  private void settled(ClusterRecord record) {
    settled = true;
    if (context.state().incumbentEpoch() == 0) {
      context.copy().save(state -> state.withIncumbentEpoch(reign.epoch()));
      LOG.info(
          "cluster formed record={} cluster={} founder={}",
          context.records().name(),
          record.clusterId(),
          record.node());
    }
  }

  private void say(String what) {
    if (!what.equals(said)) {
      said = what;
      LOG.warn("{} record={}", what, context.records().name());
    }
  }
}
