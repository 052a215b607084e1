/** Who ought to be in the cluster: how a secondary makes itself known to a master. */
@NullMarked
package io.replog.cluster;

import org.jspecify.annotations.NullMarked;
