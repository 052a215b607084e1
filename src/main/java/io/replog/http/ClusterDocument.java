package io.replog.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.micronaut.serde.annotation.Serdeable;
import io.replog.core.Configuration;
import io.replog.core.FeedState;
import io.replog.core.NodeRole;
import io.replog.core.NodeStatus;
import io.replog.evidence.Equivocation;
import io.replog.evidence.Head;
import io.replog.evidence.Statement;
import io.replog.node.ClusterView;
import io.replog.node.ClusterView.ReadOnlyReason;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The cluster as JSON; what a node cannot know is left out. */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.NON_NULL)
record ClusterDocument(
    @Nullable UUID clusterId,
    String node,
    NodeRole role,
    Mode mode,
    @Nullable ReadOnlyReason modeReason,
    long epoch,
    long firstSequence,
    long lastSequence,
    long committedSequence,
    @Nullable Active active,
    @Nullable Quorum quorum,
    Configurations configuration,
    Deduplication deduplication,
    @Nullable List<Secondary> nodes,
    @Nullable Discovery discovery,
    @Nullable List<Proof> evidence) {

  /**
   * A node that was caught lying, and the two statements that prove it; each is the JSON of {@link
   * Equivocation}, so that it can be checked as it is.
   */
  @Serdeable.Serializable
  record Proof(String type, String node, long epoch, String kind, Signed first, Signed second) {}

  /**
   * What a node has signed.
   *
   * @param number of a head in its reign, left out of an attestation
   * @param signature in Base64
   */
  @Serdeable.Serializable
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Signed(
      UUID cluster,
      long epoch,
      @Nullable Long number,
      long sequence,
      String hash,
      String signature) {}

  enum Mode {
    READ_WRITE,
    READ_ONLY
  }

  /** What says which secondaries ought to be there; only where something does. */
  @Serdeable.Serializable
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Discovery(
      String source, Reachable status, @Nullable Long lastSuccessMs, @Nullable String detail) {}

  enum Reachable {
    UP,
    DOWN
  }

  @Serdeable.Serializable
  record Active(String node, String url) {}

  @Serdeable.Serializable
  record Quorum(int copies, int majority, int available) {}

  /** The configuration in force, and the one on its way, null without one. */
  @Serdeable.Serializable
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record Configurations(long version, List<Seat> seats, @Nullable Proposed proposed) {}

  @Serdeable.Serializable
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record Proposed(long version, List<Seat> seats) {}

  /**
   * @param store null while the seat is vacant
   */
  @Serdeable.Serializable
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record Seat(String node, @Nullable UUID store) {}

  /** The window in which a retried append is recognised, counted back from the newest entry. */
  @Serdeable.Serializable
  record Deduplication(long windowEntries, long windowMs) {}

  @Serdeable.Serializable
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Secondary(
      String node,
      NodeRole role,
      String url,
      NodeStatus status,
      boolean voting,
      FeedState state,
      long lastSequence,
      long lag,
      @Nullable Long lastContactMs) {}

  /**
   * The document.
   *
   * @param evidence proofs that this node holds, null where it has no keys to check any with
   */
  static ClusterDocument of(ClusterView view, @Nullable List<Equivocation> evidence) {
    return new ClusterDocument(
        view.clusterId(),
        view.node(),
        view.role(),
        view.readWrite() ? Mode.READ_WRITE : Mode.READ_ONLY,
        view.readWrite() ? null : view.readOnlyReason(),
        view.epoch(),
        view.firstSequence(),
        view.lastSequence(),
        view.committedSequence(),
        view.active() == null ? null : new Active(view.active().node(), view.active().url()),
        quorum(view),
        configurations(view),
        new Deduplication(view.deduplicationEntries(), view.deduplicationMillis()),
        view.role() == NodeRole.SECONDARY ? null : secondaries(view),
        discovery(view.discovery()),
        evidence == null ? null : evidence.stream().map(ClusterDocument::proof).toList());
  }

  private static Proof proof(Equivocation proof) {
    return new Proof(
        Equivocation.TYPE,
        proof.node(),
        proof.epoch(),
        proof.kind().text(),
        signed(proof.first()),
        signed(proof.second()));
  }

  private static Signed signed(io.replog.evidence.Signed<?> said) {
    Statement statement = said.statement();
    return new Signed(
        statement.cluster(),
        statement.epoch(),
        statement instanceof Head head ? head.number() : null,
        statement.sequence(),
        statement.hash().toString(),
        said.signature().toString());
  }

  /** What is known of the source of members, null where there is none. */
  static @Nullable Discovery discovery(ClusterView.@Nullable Discovery known) {
    return known == null
        ? null
        : new Discovery(
            known.source(),
            known.up() ? Reachable.UP : Reachable.DOWN,
            known.lastSuccessMs(),
            known.detail());
  }

  /** The secondaries as the master knows them. */
  static List<Secondary> secondaries(ClusterView view) {
    return view.nodes().stream()
        .map(
            node ->
                new Secondary(
                    node.node(),
                    NodeRole.SECONDARY,
                    node.url(),
                    node.status(),
                    node.voting(),
                    node.state(),
                    node.lastSequence(),
                    node.lag(),
                    node.lastContactMs()))
        .toList();
  }

  private static @Nullable Quorum quorum(ClusterView view) {
    return view.copies() == null || view.majority() == null || view.available() == null
        ? null
        : new Quorum(view.copies(), view.majority(), view.available());
  }

  private static Configurations configurations(ClusterView view) {
    Configuration committed = view.membership().committed();
    Configuration proposed = view.membership().proposed();
    return new Configurations(
        committed.version(),
        seats(committed),
        proposed == null ? null : new Proposed(proposed.version(), seats(proposed)));
  }

  private static List<Seat> seats(Configuration configuration) {
    return configuration.seats().stream().map(seat -> new Seat(seat.node(), seat.store())).toList();
  }
}
