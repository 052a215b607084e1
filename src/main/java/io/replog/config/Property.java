package io.replog.config;

import static io.replog.config.Form.deduplication;
import static io.replog.config.Form.delays;
import static io.replog.config.Form.directory;
import static io.replog.config.Form.duration;
import static io.replog.config.Form.host;
import static io.replog.config.Form.id;
import static io.replog.config.Form.logFormat;
import static io.replog.config.Form.milliseconds;
import static io.replog.config.Form.number;
import static io.replog.config.Form.objectName;
import static io.replog.config.Form.processId;
import static io.replog.config.Form.seconds;
import static io.replog.config.Form.size;
import static io.replog.config.Form.truth;
import static io.replog.config.Form.url;
import static io.replog.config.Form.urls;
import static io.replog.config.Form.writeConcern;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import io.replog.core.WriteConcern;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can be set, in one table; {@code docs/configuration.md} is made from it. {@link
 * Settings} says which source of a value goes before which.
 *
 * @param name the property's name, as in {@code -Dreplog.heartbeat=250ms}
 * @param option the command line's name for it, null if it has none
 * @param others further environment variables, the first goes before the second
 * @param form what a value looks like
 * @param defaultText the default as it would be written, null where there is none or it depends on
 *     other settings
 * @param why what it is for; where the default depends on others, how
 */
