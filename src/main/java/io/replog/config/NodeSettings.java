package io.replog.config;

import io.replog.core.WriteConcern;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one node, all checked. {@link Property} says what each is for.
 *
 * @param id the id that was given, null for the one kept in the data directory, else {@code
 *     defaultId}
 * @param defaultId the id of a new data directory when none was given
 * @param secondaries the declared secondaries, null where they register themselves
 * @param master where a secondary registers, null where it does not
 * @param supervisedBy the process without which this node stops, null for none
 * @param repairTimeout how long others are asked for what damage has taken from the log
 * @param kubernetes what is asked of the Kubernetes API, null outside of it
 * @param trust who is let in
 * @param limits what clients may cost
 */
public record NodeSettings(
    NodeKind kind,
    @Nullable String id,
    String defaultId,
    Path data,
    String host,
    int port,
    URI advertise,
    @Nullable List<URI> secondaries,
    boolean join,
    @Nullable URI master,
    Duration delay,
    @Nullable Long supervisedBy,
    Appends appends,
    Detection detection,
    Replication replication,
    long segmentBytes,
    Retention retention,
    Duration repairTimeout,
    Scrub scrub,
    boolean faultsEnabled,
    LogFormat logFormat,
    @Nullable URI tracingEndpoint,
    @Nullable Kubernetes kubernetes,
    Trust trust,
    Limits limits) {

  /**
   * How closed log files are read again.
   *
   * @param bytesPerSecond 0 for not at all
   * @param pause between two rounds
   */
  public record Scrub(long bytesPerSecond, Duration pause) {}

  /** What is promised about appends. */
  public record Appends(
      WriteConcern writeConcern,
      boolean journal,
      boolean quorumNeeded,
      int maxWaiting,
      DeduplicationMode deduplication,
      int deduplicationEntries,
      Duration deduplicationAge) {}

  /**
   * What is kept of the log at least.
   *
   * @param bytes null for all
   * @param age null for ever
   */
  public record Retention(@Nullable Long bytes, @Nullable Duration age) {}

  /**
   * Who is let in.
   *
   * @param tokens the file of clients' tokens, null: clients are not asked
   * @param secret the file of the secret between nodes, null: nodes are not asked
   * @param openMetrics whether {@code /prometheus} answers to everybody
   * @param tls null where nothing is encrypted
   * @param ring the directory of the nodes' public keys, null: nothing is signed or checked
   * @param evidenceKey the file of this node's private key, null: it signs nothing
   */
  public record Trust(
      @Nullable Path tokens,
      @Nullable Path secret,
      boolean openMetrics,
      @Nullable Tls tls,
      @Nullable Path ring,
      @Nullable Path evidenceKey) {}

  /**
   * The files of this node's TLS.
   *
   * @param roots whom it believes, null for the JDK's own
   * @param peerNames whether another node's certificate must be for the name it is called by
   */
  public record Tls(Path certificate, Path key, @Nullable Path roots, boolean peerNames) {}

  /** What clients may cost; {@link Property} says what each is. */
  public record Limits(
      int connections, int streams, Duration idle, Duration requestTime, Duration slowReader) {}

  /** When a silent node is taken for lost. */
  public record Detection(
      Duration heartbeat, Duration suspected, Duration unhealthy, Duration electionTimeout) {}

  /**
   * Where in Kubernetes this node is.
   *
   * @param api the API server, null for the one that the pod's service account or a kubeconfig
   *     names
   * @param namespace of everything named here
   * @param statefulSet the secondaries
   * @param service the headless Service before them
   * @param record the ConfigMap that is the cluster record
   * @param scheme of the members' URLs
   * @param leaveWithin how long a secondary that is told to terminate goes on at most until it is
   *     let go
   */
  public record Kubernetes(
      @Nullable URI api,
      String namespace,
      String statefulSet,
      String service,
      String record,
      String scheme,
      Duration leaveWithin) {}

  /** How a secondary is fed. */
  public record Replication(
      long inFlightBytes, Duration retryBase, Duration retryCeiling, Duration requestTimeout) {}
}
