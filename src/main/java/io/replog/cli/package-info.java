/** The commands: each talks to a cluster as any user would, or starts nodes as processes. */
@NullMarked
package io.replog.cli;

import org.jspecify.annotations.NullMarked;
