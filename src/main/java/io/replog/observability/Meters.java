package io.replog.observability;

/**
 * Names of meters and of their tags. {@code GET /prometheus} shows them with underscores, counters
 * with {@code _total}, times in seconds with {@code _seconds}; docs/operations.md lists them.
 */
public final class Meters {
  public static final String LAST_SEQUENCE = "replog.last.sequence";
  public static final String DURABLE_SEQUENCE = "replog.durable.sequence";
  public static final String COMMITTED_SEQUENCE = "replog.committed.sequence";
  public static final String EPOCH = "replog.epoch";
  public static final String ROLE = "replog.role";
  public static final String WRITABLE = "replog.writable";
  public static final String READY = "replog.ready";
  public static final String COPIES = "replog.copies";
  public static final String COPIES_MAJORITY = "replog.copies.majority";
  public static final String COPIES_AVAILABLE = "replog.copies.available";

  public static final String SECONDARY_STATUS = "replog.secondary.status";
  public static final String SECONDARY_VOTING = "replog.secondary.voting";
  public static final String SECONDARY_LAST_SEQUENCE = "replog.secondary.last.sequence";
  public static final String SECONDARY_LAG = "replog.secondary.lag";
  public static final String SECONDARY_LAST_CONTACT = "replog.secondary.last.contact.seconds";
  public static final String SECONDARY_IN_FLIGHT = "replog.secondary.in.flight.bytes";

  public static final String APPEND = "replog.append";
  public static final String APPEND_REFUSALS = "replog.append.refusals";
  public static final String APPEND_MESSAGES = "replog.append.messages";
  public static final String APPEND_BYTES = "replog.append.bytes";
  public static final String APPENDS_WAITING = "replog.appends.waiting";

  public static final String LOG_SYNC = "replog.log.sync";
  public static final String TAKEOVERS = "replog.takeovers";
  public static final String BAD_SIGNATURES = "replog.bad.signatures";
  public static final String ROLLED_BACK = "replog.rolled.back.entries";

  public static final String SCRUB_BYTES = "replog.scrub.bytes";
  public static final String SCRUB_LAST_ROUND = "replog.scrub.last.round.seconds";
  public static final String DAMAGE_FOUND = "replog.damage.found";
  public static final String DAMAGE_REPAIRED = "replog.damage.repaired";

  /** Tag: which secondary. */
  public static final String SECONDARY = "secondary";

  /** Tag: {@code MASTER}, {@code STANDBY} or {@code SECONDARY}; the one that is has the value 1. */
  public static final String ROLE_TAG = "role";

  /** Tag: {@code HEALTHY}, {@code SUSPECTED} or {@code UNHEALTHY}; the one that is has 1. */
  public static final String STATUS = "status";

  /** Tag: how an append was answered. */
  public static final String OUTCOME = "outcome";

  /** Tag: why an append was refused, as its problem is called. */
  public static final String REASON = "reason";

  private Meters() {}
}
