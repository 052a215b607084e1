/**
 * Who ought to be in the cluster, and who founded it: how a secondary makes itself known to a
 * master, and the ports of what is said outside of the nodes ({@link
 * io.replog.cluster.MemberSource}, {@link io.replog.cluster.ClusterRecords}).
 */
@NullMarked
package io.replog.cluster;

import org.jspecify.annotations.NullMarked;
