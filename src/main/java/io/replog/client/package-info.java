/** A client of a cluster, through the public HTTP API only, as any user would write one. */
@NullMarked
package io.replog.client;

import org.jspecify.annotations.NullMarked;
