/**
 * The cluster's surroundings in Kubernetes: which secondaries ought to be there, by their
 * StatefulSet; where they answer, by the framework's discovery client; and the cluster record, a
 * ConfigMap. Nothing here decides about votes.
 */
@NullMarked
package io.replog.cluster.kubernetes;

import org.jspecify.annotations.NullMarked;
