package io.replog;

import io.replog.core.NodeState;
import io.replog.node.Node;
import io.replog.storage.ColdSegments;
import io.replog.storage.DamagedLogException;
import io.replog.storage.Disk;
import io.replog.storage.LogRepair;
import io.replog.storage.StorageException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the log of a running node, on a thread of its own: reads its cold segments again and
 * again at a bounded rate, and puts right what is damaged, whoever came upon it.
 *
 * <p>From the moment damage is found until it is put right the node is out of all quorums, as if it
 * had stopped; its log may be read meanwhile, but for what is damaged. What cannot be put right
 * while the node runs (the segment that is being written, or where no other copy has what is
 * missing within {@code replog.repair.timeout}) ends the node, with file and offset: its next start
 * tries again ({@link DamagedStart}), before it says a word to anybody.
 */
final class LogCare implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LogCare.class);
  private static final int REPORTS = 64;
  private static final Duration NODE = Duration.ofSeconds(30);
  private static final Duration AGAIN = Duration.ofMillis(250);
  private static final Duration REPORT_AGAIN = Duration.ofSeconds(5);
  private static final double NANOS = 1e9;

  /** How this node's log is looked after. */
  record Plan(long bytesPerSecond, Duration pause, Duration repairTimeout) {}

  private final Node node;
  private final Disk disk;
  private final NodeTrust trust;
  private final Plan plan;
  private final Function<@Nullable NodeState, Set<URI>> copies;
  private final BiConsumer<DamagedLogException, String> giveUp;
  private final ColdSegments cold;
  private final BlockingQueue<DamagedLogException> reports = new ArrayBlockingQueue<>(REPORTS);
  private final Thread thread;
  private volatile boolean closed;

  /**
   * @param copies who else may have the log, by what this node knows of its cluster
   * @param giveUp ends the node, and says why; called once
   */
  LogCare(
      Node node,
      Disk disk,
      NodeTrust trust,
      Plan plan,
      Function<@Nullable NodeState, Set<URI>> copies,
      BiConsumer<DamagedLogException, String> giveUp) {
    this.node = node;
    this.disk = disk;
    this.trust = trust;
    this.plan = plan;
    this.copies = copies;
    this.giveUp = giveUp;
    this.cold = node.log().cold();
    // not interruptible: it owns open files
    this.thread = Thread.ofPlatform().name("log-care").daemon(true).unstarted(this::run);
  }

  void start() {
    // one that finds no room is found again, by whoever reads there or by the next round
    node.onDamage(reports::offer);
    thread.start();
  }

  /** It begins nothing more. */
  @Override
  public void close() {
    closed = true;
  }

  private void run() {
    try {
      // a start has read everything: the first round comes later
      boolean soon = false;
      while (!closed) {
        DamagedLogException report = await(soon ? Duration.ZERO : plan.pause());
        soon = false;
        if (report != null) {
          soon = reported(report);
        } else if (plan.bytesPerSecond() > 0) {
          round();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private @Nullable DamagedLogException await(Duration time) throws InterruptedException {
    return reports.poll(time.toNanos(), TimeUnit.NANOSECONDS);
  }

  // ---- reading again

  private void round() throws InterruptedException {
    for (long first : cold.firsts()) {
      boolean read = false;
      while (!read && !closed) {
        try {
          read = cold.check(first, this::pace);
        } catch (DamagedLogException damage) {
          read = mend(damage);
        } catch (IOException e) {
          LOG.warn("not read again, the next round tries it: {} node={}", said(e), node.id());
          read = true;
        }
        DamagedLogException report = reports.poll();
        if (report != null) {
          reported(report);
        }
      }
    }
    cold.roundEnded(System.currentTimeMillis());
  }

  /** Sleeps as long as so many bytes may take; false when there is something else to do. */
  private boolean pace(int bytes) {
    try {
      TimeUnit.NANOSECONDS.sleep((long) (bytes * NANOS / plan.bytesPerSecond()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    return !closed && reports.isEmpty();
  }

  // ---- putting right

  /**
   * Somebody came upon damage. Returns whether there was some, and the other segments should be
   * looked at now.
   */
  private boolean reported(DamagedLogException report) throws InterruptedException {
    if (cold.holdsNotYet(report.sequence())) {
      out();
      giveUp(report, "the segment that is being written cannot be put right while it is");
      return false;
    }
    try {
      cold.check(report.sequence(), bytes -> !closed);
      cold.reopen(report.sequence());
    } catch (DamagedLogException damage) {
      return mend(damage);
    } catch (IOException e) {
      LOG.warn("a report of damage cannot be looked into yet: {} node={}", said(e), node.id());
      Thread.sleep(REPORT_AGAIN);
      reports.offer(report);
      return false;
    }
    // put right, cut or trimmed away meanwhile, or a reading that went wrong just once
    node.rejoin(() -> true);
    return false;
  }

  private boolean mend(DamagedLogException damage) throws InterruptedException {
    NodeState state = LogRepair.state(disk);
    Set<URI> urls = copies.apply(state);
    LOG.error(
        "damage found file={} offset={} sequence={} node={} asking={}",
        damage.file(),
        damage.offset(),
        damage.sequence(),
        node.id(),
        urls);
    if (!out()) {
      giveUp(damage, "the node did not go out of its quorums in time");
      return false;
    }
    String why = "no other node is known";
    long deadline = System.nanoTime() + plan.repairTimeout().toNanos();
    boolean gone = isGone(damage);
    while (!gone && !closed && !urls.isEmpty() && System.nanoTime() < deadline) {
      for (URI url : urls) {
        String failure = mended(damage, url);
        if (failure == null) {
          return true;
        }
        why = failure;
      }
      Thread.sleep(AGAIN);
      gone = isGone(damage);
    }
    if (gone) {
      LOG.info("damage gone with its segment file={} node={}", damage.file(), node.id());
      node.rejoin(() -> true);
      return true;
    }
    giveUp(damage, why);
    return false;
  }

  /** Whether the log has been cut or trimmed so that what is damaged belongs to it no more. */
  private boolean isGone(DamagedLogException damage) {
    long sequence = damage.sequence();
    return sequence < node.log().firstSequence() || sequence > node.log().lastSequence();
  }

  /** Null if the other copy had what was missing and the node goes on, else why not. */
  private @Nullable String mended(DamagedLogException damage, URI url) throws InterruptedException {
    ColdSegments.Rebuilt rebuilt;
    try (PeerFrames frames = new PeerFrames(url, trust)) {
      rebuilt = cold.rebuild(damage.sequence(), frames);
    } catch (IOException | StorageException e) {
      return url + ": " + said(e);
    }
    String failure = in(() -> cold.install(rebuilt));
    if (failure == null) {
      LOG.warn(
          "damage repaired file={} frames={} from={} node={}",
          damage.file(),
          rebuilt.frames(),
          url,
          node.id());
    }
    return failure;
  }

  private static String said(Exception e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private void giveUp(DamagedLogException damage, String why) {
    if (!closed) {
      closed = true;
      giveUp.accept(damage, why);
    }
  }

  // ---- the node

  private boolean out() throws InterruptedException {
    CompletableFuture<Boolean> out = new CompletableFuture<>();
    node.withdraw(() -> out.complete(true));
    return Boolean.TRUE.equals(within(out, () -> false));
  }

  /** Something done by the log's writer. */
  private interface Change {
    boolean make() throws IOException;
  }

  /** Null if the node takes part again after a change to its log, else why not. */
  private @Nullable String in(Change change) throws InterruptedException {
    CompletableFuture<String> result = new CompletableFuture<>();
    node.rejoin(
        () -> {
          try {
            change.make();
            result.complete("");
            return true;
          } catch (IOException e) {
            result.complete(said(e));
            return false;
          }
        });
    String failure = within(result, () -> "the node's thread does not answer");
    return failure.isEmpty() ? null : failure;
  }

  private static <T> T within(CompletableFuture<T> future, Supplier<T> otherwise)
      throws InterruptedException {
    try {
      return future.get(NODE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return otherwise.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