public record Property<T>(
    String name,
    @Nullable String option,
    List<Variable<T>> others,
    Form<T> form,
    @Nullable String defaultText,
    String why) {

  /**
   * An environment variable that such systems' users have in their scripts.
   *
   * @param only the one kind of node that heeds it, null for both
   */
  public record Variable<T>(String name, Form<T> form, @Nullable NodeKind only) {}

  private static final List<Property<?>> TABLE = new ArrayList<>();
  private static final Duration LONGEST_DELAY = ofHours(1);
  private static final Duration LONGEST_TIMEOUT = ofMinutes(10);
  private static final Form<Integer> A_PORT = number(1, 65535);
  private static final Form<Integer> A_COUNT = number(0, WriteConcern.MAX_COPIES - 1);

  // One node
  public static final Property<String> HOST =
      of("host", "--host", host(), "127.0.0.1", "The address to bind to.");
  public static final Property<Integer> PORT =
      of(
          "port",
          "--port",
          A_PORT,
          null,
          "The port to listen on: 8080 for a master, 8081 for a secondary.",
          new Variable<>("MASTER_PORT", A_PORT, NodeKind.MASTER),
          new Variable<>("SECONDARY_PORT", A_PORT, NodeKind.SECONDARY),
          new Variable<>("PORT", A_PORT, null));
  public static final Property<Path> DATA =
      of(
          "data",
          "--data",
          directory(),
          null,
          "The data directory; a cluster's nodes have one each below it. Default: `replog-data`,"
              + " for a single node `replog-data/ID`.");
  public static final Property<String> ID =
      of(
          "id",
          "--id",
          id(),
          null,
          "The node id, kept in the data directory. Default: the one kept there, else `master-0`"
              + " for a master and `HOST-PORT`, as advertised, for a secondary.",
          new Variable<>("SERVER_ID", id(), null));
  public static final Property<URI> ADVERTISE =
      of(
          "advertise",
          "--advertise",
          url(),
          null,
          "The URL that this node gives to others. Default: `http://127.0.0.1:PORT` on loopback,"
              + " else with the host's name.");
  public static final Property<String> ADVERTISED_HOST =
      of(
          "advertised-host",
          null,
          host(),
          null,
          "The host that this node gives to others, with its own port; `advertise` goes before it.",
          new Variable<>("SECONDARY_HOST", host(), NodeKind.SECONDARY));
  public static final Property<List<URI>> SECONDARIES =
      of(
          "secondaries",
          "--secondaries",
          urls(),
          null,
          "A master's declared secondaries. Without it they register themselves.",
          new Variable<>("SECONDARIES", urls(), NodeKind.MASTER));
  public static final Property<Boolean> JOIN =
      of(
          "join",
          "--join",
          truth(),
          "false",
          "For a master whose disk was replaced: it never begins a new log.");
  public static final Property<URI> MASTER =
      of(
          "master",
          "--master",
          url(),
          null,
          "The master at which a secondary registers itself, until it is in.",
          new Variable<>("MASTER_URL", url(), NodeKind.SECONDARY));
  public static final Property<Duration> DELAY =
      of(
          "delay",
          "--delay",
          duration(Duration.ZERO, LONGEST_DELAY),
          "0",
          "Latency before this node stores what it was sent; on a master, before an append gets its"
              + " sequence.",
          new Variable<>("DELAY_MS", milliseconds(LONGEST_DELAY), null),
          new Variable<>("REPLICATION_DELAY", seconds(LONGEST_DELAY), null));
  public static final Property<Long> SUPERVISED_BY =
      of(
          "supervised-by",
          "--supervised-by",
          processId(),
          null,
          "The process without which this node stops; `replog cluster` sets it.");

  // Appends
  public static final Property<WriteConcern> WRITE_CONCERN =
      of(
          "write-concern.default",
          null,
          writeConcern(),
          "all",
          "How many copies an append wants that does not say: `all` keeps every node equal at every"
              + " answer.");
  public static final Property<Boolean> JOURNAL =
      of(
          "write-concern.journal",
          null,
          truth(),
          "true",
          "Whether copies of an append that does not say count once they are on disk (true) or once"
              + " they are stored.");
  public static final Property<Boolean> QUORUM_APPEND =
      of(
          "quorum-append.enabled",
          null,
          truth(),
          "true",
          "Refuse appends without a quorum; false takes them, and nothing is promised about them"
              + " until the quorum is back.");
  public static final Property<DeduplicationMode> DEDUPLICATION =
      of(
          "deduplication",
          null,
          deduplication(),
          "key",
          "What makes an append a repetition of an earlier one: its key, or its key and its"
              + " content. The same on all nodes.");
  public static final Property<Integer> DEDUPLICATION_ENTRIES =
      of(
          "deduplication-window.entries",
          null,
          number(1, 10_000_000),
          "100000",
          "How many entries back a repetition is known. The same on all nodes.");
  public static final Property<Duration> DEDUPLICATION_AGE =
      of(
          "deduplication-window.age",
          null,
          duration(ofSeconds(1), ofDays(3650)),
          "24h",
          "How long back a repetition is known. The same on all nodes.");
  public static final Property<Integer> MAX_WAITING_APPENDS =
      of(
          "max-waiting-appends",
          null,
          number(1, 10_000_000),
          "100000",
          "Appends that may wait for their copies at once; one more is refused as overloaded.");

  // Between nodes
  public static final Property<Duration> HEARTBEAT =
      of(
          "heartbeat",
          null,
          duration(ofMillis(10), LONGEST_TIMEOUT),
          "250ms",
          "How often a master lets an idle secondary know of itself.");
  public static final Property<Duration> SUSPECTED =
      of(
          "suspected",
          null,
          duration(ofMillis(20), LONGEST_TIMEOUT),
          "1s",
          "Without an answer for this long a secondary is SUSPECTED. Above the heartbeat.");
  public static final Property<Duration> UNHEALTHY =
      of(
          "unhealthy",
          null,
          duration(ofMillis(30), LONGEST_TIMEOUT),
          "3s",
          "Without an answer for this long a secondary is UNHEALTHY and counts for no quorum. Above"
              + " `suspected`.");
  public static final Property<Duration> ELECTION_TIMEOUT =
      of(
          "election-timeout",
          null,
          duration(ofMillis(20), LONGEST_TIMEOUT),
          "800ms",
          "Silence of the master before a standby asks to follow it, up to twice this by chance."
              + " Above the heartbeat.");
  public static final Property<Duration> REQUEST_TIMEOUT =
      of(
          "request-timeout",
          null,
          duration(ofMillis(50), LONGEST_TIMEOUT),
          "5s",
          "How long one request between nodes may take; a delay that was set does not count.");
  public static final Property<Duration> RETRY_BASE =
      of(
          "retry.base",
          null,
          duration(ofMillis(1), LONGEST_TIMEOUT),
          "50ms",
          "The longest first wait after a failed delivery; it doubles with each further failure.");
  public static final Property<Duration> RETRY_CEILING =
      of(
          "retry.ceiling",
          null,
          duration(ofMillis(1), LONGEST_TIMEOUT),
          "2s",
          "The longest wait between deliveries that fail. Not below `retry.base`.");
  public static final Property<Long> IN_FLIGHT_LIMIT =
      of(
          "in-flight-limit",
          null,
          size(2 << 20, 1 << 30),
          "16MiB",
          "Bytes on their way to one secondary that it has not acknowledged; more stays in the log"
              + " until there is room.");

  // Kubernetes
  public static final Property<Boolean> KUBERNETES =
      of(
          "kubernetes.enabled",
          null,
          truth(),
          "false",
          "Whether a master finds its secondaries by the Kubernetes API, and a secondary that is"
              + " told to stop asks to leave first. The chart sets it.");
  public static final Property<String> KUBERNETES_NAMESPACE =
      of(
          "kubernetes.namespace",
          null,
          objectName(),
          null,
          "The namespace of the objects below. Default: that of the pod's service account.",
          new Variable<>("POD_NAMESPACE", objectName(), null));
  public static final Property<String> KUBERNETES_STATEFUL_SET =
      of(
          "kubernetes.stateful-set",
          null,
          objectName(),
          "replog-secondary",
          "The StatefulSet of the secondaries: its `spec.replicas` says which ought to be there.");
  public static final Property<String> KUBERNETES_SERVICE =
      of(
          "kubernetes.service",
          null,
          objectName(),
          "replog-secondary",
          "The headless Service of the secondaries, with a port named `http` and"
              + " `publishNotReadyAddresses`.");
  public static final Property<String> KUBERNETES_RECORD =
      of(
          "kubernetes.record",
          null,
          objectName(),
          "replog-cluster",
          "The ConfigMap that is the cluster record: who founded the cluster. It must live as long"
              + " as the data does.");
  public static final Property<URI> KUBERNETES_API =
      of(
          "kubernetes.api",
          null,
          url(),
          null,
          "The API server, without credentials: for tests. Default: that of the pod's service"
              + " account, else of `KUBECONFIG`.");
  public static final Property<Duration> LEAVE_WITHIN =
      of(
          "kubernetes.leave-within",
          null,
          duration(Duration.ZERO, LONGEST_TIMEOUT),
          "20s",
          "How long a secondary that is told to stop and is not wanted any more goes on serving"
              + " until it is out of the configuration. Below the pod's grace period.");

  // Storage and trials
  public static final Property<Long> SEGMENT_SIZE =
      of(
          "segment-size",
          null,
          size(1 << 20, 1 << 30),
          "64MiB",
          "A log file that would grow above this is closed and the next one begun.");
  public static final Property<Long> RETENTION_BYTES =
      of(
          "retention.bytes",
          null,
          size(1 << 20, 1L << 50),
          null,
          "A master trims the log as far as at least this much of it is left: whole log files, that"
              + " every secondary has. Default: nothing is trimmed for its size.");
  public static final Property<Duration> RETENTION_AGE =
      of(
          "retention.age",
          null,
          duration(ofSeconds(1), ofDays(36500)),
          null,
          "A master trims what is older than this: whole log files, that every secondary has."
              + " Default: nothing is trimmed for its age.");
  public static final Property<Duration> REPAIR_TIMEOUT =
      of(
          "repair.timeout",
          null,
          duration(Duration.ZERO, LONGEST_TIMEOUT),
          "10s",
          "How long a node that finds its log damaged asks the others for what is missing, before"
              + " it stops. 0: it stops at once.");
  public static final Property<Long> SCRUB_RATE =
      of(
          "scrub.rate",
          null,
          size(0, 1L << 30),
          "1MiB",
          "How many bytes a second of the log files that are closed are read again and checked,"
              + " to find damage before somebody needs what is damaged. 0: none.");
  public static final Property<Duration> SCRUB_PAUSE =
      of(
          "scrub.pause",
          null,
          duration(Duration.ofMillis(10), Duration.ofDays(365)),
          "1h",
          "How long after one round through them the next begins; and the first one, after a"
              + " start, which has read them all.");
  public static final Property<Boolean> FAULTS =
      of(
          "faults.enabled",
          null,
          truth(),
          "false",
          "Whether `/faults` is there, with which a trial makes this node slow, failing or cut off."
              + " Never in production.");
  public static final Property<LogFormat> LOG_FORMAT =
      of("log.format", null, logFormat(), "text", "The log: lines for people, or JSON objects.");
  public static final Property<URI> TRACING_ENDPOINT =
      of(
          "tracing.endpoint",
          null,
          url(),
          null,
          "Where spans of appends with a sampled `traceparent` go, by OTLP over HTTP.");

  // Commands
  public static final Property<URI> URL =
      of(
          "url",
          "--url",
          url(),
          "http://localhost:8080",
          "The node that the client commands talk to.");
  public static final Property<Integer> CLUSTER_SECONDARIES =
      of(
          "cluster.secondaries",
          "--secondaries",
          A_COUNT,
          "2",
          "How many secondaries `replog cluster` starts.",
          new Variable<>("NUM_SECONDARIES", A_COUNT, null));
  public static final Property<Integer> CLUSTER_MASTERS =
      of(
          "cluster.masters",
          "--masters",
          number(1, 9),
          "1",
          "How many masters `replog cluster` starts; all but one stand by.");
  public static final Property<List<Duration>> CLUSTER_DELAYS =
      of(
          "cluster.delays",
          "--delays",
          delays(LONGEST_DELAY),
          null,
          "The delay of each secondary that `replog cluster` starts; default of those not named:"
              + " `delay`. A single secondary without a `delay` takes the one for the number at the"
              + " end of its id (0 if none is named), or the only one.",
          new Variable<>("SECONDARY_DELAYS", delays(LONGEST_DELAY), null));

  /** All of them, in the order of the table. */
  public static List<Property<?>> all() {
    return Stream.concat(TABLE.stream(), AccessProperty.ALL.stream()).toList();
  }

  /** Those that say what one node is: two nodes on one machine never share them. */
  public static List<Property<?>> ofOneNode() {
    return List.of(
        PORT,
        DATA,
        ID,
        ADVERTISE,
        ADVERTISED_HOST,
        SECONDARIES,
        JOIN,
        MASTER,
        DELAY,
        AccessProperty.EVIDENCE_KEY,
        SUPERVISED_BY);
  }

  /** Those that only {@code replog cluster} reads. */
  public static List<Property<?>> ofTheCluster() {
    return List.of(CLUSTER_SECONDARIES, CLUSTER_MASTERS, CLUSTER_DELAYS);
  }

  /** Every environment variable that sets it. */
  public List<String> allVariables() {
    return Stream.concat(variables().stream(), others.stream().map(Variable::name)).toList();
  }

  /** The {@code REPLOG_*} variables that set it: the first is the documented one. */
  public List<String> variables() {
    String upper = name.toUpperCase(Locale.ROOT).replace('.', '_');
    return Stream.of(upper.replace('-', '_'), upper.replace("-", "")).distinct().toList();
  }

  /** The system properties that set it: the first is the documented one. */
  public List<String> systemProperties() {
    return Stream.of(name, Form.camelCase(name)).distinct().toList();
  }

  @SafeVarargs
  @SuppressWarnings("varargs") // copied into a list at once
  private static <T> Property<T> of(
      String name,
      @Nullable String option,
      Form<T> form,
      @Nullable String defaultText,
      String why,
      Variable<T>... others) {
    Property<T> property = unlisted(name, option, form, defaultText, why, List.of(others));
    TABLE.add(property);
    return property;
  }

  static <T> Property<T> unlisted(
      String name,
      @Nullable String option,
      Form<T> form,
      @Nullable String defaultText,
      String why,
      List<Variable<T>> others) {
    return new Property<>("replog." + name, option, others, form, defaultText, why);
  }
}
