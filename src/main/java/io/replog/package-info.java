/** The entry point: a command of the command line, or a node. */
@NullMarked
package io.replog;

import org.jspecify.annotations.NullMarked;
