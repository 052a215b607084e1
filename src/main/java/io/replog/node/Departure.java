package io.replog.node;

import io.replog.core.Membership;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A secondary that is told to terminate asks the active master whether it may, and serves until it
 * may: it is out of the configuration, or it is wanted again and keeps its seat. Where nobody
 * answers there is nothing to wait for.
 *
 * <p>On the node's thread only.
 */
final class Departure {
  private static final Logger LOG = LoggerFactory.getLogger(Departure.class);

  private final NodeConfig config;
  private final NodeLoop loop;
  private @Nullable Long answeredAtNanos;
  private @Nullable Runnable mayStop;

  Departure(NodeConfig config, NodeLoop loop) {
    this.config = config;
    this.loop = loop;
  }

  /** Whether it has been asked for. */
  boolean begun() {
    return answeredAtNanos != null;
  }

  /**
   * Begins to ask, once.
   *
   * @param whenOver called once, when this node may stop
   */
  void begin(Runnable whenOver) {
    if (!begun()) {
      mayStop = whenOver;
      answeredAtNanos = loop.nanoTime();
      LOG.info("asking to leave node={}", config.id());
    }
  }

  /** The master answered. */
  void answered(boolean letGo, String why) {
    if (begun()) {
      answeredAtNanos = loop.nanoTime();
      if (letGo) {
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
    if (last == null || mayStop == null) {
      return false;
    }
    if (membership.inForce().stream().allMatch(c -> c.seat(config.id()).isEmpty())) {
      end("it has no seat in the configuration");
    } else if (loop.nanoTime() - last >= config.unhealthyAfter().toNanos()) {
      end("no master answers");
    }
    return mayStop != null;
  }

  private void end(String why) {
    Runnable waiting = mayStop;
    if (waiting != null) {
      LOG.info("leaving node={} why={}", config.id(), why);
      mayStop = null;
      waiting.run();
    }
  }
}
