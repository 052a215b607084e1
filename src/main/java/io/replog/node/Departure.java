package io.replog.node;

import io.replog.core.Membership;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A secondary that is told to terminate asks the active master whether it may, and serves until it
 * may: it is out of the configuration, or it is wanted again and keeps its seat. Where nobody
 * answers there is nothing to wait for.
 *
 * <p>On the node's thread only, but for {@link #await}.
 */
final class Departure {
  private static final Logger LOG = LoggerFactory.getLogger(Departure.class);

  private final NodeConfig config;
  private final NodeLoop loop;
  private final CountDownLatch over = new CountDownLatch(1);
  private @Nullable Long answeredAtNanos;

  Departure(NodeConfig config, NodeLoop loop) {
    this.config = config;
    this.loop = loop;
  }

  /** Whether it has been asked for. */
  boolean begun() {
    return answeredAtNanos != null;
  }

  void begin() {
    if (!begun()) {
      answeredAtNanos = loop.nanoTime();
      LOG.info("asking to leave node={}", config.id());
    }
  }

  /** The master answered. */
  void answered(boolean mayStop, String why) {
    if (begun()) {
      answeredAtNanos = loop.nanoTime();
      if (mayStop) {
        end(why);
      }
    }
  }

  /**
   * At every heartbeat: it is over when this node has no seat, or nobody answers.
   *
   * @return whether to ask again
   */
  boolean goesOn(Membership membership) {
    Long last = answeredAtNanos;
    if (last == null || over.getCount() == 0) {
      return false;
    }
    if (membership.inForce().stream().allMatch(c -> c.seat(config.id()).isEmpty())) {
      end("it has no seat in the configuration");
    } else if (loop.nanoTime() - last >= config.unhealthyAfter().toNanos()) {
      end("no master answers");
    }
    return over.getCount() > 0;
  }

  private void end(String why) {
    if (over.getCount() > 0) {
      LOG.info("leaving node={} why={}", config.id(), why);
      over.countDown();
    }
  }

  /** Waits until this node may stop. From any thread but the node's. Returns whether it may. */
  boolean await(Duration atMost) throws InterruptedException {
    return over.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }
}
