package io.replog.node;

import io.replog.core.AppendOutcome;
import io.replog.core.AppendRequest;
import io.replog.node.Node.EntryTrace;
import io.replog.node.Node.ReadPermit;
import io.replog.node.Node.Receipting;
import io.replog.node.Node.Registration;
import io.replog.node.Node.Subscription;
import io.replog.node.Node.Trimming;
import io.replog.node.Node.VerifyReport;
import io.replog.replication.PeerMessage.FromSecondary;
import io.replog.replication.PeerMessage.Standing;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a master-capable node is doing now. All calls come on the node's thread. */
interface Phase {
  /** Begins. */
  void enter();

  /** Ends: what waits is answered. */
  void leave();

  /** At every heartbeat. */
  void tick();

  void reported(PeerSession session, Standing standing);

  void said(PeerSession session, FromSecondary message);

  void disconnected(PeerSession session);

  /** What this node shows of the cluster. */
  ClusterView view();

  Subscription append(AppendRequest request, Consumer<AppendOutcome> answer);

  void linearizable(Consumer<ReadPermit> answer);

  void verify(Consumer<@Nullable VerifyReport> answer);

  void trace(long sequence, Consumer<@Nullable EntryTrace> answer);

  Subscription receipt(long sequence, Duration patience, Consumer<Receipting> answer);

  void register(String id, String url, Consumer<Registration> answer);

  void deregister(String id, Consumer<Registration> answer);

  void trim(long before, Consumer<Trimming> answer);
}
