/** The names of what can be measured and of what is logged, in one place, and the log as JSON. */
@NullMarked
package io.replog.observability;

import org.jspecify.annotations.NullMarked;
