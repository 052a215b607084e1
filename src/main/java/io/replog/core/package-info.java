/**
 * The rules of the log, pure: no thread, clock, file or socket. Time comes in as an argument, and
 * what is to be done goes out as a value, so that every rule runs in a plain test and, unchanged,
 * in the simulator.
 */
@NullMarked
package io.replog.core;

import org.jspecify.annotations.NullMarked;
