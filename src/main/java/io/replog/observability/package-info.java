/** The names of what can be measured, in one place. */
@NullMarked
package io.replog.observability;

import org.jspecify.annotations.NullMarked;
