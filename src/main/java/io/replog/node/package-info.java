/**
 * One running member of the cluster: a mailbox, one thread that applies the rules of {@code core},
 * and ports for disk, peers and time. The simulator runs exactly this code over simulated ports.
 */
@NullMarked
package io.replog.node;

import org.jspecify.annotations.NullMarked;
