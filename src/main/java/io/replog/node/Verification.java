package io.replog.node;

import io.replog.core.Hash;
import io.replog.core.PrefixSearch;
import io.replog.node.Node.VerifyReport;
import io.replog.node.Node.VerifyReport.NodeReport;
import io.replog.replication.PeerMessage.HashAnswer;
import io.replog.replication.PeerMessage.HashQuery;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Proof of equality by request: every node's hash at the committed sequence against the master's,
 * and a binary search for the first difference where there is one. One comparison at a time:
 * requests that come meanwhile share the next one, for this one may show what was before they came.
 *
 * <p>On the node's thread only.
 */
final class Verification {
  /** What is known of one node: the report is null while it is being asked. */
  private static final class Asked {
    private @Nullable PrefixSearch search;
    private @Nullable Hash hash;
    private @Nullable NodeReport report;
  }

  private final MasterContext context;
  private final List<Consumer<@Nullable VerifyReport>> waiting = new ArrayList<>();
  private final List<Consumer<@Nullable VerifyReport>> next = new ArrayList<>();
  private final Map<PeerSession, Asked> asked = new LinkedHashMap<>();
  private long sequence;

  /**
   * Heartbeats until who has not answered did not answer. Not a time: while this process stands
   * still, others answer and are not heard, and that is not held against them.
   */
  private long heartbeatsLeft;

  Verification(MasterContext context) {
    this.context = context;
  }

  void ask(Consumer<@Nullable VerifyReport> answer) {
    next.add(answer);
    beginNext();
  }

  private void beginNext() {
    if (!waiting.isEmpty() || next.isEmpty()) {
      return;
    }
    waiting.addAll(next);
    next.clear();
    sequence = context.copy().committedSequence();
    NodeConfig config = context.config();
    heartbeatsLeft = 1 + config.unhealthyAfter().dividedBy(config.heartbeat());
    asked.clear();
    for (PeerSession session : context.peers().all()) {
      asked.put(session, new Asked());
      if (session.introduced()) {
        session.send(new HashQuery(sequence));
      } else {
        unanswered(session);
      }
    }
    finish();
  }

  void answered(PeerSession session, HashAnswer answer) {
    Asked node = asked.get(session);
    if (waiting.isEmpty() || node == null || node.report != null) {
      return;
    }
    Hash theirs = answer.hash();
    boolean equal = theirs != null && context.copy().has(answer.sequence(), theirs);
    if (answer.trimmed() || context.copy().beginsAfter(answer.sequence())) {
      unanswered(session); // meanwhile: what is left is compared the next time
      finish();
      return;
    }
    PrefixSearch search = node.search;
    if (search == null && answer.sequence() == sequence) {
      node.hash = theirs;
      if (equal) {
        node.report = new NodeReport(session.node(), true, String.valueOf(theirs), null);
      } else {
        long low = Math.max(answer.firstSequence(), context.copy().log().firstSequence()) - 1;
        advance(session, node, new PrefixSearch(Math.min(low, sequence - 1), sequence - 1));
      }
    } else if (search != null && answer.sequence() == search.probe()) {
      advance(session, node, search.after(equal));
    }
    finish();
  }

  private void advance(PeerSession session, Asked node, PrefixSearch search) {
    node.search = search;
    if (search.done()) {
      Hash hash = node.hash;
      node.report =
          new NodeReport(
              session.node(), false, hash == null ? null : hash.toString(), search.low() + 1);
    } else {
      session.send(new HashQuery(search.probe()));
    }
  }

  /** At every heartbeat: who has not answered in time did not answer. */
  void tick() {
    if (!waiting.isEmpty() && --heartbeatsLeft <= 0) {
      asked.forEach(
          (session, node) -> {
            if (node.report == null) {
              unanswered(session);
            }
          });
      finish();
    }
  }

  void abandon() {
    List<Consumer<@Nullable VerifyReport>> given = new ArrayList<>(waiting);
    given.addAll(next);
    waiting.clear();
    next.clear();
    given.forEach(answer -> answer.accept(null));
  }

  private void unanswered(PeerSession session) {
    Asked node = asked.get(session);
    if (node != null) {
      node.report = new NodeReport(session.node(), null, null, null);
    }
  }

  private void finish() {
    if (waiting.isEmpty() || asked.values().stream().anyMatch(node -> node.report == null)) {
      return;
    }
    List<NodeReport> nodes = new ArrayList<>();
    asked.values().forEach(node -> addReport(nodes, node));
    boolean equal = nodes.stream().allMatch(node -> Boolean.TRUE.equals(node.equal()));
    VerifyReport report = new VerifyReport(sequence, equal, List.copyOf(nodes));
    List<Consumer<@Nullable VerifyReport>> answers = List.copyOf(waiting);
    waiting.clear();
    answers.forEach(answer -> answer.accept(report));
    beginNext();
  }

  private static void addReport(List<NodeReport> nodes, Asked node) {
    NodeReport report = node.report;
    if (report != null) {
      nodes.add(report);
    }
  }
}
