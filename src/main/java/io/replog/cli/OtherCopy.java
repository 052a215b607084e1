package io.replog.cli;

import io.replog.client.ClientException;
import io.replog.client.ClusterView;
import io.replog.client.LogRecord;
import io.replog.client.Read;
import io.replog.client.ReplogClient;
import io.replog.storage.StoredCopy;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A running node, asked for its copy and compared with the one that is to be the cluster's.
 *
 * @param node its id, null where it did not say
 * @param lastSequence null where it did not say
 * @param committedSequence null where it did not say
 * @param epoch the highest epoch that it knows, null where it did not say
 * @param says how it compares, for people
 * @param standing what that means
 */
record OtherCopy(
    URI url,
    @Nullable String node,
    @Nullable Long lastSequence,
    @Nullable Long committedSequence,
    @Nullable Long epoch,
    String says,
    Verdict standing) {

  /** What another copy means for the choice of this one. */
  enum Verdict {
    /** It has nothing that the chosen one lacks. */
    NOT_BETTER,
    /** It has, or may have, what the chosen one lacks. */
    MAYBE_BETTER,
    /** It did not answer. */
    UNKNOWN,
    /** It is none of this cluster's. */
    FOREIGN,
    /** It is a master that takes appends: nothing is lost that would have to be forced. */
    LEADS
  }

  /** Asks a node. It is waited for as long as any command waits for an answer. */
  static OtherCopy ask(URI url, StoredCopy chosen) {
    try (ReplogClient client = new ReplogClient(url, NodeUrl.ofTheEnvironment())) {
      ClusterView view = client.cluster();
      long last = Objects.requireNonNullElse(view.lastSequence(), 0L);
      long committed = Objects.requireNonNullElse(view.committedSequence(), 0L);
      String cluster = view.clusterId();
      String ours = String.valueOf(chosen.state().clusterId());
      if (cluster == null) {
        return of(url, view, "belongs to no cluster and holds nothing", Verdict.NOT_BETTER);
      }
      if (!cluster.equals(ours)) {
        String says = "belongs to another cluster, %s, not to %s".formatted(cluster, ours);
        return of(url, view, says, Verdict.FOREIGN);
      }
      if ("MASTER".equals(view.role()) && "READ_WRITE".equals(view.mode())) {
        return of(url, view, "is the active master and takes appends", Verdict.LEADS);
      }
      return compare(url, view, client, chosen, last, committed);
    } catch (ClientException e) {
      String says = "did not answer: " + e.getMessage();
      return new OtherCopy(url, null, null, null, null, says, Verdict.UNKNOWN);
    }
  }

  private static OtherCopy compare(
      URI url, ClusterView view, ReplogClient client, StoredCopy chosen, long last, long committed)
      throws ClientException {
    long mine = chosen.lastSequence();
    LogRecord end = last == 0 ? null : record(client, last);
    long endEpoch = end == null ? 0 : end.epoch();
    LogRecord common = last >= mine && mine > 0 ? record(client, mine) : null;
    boolean prefix =
        mine == 0 || (common != null && String.valueOf(chosen.lastHash()).equals(common.hash()));
    if (committed > mine) {
      String says =
          "knows entries up to %d as committed, %d of which are not in this copy"
              .formatted(committed, committed - mine);
      return of(url, view, says, Verdict.MAYBE_BETTER);
    }
    if (last == mine && prefix) {
      return of(url, view, "has the same log", Verdict.NOT_BETTER);
    }
    if (last > mine && prefix) {
      String says = "has this copy's log and %d entries more".formatted(last - mine);
      return of(url, view, says, Verdict.MAYBE_BETTER);
    }
    boolean later =
        endEpoch > chosen.lastEpoch() || (endEpoch == chosen.lastEpoch() && last > mine);
    String how = "ends with entry %d of epoch %d".formatted(last, endEpoch);
    return later
        ? of(url, view, how + ", which is later than this copy's end", Verdict.MAYBE_BETTER)
        : of(url, view, how, Verdict.NOT_BETTER);
  }

  private static @Nullable LogRecord record(ReplogClient client, long sequence)
      throws ClientException {
    List<LogRecord> found = new ArrayList<>();
    client.read(new Read(sequence, 1L, null), found::add);
    return found.isEmpty() ? null : found.getFirst();
  }

  private static OtherCopy of(URI url, ClusterView view, String says, Verdict verdict) {
    return new OtherCopy(
        url,
        view.node(),
        view.lastSequence(),
        view.committedSequence(),
        view.epoch(),
        says,
        verdict);
  }
}
