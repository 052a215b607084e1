package io.replog.node;

import io.replog.cluster.ClusterRecords;
import io.replog.cluster.MemberSource;
import io.replog.cluster.SoleFounder;
import org.jspecify.annotations.Nullable;

/**
 * What a master-capable node asks of the world outside of the cluster.
 *
 * @param records where the founding is recorded
 * @param source who says which secondaries ought to be there; null where they are a declared list
 *     or register themselves
 */
public record Outside(ClusterRecords records, @Nullable MemberSource source) {
  /** A node that is told everything by its own settings. */
  public static final Outside NONE = new Outside(new SoleFounder(), null);
}
