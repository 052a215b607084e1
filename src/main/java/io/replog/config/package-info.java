/**
 * Names, defaults, units and limits of everything that can be set: the only place that knows them.
 */
@NullMarked
package io.replog.config;

import org.jspecify.annotations.NullMarked;
